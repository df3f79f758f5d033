"""RTCP as it is said here: reports in compounds, feedback by itself (RFC 5506)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wirescope.transports.webrtc.packets.arrivals import Row
from wirescope.wire.rtcp import (
    FirRequest,
    FullIntraRequest,
    GenericNack,
    PictureLossIndication,
    ReceiverReport,
    ReportBlock,
    SdesChunk,
    SdesItem,
    SenderReport,
    SourceDescription,
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


@dataclass(frozen=True, slots=True)
class Heard:
    """What one datagram says that matters for forwarding."""

    senders: list[SenderReport]
    blocks: list[ReportBlock]
    asked: list[Asked]


def read(data: bytes) -> Heard:
    """Read a datagram; what cannot be read, or does not matter here, is passed over."""
    heard = Heard([], [], [])
    for packet in parse_compound(data).packets:
        match packet:
            case SenderReport():
                heard.senders.append(packet)
                heard.blocks.extend(packet.reports)
            case ReceiverReport():
                heard.blocks.extend(packet.reports)
            case GenericNack():
                heard.asked.append(Asked(packet.media_ssrc, unpack_nack(packet.entries)))
            case PictureLossIndication():
                heard.asked.append(Asked(packet.media_ssrc, key_frame=True))
            case FullIntraRequest():
                heard.asked.extend(Asked(each.ssrc, key_frame=True) for each in packet.requests)
            case _:
                pass
    return heard


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
