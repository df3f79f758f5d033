"""Bytes out of RTCP records (RFC 3550 section 6); what was read and is legal comes out the same.

Numbers that do not fit into their fields are refused. A packet that does not end at 32 bits is
padded, which is legal of transport-wide feedback alone (RFC 3550 section 6.4.1). Whether packets
may be so, and stand together in one datagram, is not asked here: a workbench has to send what is
illegal, too.
"""

import struct
from collections.abc import Callable, Iterable
from struct import pack
from typing import Any

from wirescope.wire.rtcp.packets import (
    ApplicationDefined,
    ExtendedReport,
    FullIntraRequest,
    GenericNack,
    Goodbye,
    OtherPacket,
    PictureLossIndication,
    ReceiverEstimatedMaximumBitrate,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SdesChunk,
    SenderReport,
    SourceDescription,
    TransportFeedback,
)
from wirescope.wire.rtcp.transport_feedback import build_transport_feedback

_Written = tuple[int, int, bytes]  # packet type, count, body


def build(packet: RtcpPacket) -> bytes:
    """Build one packet, padded to 32 bits where its format does not end there.

    Raises:
        ValueError: something does not fit into its field.
    """
    try:
        packet_type, count, body = _WRITERS[type(packet)](packet)
    except struct.error as error:
        raise ValueError(f"a field of {type(packet).__name__} does not fit: {error}") from None
    if not 0 <= count < 32 or not 0 <= packet_type < 256:
        raise ValueError(f"a type of {packet_type} or a count of {count} does not fit")
    missing = -len(body) % 4
    if missing:
        body += bytes(missing - 1) + bytes((missing,))
    words = len(body) >> 2
    if words > 0xFFFF:
        raise ValueError(f"{type(packet).__name__} is longer than a packet can be")
    return pack("!BBH", 0x80 | bool(missing) << 5 | count, packet_type, words) + body


def build_compound(packets: Iterable[RtcpPacket]) -> bytes:
    """Build a datagram of several packets.

    Raises:
        ValueError: something does not fit into its field.
    """
    return b"".join([build(packet) for packet in packets])


def _block(block: ReportBlock) -> bytes:
    if not -0x800000 <= block.cumulative_lost < 0x800000 or not 0 <= block.fraction_lost < 256:
        raise ValueError("what was lost does not fit into a report block")
    return pack(
        "!IIIIII",
        block.ssrc,
        block.fraction_lost << 24 | block.cumulative_lost & 0xFFFFFF,
        block.highest_sequence_number,
        block.jitter,
        block.last_sr,
        block.delay_since_last_sr,
    )


def _sender_report(packet: SenderReport) -> _Written:
    head = pack(
        "!IQIII",
        packet.ssrc,
        packet.ntp_timestamp,
        packet.rtp_timestamp,
        packet.packet_count,
        packet.octet_count,
    )
    blocks = b"".join(map(_block, packet.reports))
    return 200, len(packet.reports), head + blocks + packet.extension


def _receiver_report(packet: ReceiverReport) -> _Written:
    blocks = b"".join(map(_block, packet.reports))
    body = pack("!I", packet.ssrc) + blocks + packet.extension
    return 201, len(packet.reports), body


def _chunk(chunk: SdesChunk) -> bytes:
    if not all(0 < item.kind < 256 and len(item.value) < 256 for item in chunk.items):
        raise ValueError("an item has a kind from 1 to 255 and at most 255 bytes")
    items = b"".join([bytes((item.kind, len(item.value))) + item.value for item in chunk.items])
    # section 6.5: at least one zero ends the list, and more fill up to 32 bits
    return pack("!I", chunk.ssrc) + items + bytes(4 - len(items) % 4)


def _source_description(packet: SourceDescription) -> _Written:
    return 202, len(packet.chunks), b"".join(map(_chunk, packet.chunks))


def _goodbye(packet: Goodbye) -> _Written:
    body = pack(f"!{len(packet.ssrcs)}I", *packet.ssrcs)
    if packet.reason is not None:
        reason = pack("!B", len(packet.reason)) + packet.reason
        body += reason + bytes(-len(reason) % 4)
    return 203, len(packet.ssrcs), body


def _application_defined(packet: ApplicationDefined) -> _Written:
    if len(packet.name) != 4:
        raise ValueError(f"the name of an application's packet has 4 bytes, not {packet.name!r}")
    body = pack("!I", packet.ssrc) + packet.name + packet.data
    return 204, packet.subtype, body


def _generic_nack(packet: GenericNack) -> _Written:
    entries = [pack("!HH", entry.packet_id, entry.following) for entry in packet.entries]
    return 205, 1, pack("!II", packet.sender_ssrc, packet.media_ssrc) + b"".join(entries)


def _transport_feedback(packet: TransportFeedback) -> _Written:
    if not -0x800000 <= packet.reference_time < 0x800000 or not 0 <= packet.feedback_count < 256:
        raise ValueError("the reference time or the count of the feedback does not fit")
    return 205, 15, build_transport_feedback(packet)


def _picture_loss(packet: PictureLossIndication) -> _Written:
    return 206, 1, pack("!II", packet.sender_ssrc, packet.media_ssrc)


def _full_intra(packet: FullIntraRequest) -> _Written:
    requests = [pack("!IB3x", each.ssrc, each.sequence_number) for each in packet.requests]
    return 206, 4, pack("!II", packet.sender_ssrc, packet.media_ssrc) + b"".join(requests)


def _maximum_bitrate(packet: ReceiverEstimatedMaximumBitrate) -> _Written:
    exponent = max(packet.bitrate_bps.bit_length() - 18, 0)
    if exponent > 63 or packet.bitrate_bps < 0 or len(packet.ssrcs) > 255:
        raise ValueError("the bit rate or the number of its sources does not fit")
    packed = len(packet.ssrcs) << 24 | exponent << 18 | packet.bitrate_bps >> exponent
    head = pack("!II4sI", packet.sender_ssrc, packet.media_ssrc, b"REMB", packed)
    return 206, 15, head + pack(f"!{len(packet.ssrcs)}I", *packet.ssrcs)


def _extended_report(packet: ExtendedReport) -> _Written:
    return 207, 0, pack("!I", packet.ssrc) + packet.blocks


def _other(packet: OtherPacket) -> _Written:
    return packet.packet_type, packet.count, packet.body


_WRITERS: dict[type, Callable[[Any], _Written]] = {
    SenderReport: _sender_report,
    ReceiverReport: _receiver_report,
    SourceDescription: _source_description,
    Goodbye: _goodbye,
    ApplicationDefined: _application_defined,
    GenericNack: _generic_nack,
    TransportFeedback: _transport_feedback,
    PictureLossIndication: _picture_loss,
    FullIntraRequest: _full_intra,
    ReceiverEstimatedMaximumBitrate: _maximum_bitrate,
    ExtendedReport: _extended_report,
    OtherPacket: _other,
}
