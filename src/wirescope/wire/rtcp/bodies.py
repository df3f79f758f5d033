"""The bodies of RTCP packets: what follows the first four bytes of the header.

Each function takes the header's count and the body without padding; it gives the record and how far
it read, or raises `PacketError` with an offset into the body.
"""

from collections.abc import Callable
from struct import Struct, iter_unpack, unpack_from

from wirescope.errors import PacketError
from wirescope.wire.rtcp.packets import (
    ApplicationDefined,
    ExtendedReport,
    FirRequest,
    FullIntraRequest,
    GenericNack,
    Goodbye,
    NackEntry,
    PictureLossIndication,
    ReceiverEstimatedMaximumBitrate,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SdesChunk,
    SdesItem,
    SenderReport,
    SourceDescription,
)
from wirescope.wire.rtcp.transport_feedback import read_transport_feedback

_Read = tuple[RtcpPacket, int]
_BLOCK = Struct("!IIIIII")


def _need(body: bytes, length: int, *, clause: str, what: str) -> None:
    if len(body) < length:
        message = f"{what} takes {length} bytes; the packet has {len(body)} for it."
        raise PacketError(message, clause=clause, offset=len(body))


def _blocks(body: bytes, start: int, count: int) -> tuple[ReportBlock, ...]:
    blocks = []
    for at in range(start, start + 24 * count, 24):
        ssrc, lost, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, at)
        cumulative = lost & 0xFFFFFF
        if cumulative & 0x800000:
            cumulative -= 0x1000000
        blocks.append(ReportBlock(ssrc, lost >> 24, cumulative, highest, jitter, last_sr, delay))
    return tuple(blocks)


def _sender_report(count: int, body: bytes) -> _Read:
    end = 24 + 24 * count
    _need(body, end, clause="RFC 3550 6.4.1", what=f"A sender report with {count} blocks")
    ssrc, ntp, rtp, packets, octets = unpack_from("!IQIII", body)
    blocks = _blocks(body, 24, count)
    return SenderReport(ssrc, ntp, rtp, packets, octets, blocks, body[end:]), len(body)


def _receiver_report(count: int, body: bytes) -> _Read:
    end = 4 + 24 * count
    _need(body, end, clause="RFC 3550 6.4.2", what=f"A receiver report with {count} blocks")
    (ssrc,) = unpack_from("!I", body)
    return ReceiverReport(ssrc, _blocks(body, 4, count), body[end:]), len(body)


def _source_description(count: int, body: bytes) -> _Read:
    clause, what = "RFC 3550 6.5", f"A source description with {count} chunks"
    chunks: list[SdesChunk] = []
    position = 0
    for _ in range(count):
        _need(body, position + 4, clause=clause, what=what)
        (ssrc,) = unpack_from("!I", body, position)
        position += 4
        items: list[SdesItem] = []
        while True:
            _need(body, position + 1, clause=clause, what=what)
            if not body[position]:
                break
            _need(body, position + 2, clause=clause, what=what)
            after = position + 2 + body[position + 1]
            _need(body, after, clause=clause, what=what)
            items.append(SdesItem(body[position], body[position + 2 : after]))
            position = after
        position = (position + 4) & ~3  # the list ends in zeros up to the next multiple of four
        chunks.append(SdesChunk(ssrc, tuple(items)))
    return SourceDescription(tuple(chunks)), position


def _goodbye(count: int, body: bytes) -> _Read:
    clause, end = "RFC 3550 6.6", 4 * count
    _need(body, end, clause=clause, what=f"A goodbye of {count} sources")
    ssrcs = unpack_from(f"!{count}I", body)
    if len(body) == end:
        return Goodbye(ssrcs), end
    after = end + 1 + body[end]
    _need(body, after, clause=clause, what="The reason of a goodbye")
    return Goodbye(ssrcs, body[end + 1 : after]), (after + 3) & ~3


def _application_defined(count: int, body: bytes) -> _Read:
    _need(body, 8, clause="RFC 3550 6.7", what="An application's packet")
    (ssrc,) = unpack_from("!I", body)
    return ApplicationDefined(count, ssrc, body[4:8], body[8:]), len(body)


def _extended_report(count: int, body: bytes) -> _Read:
    _need(body, 4, clause="RFC 3611 2", what="An extended report")
    (ssrc,) = unpack_from("!I", body)
    return ExtendedReport(ssrc, body[4:]), len(body)


def _sources(body: bytes, *, clause: str) -> tuple[int, int]:
    _need(body, 8, clause=clause, what="Feedback")
    sender, media = unpack_from("!II", body)
    return sender, media


def _generic_nack(count: int, body: bytes) -> _Read:
    sender, media = _sources(body, clause="RFC 4585 6.1")
    end = len(body) & ~3
    entries = tuple([NackEntry(*pair) for pair in iter_unpack("!HH", body[8:end])])
    return GenericNack(sender, media, entries), end


def _picture_loss(count: int, body: bytes) -> _Read:
    sender, media = _sources(body, clause="RFC 4585 6.1")
    return PictureLossIndication(sender, media), 8


def _full_intra(count: int, body: bytes) -> _Read:
    sender, media = _sources(body, clause="RFC 5104 4.3.1")
    end = len(body) & ~7  # what is before the entries has eight bytes, and so has each of them
    requests = tuple([FirRequest(*pair) for pair in iter_unpack("!IB3x", body[8:end])])
    return FullIntraRequest(sender, requests, media), end


def _maximum_bitrate(count: int, body: bytes) -> _Read:
    clause = "draft-alvestrand-rmcat-remb-03 2"
    sender, media = _sources(body, clause=clause)
    _need(body, 16, clause=clause, what="A maximum bit rate")
    (packed,) = unpack_from("!I", body, 12)
    sources = packed >> 24
    end = 16 + 4 * sources
    _need(body, end, clause=clause, what=f"A maximum bit rate of {sources} sources")
    bitrate = (packed & 0x3FFFF) << (packed >> 18 & 0x3F)
    ssrcs = unpack_from(f"!{sources}I", body, 16)
    return ReceiverEstimatedMaximumBitrate(sender, bitrate, ssrcs, media), end


def _transport_feedback(count: int, body: bytes) -> _Read:
    # what follows the deltas is zeros up to the next multiple of four, whether counted or not
    return read_transport_feedback(body), len(body)


BODIES: dict[int, Callable[[int, bytes], _Read]] = {
    200: _sender_report,
    201: _receiver_report,
    202: _source_description,
    203: _goodbye,
    204: _application_defined,
    207: _extended_report,
}
"""Packet type -> what reads its body."""

FEEDBACK: dict[tuple[int, int], Callable[[int, bytes], _Read]] = {
    (205, 1): _generic_nack,
    (205, 15): _transport_feedback,
    (206, 1): _picture_loss,
    (206, 4): _full_intra,
    (206, 15): _maximum_bitrate,
}
"""Packet type and format of feedback (RFC 4585 section 6.1) -> what reads its body."""
