"""What is illegal about a datagram of RTCP that can be read (RFC 3550 section 6.1 and others)."""

from collections.abc import Iterator

from wirescope.wire.rtcp.packets import (
    FullIntraRequest,
    GenericNack,
    OtherPacket,
    ReceiverEstimatedMaximumBitrate,
    ReceiverReport,
    RtcpPacket,
    SenderReport,
    SourceDescription,
    TransportFeedback,
)
from wirescope.wire.rtcp.reading import Compound
from wirescope.wire.rtp import Breach

_CNAME = 1


def check_compound(compound: Compound, *, reduced_size: bool = False) -> list[Breach]:
    """Name what is illegal, beside what reading it has found.

    `reduced_size` tells that both sides agreed on reduced size (RFC 5506, `rtcp-rsize`): then it
    need not be a compound packet, which begins with a report and holds a CNAME.
    """
    breaches: list[Breach] = []
    if compound.packets and not reduced_size:
        breaches += _check_order(compound.packets)
    for packet, (start, _) in zip(compound.packets, compound.spans, strict=True):
        if compound.data[start] & 0x20 and start != compound.spans[-1][0]:
            message = "A packet that is not the last of its datagram has padding."
            breaches.append(Breach("RFC 3550 6.4.1", message, start))
        breaches += [Breach(clause, message, start) for clause, message in _check(packet)]
    return breaches


def _check_order(packets: tuple[RtcpPacket, ...]) -> Iterator[Breach]:
    if not _is_report(packets[0]):
        message = "The datagram does not begin with a sender or receiver report."
        yield Breach("RFC 3550 6.1", message, 0)
    named = any(
        item.kind == _CNAME
        for packet in packets
        if isinstance(packet, SourceDescription)
        for chunk in packet.chunks
        for item in chunk.items
    )
    if not named:
        yield Breach("RFC 3550 6.1", "The datagram holds no CNAME.", 0)


def _is_report(packet: RtcpPacket) -> bool:
    if isinstance(packet, OtherPacket):  # one whose body cannot be read is named already
        return packet.packet_type in (200, 201)
    return isinstance(packet, SenderReport | ReceiverReport)


def _check(packet: RtcpPacket) -> Iterator[tuple[str, str]]:
    match packet:
        case GenericNack(entries=()):
            yield "RFC 4585 6.2.1", "The NACK names no lost packet."
        case FullIntraRequest(requests=()):
            yield "RFC 5104 4.3.1", "The full intra request names no source."
        case FullIntraRequest(media_ssrc=media) if media:
            yield "RFC 5104 4.3.1", f"The media source of a full intra request is {media}, not 0."
        case ReceiverEstimatedMaximumBitrate(media_ssrc=media) if media:
            clause = "draft-alvestrand-rmcat-remb-03 2.2"
            yield clause, f"The media source of a maximum bit rate is {media}, not 0."
        case TransportFeedback() if 3 in packet.statuses:
            clause = "draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1.1"
            yield clause, "The feedback has a status that is reserved."
        case _:
            pass
