"""An offer, read as far as forwarding needs it (RFC 8829, RFC 8866, RFC 8853)."""

import re
from dataclasses import dataclass, field
from typing import Literal

from wirescope.errors import DescriptionError
from wirescope.events import MediaKind
from wirescope.transports.webrtc.description import MAX_SDP, Candidate, Description

MAX_SECTIONS = 32

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]


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
    """Read an offer.

    Raises:
        DescriptionError: it is none, or lacks what every offer has.
    """
    sdp = description.sdp
    if description.kind != "offer" or not sdp.startswith("v=0") or len(sdp) > MAX_SDP:
        raise DescriptionError("What came is no offer.", hint='It begins with the line "v=0".')
    head, *parts = (part.splitlines() for part in re.split(r"(?m)^(?=m=)", sdp))
    if not 0 < len(parts) <= MAX_SECTIONS:
        raise DescriptionError(
            f"The offer has {len(parts)} media sections; it must have 1 to {MAX_SECTIONS}."
        )
    try:
        offer = _read(head, parts)
    except (ValueError, IndexError):
        raise DescriptionError("A line of the offer cannot be read.") from None
    if not (offer.fragment and offer.password and offer.fingerprints):
        raise DescriptionError(
            "The offer has no ICE user name, no password or no fingerprint.",
            hint="It must be for media over DTLS-SRTP (RFC 5763), as browsers offer.",
        )
    return offer


def _read(head: list[str], parts: list[list[str]]) -> Offer:
    sections = tuple(_read_section(lines, number) for number, lines in enumerate(parts))
    first = _find_first(sections, parts)
    attributes = [*_attributes(parts[first]), *_attributes(head)]  # the section's own win
    mid = sections[first].mid
    return Offer(
        sections,
        _bundled(mid, head),
        _one(attributes, "ice-ufrag"),
        _one(attributes, "ice-pwd"),
        any(name == "ice-lite" for name, _ in attributes),
        tuple(
            (algorithm.lower(), value.strip())
            for name, text in attributes
            if name == "fingerprint"
            for algorithm, _, value in [text.partition(" ")]
        ),
        _one(attributes, "setup") or "actpass",
        _candidates(mid, first, parts[first]),
        any(name == "extmap-allow-mixed" for name, _ in attributes),
    )


def _find_first(sections: tuple[Section, ...], parts: list[list[str]]) -> int:
    """Find the section whose transport is used: the first that was not rejected."""
    for number, section in enumerate(sections):
        # a section with port 0 is rejected unless it is `bundle-only` (RFC 9143 section 6)
        if section.line.split()[1] != "0" or "a=bundle-only" in parts[number]:
            return number
    return 0


def _attributes(lines: list[str]) -> list[tuple[str, str]]:
    found = []
    for line in lines:
        if line.startswith("a="):
            name, _, value = line[2:].strip().partition(":")
            found.append((name, value))
    return found


def _one(attributes: list[tuple[str, str]], wanted: str) -> str:
    return next((value.strip() for name, value in attributes if name == wanted), "")


def _bundled(mid: str, head: list[str]) -> frozenset[str]:
    for name, value in _attributes(head):
        mids = value.split()
        if name == "group" and mids[:1] == ["BUNDLE"] and mid in mids[1:]:
            return frozenset(mids[1:])
    return frozenset([mid])


def _candidates(mid: str, number: int, lines: list[str]) -> tuple[Candidate, ...]:
    """Read the addresses of the section that carries all others."""
    return tuple(
        Candidate(f"candidate:{value}", mid, number)
        for name, value in _attributes(lines)
        if name == "candidate"
    )


def _read_section(lines: list[str], number: int) -> Section:
    line = lines[0][2:].strip()
    attributes = _attributes(lines)
    kind, _port, _protocol, *formats = line.split()
    if kind not in ("audio", "video"):
        return Section(line, kind, _one(attributes, "mid") or str(number), "inactive")
    directions = {"sendrecv", "sendonly", "recvonly", "inactive"}
    direction = next((name for name, _ in attributes if name in directions), "sendrecv")
    return Section(
        line,
        kind,
        _one(attributes, "mid") or str(number),
        direction,  # type: ignore[arg-type]
        _read_codecs(attributes, [int(each) for each in formats]),
        _read_extensions(attributes),
        _read_rids(attributes),
        _read_retransmits(attributes),
    )


def _read_codecs(attributes: list[tuple[str, str]], formats: list[int]) -> tuple[Codec, ...]:
    tables: dict[str, dict[str, str]] = {"rtpmap": {}, "fmtp": {}}
    feedback: dict[str, list[str]] = {}
    for name, value in attributes:
        number, _, rest = value.partition(" ")
        if name in tables:
            tables[name][number] = rest.strip()
        elif name == "rtcp-fb":
            feedback.setdefault(number, []).append(rest.strip())
    rtx = {}
    found = []
    for payload_type in formats:
        name, rate, channels = (*tables["rtpmap"].get(str(payload_type), "").split("/"), "", "")[:3]
        parameters = tables["fmtp"].get(str(payload_type), "")
        if not name or not rate:
            continue
        codec = Codec(payload_type, name, int(rate), channels, parameters)
        if name.lower() == "rtx":
            rtx[int(codec.parameter("apt", "-1"))] = payload_type
        else:
            found.append(codec)
    return tuple(
        Codec(
            each.payload_type,
            each.name,
            each.clock_rate,
            each.channels,
            each.parameters,
            (*feedback.get(str(each.payload_type), []), *feedback.get("*", [])),
            rtx.get(each.payload_type),
        )
        for each in found
    )


def _read_extensions(attributes: list[tuple[str, str]]) -> dict[str, int]:
    found = {}
    for name, value in attributes:
        if name == "extmap":
            number, uri = value.split()[:2]
            found[uri] = _number(number.partition("/")[0], 1, 255)
    return found


def _read_rids(attributes: list[tuple[str, str]]) -> tuple[str, ...]:
    simulcast = _one(attributes, "simulcast").split()
    if "send" not in simulcast[::2]:
        return ()
    layers = simulcast[simulcast[::2].index("send") * 2 + 1]
    # `~` says that a layer is paused for now, `,` separates alternatives (RFC 8853 section 5.1)
    return tuple(each.partition(",")[0].lstrip("~") for each in layers.split(";"))


def _read_retransmits(attributes: list[tuple[str, str]]) -> dict[int, int]:
    found = {}
    for name, value in attributes:
        words = value.split()
        if name == "ssrc-group" and words[:1] == ["FID"] and len(words) == 3:
            found[int(words[2])] = int(words[1])
    return found


def _number(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most:
        raise ValueError(text)
    return number
