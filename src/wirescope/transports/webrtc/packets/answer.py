"""The answers to a publisher's and a viewer's offer (RFC 8829 section 5.3).

A publisher is answered with one codec a section, the first of its own that is taken here; a viewer
with that of the publisher, and after it those that another publisher may come with. Sections for
which there is none are rejected, except for the first: the others share its transport, and the
browsers' engine drops all of them with it.
"""

from dataclasses import dataclass, field, replace

from wirescope.events import MediaKind
from wirescope.transports.webrtc.packets.offer import Codec, Offer, Section

TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"

PASSED_ON = (
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "urn:3gpp:video-orientation",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type",
    "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
)
"""Header extensions that say something of the media, and not of the way to this end."""

_FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed on for one media section.

    Attributes:
        section: what was offered.
        kind: audio or video.
        codec: the one that is used, with the feedback and the retransmissions agreed on.
        others: those that a viewer takes as well, should another publisher come.
        extensions: URIs of the header extensions that are used, and their ids.
        ssrc: that of what is sent to a viewer.
        rtx_ssrc: that of retransmissions to it; None without them.
        sent: whether anything is sent on it, either way.
    """

    section: Section
    kind: MediaKind
    codec: Codec
    extensions: dict[str, int]
    ssrc: int = 0
    rtx_ssrc: int | None = None
    others: tuple[Codec, ...] = ()
    sent: bool = True

    def codec_like(self, other: Codec) -> Codec | None:
        """Give the codec that decodes what another one encodes."""
        return next((e for e in (self.codec, *self.others) if e.is_same_format(other)), None)


@dataclass(frozen=True, slots=True)
class Local:
    """What this end tells of itself.

    Attributes:
        session: the number of the session.
        fragment: the user name fragment of ICE.
        password: that of ICE.
        fingerprint: the SHA-256 hash of the certificate.
        setup: the role of DTLS, `active` or `passive`.
        candidates: the addresses, without the `candidate:`.
        name: the canonical name of what is sent (RFC 3550 section 6.5.1).
    """

    session: int
    fragment: str
    password: str
    fingerprint: str
    setup: str
    candidates: list[str] = field(default_factory=list)
    name: str = "wirescope"


def agree_with_publisher(offer: Offer, codecs: tuple[str, ...]) -> list[Agreed]:
    """Choose what is taken of a publisher: at most one section of audio and one of video."""
    taken: dict[MediaKind, Agreed] = {}
    known = {each.lower() for each in codecs}
    for section in offer.sections:
        kind = section.media
        sends = section.direction in ("sendrecv", "sendonly")
        if kind is None or kind in taken or not sends or section.mid not in offer.bundled:
            continue
        codec = next((each for each in section.codecs if each.name.lower() in known), None)
        if codec is not None:
            wanted = (TRANSPORT_SEQUENCE, MID, RID, REPAIRED_RID, *PASSED_ON)
            taken[kind] = Agreed(section, kind, _with_known_feedback(codec), _of(section, wanted))
    return list(taken.values())


def agree_with_viewer(
    offer: Offer, published: dict[MediaKind, Agreed], ssrcs: list[int], codecs: tuple[str, ...]
) -> list[Agreed]:
    """Choose what a viewer is sent.

    Args:
        offer: the viewer's.
        published: what there is.
        ssrcs: two for each kind, for media and retransmission.
        codecs: names of those that another publisher may come with.
    """
    known = {each.lower() for each in codecs}
    taken: dict[MediaKind, Agreed] = {}
    for section in offer.sections:
        kind = section.media
        takes = section.direction in ("sendrecv", "recvonly")
        if kind is None or kind in taken or not takes or section.mid not in offer.bundled:
            continue
        source = published.get(kind)
        if source is None:
            continue
        # only pictures come in layers, among which the way to the viewer chooses
        unused = "transport-cc" if kind == "audio" else ""
        offered = [_with_known_feedback(each, but=unused) for each in section.codecs]
        codec = next((each for each in offered if each.is_same_format(source.codec)), None)
        if codec is not None:
            ssrc, rtx_ssrc = ssrcs[2 * len(taken) : 2 * len(taken) + 2]
            others = [each for each in offered if each.name.lower() in known and each != codec]
            passed_on = [each for each in PASSED_ON if each in source.extensions]
            wanted = passed_on if unused else [TRANSPORT_SEQUENCE, *passed_on]
            taken[kind] = Agreed(
                section,
                kind,
                codec,
                _of(section, tuple(wanted)),
                ssrc,
                None if codec.rtx is None else rtx_ssrc,
                tuple(others),
            )
    return list(taken.values())


def _with_known_feedback(codec: Codec, *, but: str = "") -> Codec:
    kept = [each for each in _FEEDBACK if each in codec.feedback and each != but]
    return replace(codec, feedback=tuple(kept))


def _of(section: Section, wanted: tuple[str, ...]) -> dict[str, int]:
    return {uri: section.extensions[uri] for uri in wanted if uri in section.extensions}


def write_answer(offer: Offer, agreed: list[Agreed], local: Local, *, sends: bool) -> str:
    """Write the answer; `sends` says that media goes from here to the offerer."""
    by_mid = {each.section.mid: each for each in agreed}
    first = next((each for each in offer.sections if each.mid in offer.bundled), None)
    if agreed and first is not None and first.codecs:
        by_mid.setdefault(first.mid, _nothing_of(first))
    mids = [each.mid for each in offer.sections if each.mid in by_mid]
    lines = [
        "v=0",
        f"o=- {local.session} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=ice-options:trickle",
    ]
    if offer.mixes_extensions:
        lines.append("a=extmap-allow-mixed")
    for section in offer.sections:
        found = by_mid.get(section.mid)
        if found is None:
            kind, _port, protocol, *formats = section.line.split()
            lines += [f"m={kind} 0 {protocol} {' '.join(formats)}", "c=IN IP4 0.0.0.0"]
            lines += [f"a=mid:{section.mid}", "a=inactive"]
        else:
            lines += _section(found, local, sends=sends)
    return "\r\n".join(lines) + "\r\n"


def _nothing_of(section: Section) -> Agreed:
    """Agree on a section that nothing is sent on, either way."""
    kind: MediaKind = "video" if section.kind == "video" else "audio"
    codec = replace(section.codecs[0], rtx=None)
    return Agreed(section, kind, codec, {}, sent=False)


def _section(agreed: Agreed, local: Local, *, sends: bool) -> list[str]:
    section, codecs = agreed.section, (agreed.codec, *agreed.others)
    numbers = [each for codec in codecs for each in (codec.payload_type, codec.rtx)]
    types = [str(each) for each in numbers if each is not None]
    direction = "inactive" if not agreed.sent else "sendonly" if sends else "recvonly"
    lines = [
        f"m={agreed.kind} 9 {section.line.split()[2]} {' '.join(types)}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{local.fragment}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{local.setup}",
    ]
    for each in codecs:
        lines += _codec(each)
    lines += [f"a=extmap:{number} {uri}" for uri, number in agreed.extensions.items()]
    if agreed.sent:
        lines += _sources(agreed, local) if sends else _layers(section)
    lines += [f"a=candidate:{each}" for each in local.candidates]
    lines.append("a=end-of-candidates")
    return lines


def _codec(codec: Codec) -> list[str]:
    number = codec.payload_type
    channels = f"/{codec.channels}" if codec.channels else ""
    lines = [f"a=rtpmap:{number} {codec.name}/{codec.clock_rate}{channels}"]
    if codec.parameters:
        lines.append(f"a=fmtp:{number} {codec.parameters}")
    lines += [f"a=rtcp-fb:{number} {each}" for each in codec.feedback]
    if codec.rtx is not None:
        lines += [f"a=rtpmap:{codec.rtx} rtx/{codec.clock_rate}"]
        lines += [f"a=fmtp:{codec.rtx} apt={number}"]
    return lines


def _sources(agreed: Agreed, local: Local) -> list[str]:
    # the first source that is named is the medium's own
    lines = [f"a=msid:{local.name} {agreed.kind}", f"a=ssrc:{agreed.ssrc} cname:{local.name}"]
    if agreed.rtx_ssrc is not None:
        lines.append(f"a=ssrc:{agreed.rtx_ssrc} cname:{local.name}")
        lines.append(f"a=ssrc-group:FID {agreed.ssrc} {agreed.rtx_ssrc}")
    return lines


def _layers(section: Section) -> list[str]:
    if not section.rids:
        return []
    lines = [f"a=rid:{each} recv" for each in section.rids]
    return [*lines, f"a=simulcast:recv {';'.join(section.rids)}"]
