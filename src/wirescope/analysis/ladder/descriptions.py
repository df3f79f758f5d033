"""What a session description means for the ladder: what was asked for, and whether ICE begins anew.

A description that cannot be read says nothing.
"""

from dataclasses import dataclass

from wirescope.errors import DescriptionError
from wirescope.events import SignalingDescription
from wirescope.wire.sdp import MediaSection, SessionDescription, parse_fragment


@dataclass(frozen=True, slots=True)
class Described:
    """What one description says.

    Attributes:
        sections: how many media sections it has.
        channels: whether data channels are offered or taken.
        sends: whether its side sends sound or a picture.
        receives: whether its side takes any.
        fragments: the user name fragments of ICE (RFC 8839 section 5.4).
    """

    sections: int
    channels: bool
    sends: bool
    receives: bool
    fragments: frozenset[str]


def read_description(event: SignalingDescription) -> Described | None:
    """Read a description; None where that cannot be done."""
    try:
        parsed = parse_fragment(event.sdp)
    except DescriptionError:
        return None
    taken = [each for each in parsed.media if not each.is_rejected]
    directions = [parsed.direction_of(each) for each in taken if _is_rtp(each)]
    return Described(
        len(parsed.media),
        any(_kind(each) == "application" for each in taken),
        any(each in ("sendrecv", "sendonly") for each in directions),
        any(each in ("sendrecv", "recvonly") for each in directions),
        frozenset(_fragments(parsed)),
    )


def _fragments(parsed: SessionDescription) -> set[str]:
    found = {parsed.ice_credentials_of(each)[0] for each in parsed.media}
    return {each for each in found if each}


def _is_rtp(section: MediaSection) -> bool:
    return _kind(section) in ("audio", "video")


def _kind(section: MediaSection) -> str:
    return "" if section.media is None else section.media.kind
