"""RTCP as it is said here: reports in compounds, feedback by itself (RFC 5506)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wirescope.transports.webrtc.packets.arrivals import Row
from wirescope.wire.rtcp import (
    FirRequest,
    FullIntraRequest,
    GenericNack,
    PictureLossIndication,
    ReceiverEstimatedMaximumBitrate,
    ReceiverReport,
    ReportBlock,
    SdesChunk,
    SdesItem,
    SenderReport,
    SourceDescription,
    TransportFeedback,
    build,
    build_compound,
    pack_nack,
    parse_compound,
    report_arrivals,
    unpack_nack,
)

CNAME = "wirescope"
"""The canonical name (RFC 3550 section 6.5.1); all streams to a viewer have it, and so belong
together."""

MAX_BLOCKS = 31

MAX_STATUSES = 4096
"""Packets that feedback may be about; a few bytes can claim 65535, and would cost as much."""

MAX_ASKED = 1024
"""Numbers that one request may ask for, as many as are kept."""

_FEEDBACK = (0x8F, 205)  # RFC 4585 section 6.1: version 2, format 15; transport-wide


@dataclass(frozen=True, slots=True)
class Asked:
    """What a viewer asks of one stream.

    Attributes:
        ssrc: the stream's.
        missing: numbers of packets to send again.
        key_frame: whether it needs a key frame.
    """

    ssrc: int
    missing: list[int] = field(default_factory=list)
    key_frame: bool = False


@dataclass(slots=True)
class Heard:
    """What one datagram says that matters for forwarding."""

    senders: list[SenderReport] = field(default_factory=list)
    blocks: list[ReportBlock] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    feedback: list[TransportFeedback] = field(default_factory=list)
    limit_bps: float | None = None


def read(data: bytes) -> Heard:
    """Read a datagram; what cannot be read, or does not matter here, is passed over."""
    heard = Heard()
    if _claims_too_much(data):
        return heard
    for packet in parse_compound(data).packets:
        match packet:
            case SenderReport():
                heard.senders.append(packet)
                heard.blocks.extend(packet.reports)
            case ReceiverReport():
                heard.blocks.extend(packet.reports)
            case GenericNack():
                entries = packet.entries[: MAX_ASKED // 17]  # a number, and 16 that follow it
                heard.asked.append(Asked(packet.media_ssrc, unpack_nack(entries)))
            case PictureLossIndication():
                heard.asked.append(Asked(packet.media_ssrc, key_frame=True))
            case FullIntraRequest():
                heard.asked.extend(Asked(each.ssrc, key_frame=True) for each in packet.requests)
            case TransportFeedback():
                heard.feedback.append(packet)
            case ReceiverEstimatedMaximumBitrate():
                heard.limit_bps = packet.bitrate_bps
            case _:
                pass
    return heard


def _claims_too_much(data: bytes) -> bool:
    """Tell whether a datagram has feedback about more packets than anybody would send."""
    position = statuses = 0
    while position + 16 <= len(data):
        if (data[position] & 0x9F, data[position + 1]) == _FEEDBACK:
            statuses += int.from_bytes(data[position + 14 : position + 16], "big")
        position += 4 + 4 * int.from_bytes(data[position + 2 : position + 4], "big")
    return statuses > MAX_STATUSES


def sender_report(report: SenderReport) -> bytes:
    """Write a sender's report, with its name."""
    return build_compound([report, _description(report.ssrc)])


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    """Write a receiver's report, with its name."""
    return build_compound([ReceiverReport(ssrc, tuple(blocks[:MAX_BLOCKS])), _description(ssrc)])


def _description(ssrc: int) -> SourceDescription:
    return SourceDescription((SdesChunk(ssrc, (SdesItem(1, CNAME.encode()),)),))


def nack(ssrc: int, media_ssrc: int, numbers: Sequence[int]) -> bytes:
    """Ask for packets again."""
    return build(GenericNack(ssrc, media_ssrc, pack_nack(numbers)))


def picture_loss(ssrc: int, media_ssrc: int) -> bytes:
    """Ask for a key frame (RFC 4585 section 6.3.1)."""
    return build(PictureLossIndication(ssrc, media_ssrc))


def full_intra_request(ssrc: int, media_ssrc: int, count: int) -> bytes:
    """Ask for a key frame of a sender that knows only this way (RFC 5104 section 4.3.1)."""
    return build(FullIntraRequest(ssrc, (FirRequest(media_ssrc, count & 0xFF),)))


def arrival_times(ssrc: int, media_ssrc: int, row: Row, count: int) -> bytes:
    """Say when packets came."""
    return build(
        report_arrivals(
            [None if each is None else each // 1000 for each in row.times_ns],
            sender_ssrc=ssrc,
            media_ssrc=media_ssrc,
            base_sequence_number=row.base,
            feedback_count=count,
        )
    )
