"""An offer, read as far as forwarding needs it (RFC 8829, RFC 8866, RFC 8853)."""

from dataclasses import dataclass, field, replace

from wirescope.errors import DescriptionError
from wirescope.events import MediaKind
from wirescope.transports.webrtc.description import Candidate, Description
from wirescope.wire.sdp import Direction, MediaSection, SessionDescription, parse_sdp

MAX_SECTIONS = 32


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec, and under which number it travels.

    Attributes:
        payload_type: its number in this session.
        name: such as `VP8`.
        clock_rate: of its timestamps, Hz.
        channels: of audio; empty for one.
        parameters: of the format, as `a=fmtp` has them.
        feedback: kinds of feedback, as `a=rtcp-fb` has them.
        rtx: the payload type of retransmissions (RFC 4588); None without them.
    """

    payload_type: int
    name: str
    clock_rate: int
    channels: str = ""
    parameters: str = ""
    feedback: tuple[str, ...] = ()
    rtx: int | None = None

    def parameter(self, name: str, default: str = "") -> str:
        """Give one of the format's parameters."""
        for part in self.parameters.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return default

    def is_same_format(self, other: "Codec") -> bool:
        """Whether what one side encodes the other decodes."""
        mine = (self.name.lower(), self.clock_rate, self.channels or "1")
        theirs = (other.name.lower(), other.clock_rate, other.channels or "1")
        return mine == theirs and self._profile() == other._profile()

    def _profile(self) -> tuple[str, ...]:
        match self.name.lower():
            case "vp9":  # RFC 9628 section 6
                return (self.parameter("profile-id", "0"),)
            case "av1":
                return (self.parameter("profile", "0"),)
            case "h264":  # RFC 6184 section 8.1; the level may differ
                profile = self.parameter("profile-level-id", "42e01f")[:4].lower()
                return (profile, self.parameter("packetization-mode", "0"))
            case _:
                return ()


@dataclass(frozen=True, slots=True)
class Section:
    """A media section that was offered.

    Attributes:
        line: its `m=` line, without the `m=`.
        kind: `audio`, `video`, or whatever else it is for.
        mid: its name.
        direction: as the offerer sees it.
        codecs: in the offerer's order.
        extensions: URIs of header extensions (RFC 8285) and their ids.
        rids: the layers of simulcast that are sent (RFC 8853), the offerer's best first.
        retransmits: SSRCs of media, by that of their retransmissions (RFC 5576, `FID`).
    """

    line: str
    kind: str
    mid: str
    direction: Direction
    codecs: tuple[Codec, ...] = ()
    extensions: dict[str, int] = field(default_factory=dict)
    rids: tuple[str, ...] = ()
    retransmits: dict[int, int] = field(default_factory=dict)

    @property
    def media(self) -> MediaKind | None:
        """Its kind, if it is for media."""
        return self.kind if self.kind in ("audio", "video") else None  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer.

    Attributes:
        sections: its media sections.
        bundled: those that share the first one's transport (RFC 9143).
        fragment: the user name fragment of ICE.
        password: that of ICE.
        is_lite: the offerer is an ICE lite agent (RFC 8445 section 2.5).
        fingerprints: hash functions and hashes of its certificate (RFC 8122).
        setup: its role of DTLS (RFC 5763 section 5).
        candidates: its addresses that were known already.
        mixes_extensions: it reads extension headers of both forms (RFC 8285 section 6).
    """

    sections: tuple[Section, ...]
    bundled: frozenset[str]
    fragment: str
    password: str
    is_lite: bool
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    candidates: tuple[Candidate, ...]
    mixes_extensions: bool


def read_offer(description: Description) -> Offer:
    """Read an offer; lines of it that cannot be read are passed over.

    Raises:
        DescriptionError: it is none, or lacks what every offer has.
    """
    if description.kind != "offer":
        raise DescriptionError(f"An offer was expected; what came is {description.kind}.")
    sdp = parse_sdp(description.sdp)
    if not 0 < len(sdp.media) <= MAX_SECTIONS:
        raise DescriptionError(
            f"The offer has {len(sdp.media)} media sections; it must have 1 to {MAX_SECTIONS}."
        )
    sections = tuple(_section(sdp, number, each) for number, each in enumerate(sdp.media))
    first = next((n for n, each in enumerate(sdp.media) if not each.is_rejected), 0)
    media, mid = sdp.media[first], sections[first].mid
    fragment, password = sdp.ice_credentials_of(media)
    fingerprints = tuple((e.algorithm.lower(), e.value) for e in sdp.fingerprints_of(media))
    if not (fragment and password and fingerprints):
        raise DescriptionError(
            "The offer has no ICE user name, no password or no fingerprint.",
            hint="It must be for media over DTLS-SRTP (RFC 5763), as browsers offer.",
        )
    return Offer(
        sections,
        frozenset(next((each for each in sdp.bundles if mid in each), (mid,))),
        fragment,
        password,
        sdp.session.has("ice-lite") or media.has("ice-lite"),
        fingerprints,
        sdp.setup_of(media) or "actpass",
        tuple(Candidate(str(each), mid, first) for each in media.candidates),
        sdp.session.has("extmap-allow-mixed") or media.has("extmap-allow-mixed"),
    )


def _section(sdp: SessionDescription, number: int, section: MediaSection) -> Section:
    media = section.media
    if media is None:
        raise DescriptionError(f"The line {section.lines[0].text[:80]!r} cannot be read.")
    mid = section.mid or str(number)
    if media.kind not in ("audio", "video"):
        return Section(str(media), media.kind, mid, "inactive")
    simulcast = section.simulcast
    layers = () if simulcast is None else simulcast.send
    return Section(
        str(media),
        media.kind,
        mid,
        sdp.direction_of(section),
        _codecs(section, media.formats),
        {each.uri: each.id for each in section.extmaps if 0 < each.id < 256},
        tuple(alternatives[0].rid for alternatives in layers),
        {
            each.ssrcs[1]: each.ssrcs[0]
            for each in section.ssrc_groups
            if each.semantics == "FID" and len(each.ssrcs) == 2
        },
    )


def _codecs(section: MediaSection, formats: tuple[str, ...]) -> tuple[Codec, ...]:
    """Give the codecs in the order of the section's formats."""
    maps = {str(each.payload_type): each for each in section.rtpmaps if each.payload_type < 128}
    parameters = {each.format: each.parameters for each in section.fmtps}
    codecs, rtx = [], {}
    for number in formats:
        found = maps.get(number)
        if found is None:
            continue
        feedback = tuple(
            f"{each.kind} {each.parameter}".strip()
            for each in section.rtcp_feedback
            if each.format in (number, "*")
        )
        codec = Codec(
            found.payload_type,
            found.encoding,
            found.clock_rate,
            "" if found.channels is None else str(found.channels),
            parameters.get(number, ""),
            feedback,
        )
        if found.encoding.lower() == "rtx":
            rtx[codec.parameter("apt")] = found.payload_type
        else:
            codecs.append(codec)
    return tuple(replace(each, rtx=rtx.get(str(each.payload_type))) for each in codecs)
