"""SDP without I/O: session descriptions as a tree, given back to the character."""

from wirescope.wire.sdp.checking import Problem, check_description
from wirescope.wire.sdp.description import (
    MAX_SECTIONS,
    SessionDescription,
    build_description,
    build_media,
    parse_fragment,
    parse_sdp,
)
from wirescope.wire.sdp.fields import ConnectionData, MediaLine, Origin
from wirescope.wire.sdp.lines import MAX_CHARACTERS, MAX_LINES, Line, new_attribute, new_line
from wirescope.wire.sdp.media_attributes import (
    Direction,
    ExtMap,
    Fmtp,
    Group,
    Msid,
    Rid,
    RtcpFeedback,
    RtpMap,
    Simulcast,
    SimulcastId,
    SsrcAttribute,
    SsrcGroup,
)
from wirescope.wire.sdp.media_section import MediaSection
from wirescope.wire.sdp.sections import Section
from wirescope.wire.sdp.transport_attributes import (
    Fingerprint,
    IceCandidate,
    parse_candidate,
    parse_ice_pwd,
    parse_ice_ufrag,
)

__all__ = [
    "MAX_CHARACTERS",
    "MAX_LINES",
    "MAX_SECTIONS",
    "ConnectionData",
    "Direction",
    "ExtMap",
    "Fingerprint",
    "Fmtp",
    "Group",
    "IceCandidate",
    "Line",
    "MediaLine",
    "MediaSection",
    "Msid",
    "Origin",
    "Problem",
    "Rid",
    "RtcpFeedback",
    "RtpMap",
    "Section",
    "SessionDescription",
    "Simulcast",
    "SimulcastId",
    "SsrcAttribute",
    "SsrcGroup",
    "build_description",
    "build_media",
    "check_description",
    "new_attribute",
    "new_line",
    "parse_candidate",
    "parse_fragment",
    "parse_ice_pwd",
    "parse_ice_ufrag",
    "parse_sdp",
]
