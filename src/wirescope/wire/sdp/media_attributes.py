"""Attributes that say what media are and which streams carry them.

Formats (RFC 8866 section 6.6), feedback (RFC 4585), header extensions (RFC 8285), sources
(RFC 5576), streams of the browser (RFC 8830), restrictions and simulcast (RFC 8851, RFC 8853). Each
function takes the value of an attribute and gives a record, or raises `DescriptionError`.
"""

import re
from typing import Literal

import msgspec

from wirescope.wire.sdp.fields import expected, number, words

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
"""RFC 8866 section 6.7."""

_RTPMAP = re.compile(r"([0-9]{1,3}) +([^ /]+)/([0-9]{1,10})(?:/([0-9]{1,5}))? *")
_EXTMAP = re.compile(r"([0-9]{1,5})(?:/(sendrecv|sendonly|recvonly|inactive))? +(\S+)(?: +(\S.*))?")
_RID = re.compile(r"[0-9A-Za-z_-]+")


class RtpMap(msgspec.Struct, frozen=True, gc=False):
    """What a payload type stands for, as `96 VP8/90000` or `111 opus/48000/2`."""

    payload_type: int
    encoding: str
    clock_rate: int
    channels: int | None = None


class Fmtp(msgspec.Struct, frozen=True, gc=False):
    """The parameters of a format, as they stand (RFC 8866 section 6.15)."""

    format: str
    parameters: str

    @property
    def pairs(self) -> tuple[tuple[str, str | None], ...]:
        """The parameters as names and values, as far as they are written so."""
        found = []
        for part in self.parameters.split(";"):
            name, equals, value = part.strip().partition("=")
            if name:
                found.append((name, value if equals else None))
        return tuple(found)


class RtcpFeedback(msgspec.Struct, frozen=True, gc=False):
    """Feedback that may be sent, as `96 nack pli` (RFC 4585 section 4.2); `*` is any format."""

    format: str
    kind: str
    parameter: str = ""


class ExtMap(msgspec.Struct, frozen=True, gc=False):
    """The identifier of a header extension (RFC 8285 section 8)."""

    id: int
    uri: str
    direction: Direction | None = None
    attributes: str = ""


class SsrcAttribute(msgspec.Struct, frozen=True, gc=False):
    """Something that is said of one source (RFC 5576 section 4.1); None is no value."""

    ssrc: int
    name: str
    value: str | None = None


class SsrcGroup(msgspec.Struct, frozen=True, gc=False):
    """Sources that belong together, as `FID` or `SIM` (RFC 5576 section 4.2)."""

    semantics: str
    ssrcs: tuple[int, ...]


class Group(msgspec.Struct, frozen=True, gc=False):
    """Media sections that belong together (RFC 5888 section 5), as `BUNDLE` (RFC 9143)."""

    semantics: str
    mids: tuple[str, ...]


class Msid(msgspec.Struct, frozen=True, gc=False):
    """The stream and the track that a section is of (RFC 8830 section 2); `-` is no stream."""

    stream: str
    track: str | None = None


class Rid(msgspec.Struct, frozen=True, gc=False):
    """One of the streams of a section, with what restricts it (RFC 8851 section 4)."""

    id: str
    direction: Literal["send", "recv"]
    restrictions: tuple[tuple[str, str | None], ...] = ()

    @property
    def payload_types(self) -> tuple[str, ...]:
        """The formats that it may be in; empty for all of the section."""
        return tuple(
            part
            for name, value in self.restrictions
            if name == "pt" and value
            for part in value.split(",")
        )


class SimulcastId(msgspec.Struct, frozen=True, gc=False):
    """A stream of simulcast, by its `rid`, and whether it begins paused (a tilde before it)."""

    rid: str
    paused: bool = False


SimulcastStreams = tuple[tuple[SimulcastId, ...], ...]
"""The streams in order, and for each of them the alternatives that it may be sent as."""


class Simulcast(msgspec.Struct, frozen=True, gc=False):
    """The streams of a section that show the same (RFC 8853 section 5.1)."""

    send: SimulcastStreams = ()
    receive: SimulcastStreams = ()


def parse_rtpmap(value: str) -> RtpMap:
    """Read the value of `rtpmap`."""
    match = _RTPMAP.fullmatch(value)
    if match is None or int(match[1]) > 127:
        raise expected("a format as 96 VP8/90000", value)
    channels = None if match[4] is None else int(match[4])
    return RtpMap(int(match[1]), match[2], int(match[3]), channels)


def parse_fmtp(value: str) -> Fmtp:
    """Read the value of `fmtp`."""
    name, _, parameters = value.partition(" ")
    if not name or not parameters.strip():
        raise expected("a format and its parameters", value)
    return Fmtp(name, parameters.strip())


def parse_rtcp_feedback(value: str) -> RtcpFeedback:
    """Read the value of `rtcp-fb`."""
    parts = words(value)
    if len(parts) < 2 or not (parts[0] == "*" or (parts[0].isascii() and parts[0].isdigit())):
        raise expected("a format or * and a kind of feedback", value)
    return RtcpFeedback(parts[0], parts[1], " ".join(parts[2:]))


def parse_extmap(value: str) -> ExtMap:
    """Read the value of `extmap`; above 255 stand those that are still without a number."""
    match = _EXTMAP.fullmatch(value)
    if match is None or not 0 < int(match[1]) <= 4351:
        raise expected("a header extension as 1 urn:ietf:params:rtp-hdrext:sdes:mid", value)
    direction: Direction | None = match[2]  # type: ignore[assignment]
    return ExtMap(int(match[1]), match[3], direction, match[4] or "")


def _ssrc(text: str, value: str) -> int:
    return number(text, 0xFFFFFFFF, what="a source, a number of 32 bits", value=value)


def parse_ssrc(value: str) -> SsrcAttribute:
    """Read the value of `ssrc`."""
    source, _, rest = value.partition(" ")
    name, colon, said = rest.partition(":")
    if not name.strip():
        raise expected("a source and its attribute", value)
    return SsrcAttribute(_ssrc(source, value), name, said if colon else None)


def parse_ssrc_group(value: str) -> SsrcGroup:
    """Read the value of `ssrc-group`."""
    parts = words(value)
    if not parts:
        raise expected("a group of sources as FID 1 2", value)
    return SsrcGroup(parts[0], tuple([_ssrc(part, value) for part in parts[1:]]))


def parse_group(value: str) -> Group:
    """Read the value of `group`."""
    parts = words(value)
    if not parts:
        raise expected("a group of media sections as BUNDLE 0 1", value)
    return Group(parts[0], tuple(parts[1:]))


def parse_msid(value: str) -> Msid:
    """Read the value of `msid`."""
    parts = words(value)
    if not 1 <= len(parts) <= 2:
        raise expected("a stream and a track", value)
    return Msid(*parts)


def parse_rid(value: str) -> Rid:
    """Read the value of `rid`."""
    parts = value.split(" ", 2)
    if len(parts) < 2 or not _RID.fullmatch(parts[0]) or parts[1] not in ("send", "recv"):
        raise expected("a rid as h send max-width=640", value)
    restrictions = []
    for part in parts[2].split(";") if len(parts) == 3 else ():
        name, equals, said = part.strip().partition("=")
        if not name:
            raise expected("a rid with restrictions as max-width=640;max-fps=30", value)
        restrictions.append((name, said if equals else None))
    direction: Literal["send", "recv"] = parts[1]  # type: ignore[assignment]
    return Rid(parts[0], direction, tuple(restrictions))


def parse_simulcast(value: str) -> Simulcast:
    """Read the value of `simulcast`."""
    parts = words(value)
    found: dict[str, SimulcastStreams] = {}
    for direction, streams in zip(parts[::2], parts[1::2], strict=False):
        if direction not in ("send", "recv") or direction in found:
            raise expected("simulcast as send h;l recv a", value)
        found[direction] = tuple(
            tuple(_simulcast_id(each, value) for each in stream.split(","))
            for stream in streams.split(";")
        )
    if not found or len(parts) % 2:
        raise expected("simulcast as send h;l recv a", value)
    return Simulcast(found.get("send", ()), found.get("recv", ()))


def _simulcast_id(text: str, value: str) -> SimulcastId:
    rid = text.removeprefix("~")
    if not _RID.fullmatch(rid):
        raise expected("simulcast of rids as send h;l", value)
    return SimulcastId(rid, rid != text)
