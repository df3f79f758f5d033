"""What an RTCP packet says, one record a kind.

A record holds the fields in the words and units of its RFC; `wirescope.wire.rtcp.reading` makes it
of bytes and `wirescope.wire.rtcp.building` makes bytes of it. A kind that is not known here, or a
packet whose body cannot be read, is an `OtherPacket`.
"""

from itertools import repeat

import msgspec


class ReportBlock(msgspec.Struct, frozen=True, gc=False):
    """What a receiver says of one source (RFC 3550 section 6.4.1).

    Attributes:
        ssrc: the source.
        fraction_lost: packets lost since the last report, in 1/256.
        cumulative_lost: packets lost since the start, 24 bits; negative where duplicates came.
        highest_sequence_number: the highest that came, with the count of wraps above 16 bits.
        jitter: of the arrival times, in units of the RTP timestamp.
        last_sr: the middle 32 bits of the last sender report's NTP timestamp; 0 without one.
        delay_since_last_sr: since that report came, in 1/65536 seconds.
    """

    ssrc: int
    fraction_lost: int
    cumulative_lost: int
    highest_sequence_number: int
    jitter: int
    last_sr: int = 0
    delay_since_last_sr: int = 0


class SenderReport(msgspec.Struct, frozen=True, gc=False):
    """What a sender says of its stream, and of those that it receives (RFC 3550 section 6.4.1).

    Attributes:
        ssrc: the sender.
        ntp_timestamp: when it was sent, 64 bits: seconds since 1900 and their fraction.
        rtp_timestamp: the same moment in the clock of the stream.
        packet_count: RTP packets sent.
        octet_count: bytes of payload sent.
        reports: at most 31.
        extension: what a profile adds.
    """

    ssrc: int
    ntp_timestamp: int
    rtp_timestamp: int
    packet_count: int
    octet_count: int
    reports: tuple[ReportBlock, ...] = ()
    extension: bytes = b""

    @property
    def middle_ntp_timestamp(self) -> int:
        """The 32 bits that a report block gives back as `last_sr`."""
        return self.ntp_timestamp >> 16 & 0xFFFFFFFF


class ReceiverReport(msgspec.Struct, frozen=True, gc=False):
    """What a receiver says of the streams that it receives (RFC 3550 section 6.4.2)."""

    ssrc: int
    reports: tuple[ReportBlock, ...] = ()
    extension: bytes = b""


class SdesItem(msgspec.Struct, frozen=True, gc=False):
    """One thing that is said of a source: 1 is its CNAME (RFC 3550 section 6.5), text as UTF-8."""

    kind: int
    value: bytes


class SdesChunk(msgspec.Struct, frozen=True, gc=False):
    """All that is said of one source."""

    ssrc: int
    items: tuple[SdesItem, ...] = ()


class SourceDescription(msgspec.Struct, frozen=True, gc=False):
    """What sources are called (RFC 3550 section 6.5); at most 31 of them."""

    chunks: tuple[SdesChunk, ...] = ()


class Goodbye(msgspec.Struct, frozen=True, gc=False):
    """Sources that have ended, at most 31, and perhaps the reason (RFC 3550 section 6.6)."""

    ssrcs: tuple[int, ...] = ()
    reason: bytes | None = None


class ApplicationDefined(msgspec.Struct, frozen=True, gc=False):
    """A packet of an application (RFC 3550 section 6.7).

    Attributes:
        subtype: 0 to 31.
        ssrc: who sent it.
        name: four bytes.
        data: a multiple of four bytes.
    """

    subtype: int
    ssrc: int
    name: bytes
    data: bytes = b""


class NackEntry(msgspec.Struct, frozen=True, gc=False):
    """A lost packet, and a bit for each of the 16 after it (RFC 4585 section 6.2.1).

    The lowest bit of `following` stands for the next packet.
    """

    packet_id: int
    following: int = 0


class GenericNack(msgspec.Struct, frozen=True, gc=False):
    """Packets that did not come (RFC 4585 section 6.2.1); `unpack_nack` gives their numbers."""

    sender_ssrc: int
    media_ssrc: int
    entries: tuple[NackEntry, ...] = ()


class PictureLossIndication(msgspec.Struct, frozen=True, gc=False):
    """A picture cannot be shown; a key frame is wanted (RFC 4585 section 6.3.1)."""

    sender_ssrc: int
    media_ssrc: int


class FirRequest(msgspec.Struct, frozen=True, gc=False):
    """One source that a key frame is wanted of; a repeated request has the same number."""

    ssrc: int
    sequence_number: int


class FullIntraRequest(msgspec.Struct, frozen=True, gc=False):
    """A decoder starts and needs key frames (RFC 5104 section 4.3.1); `media_ssrc` is 0."""

    sender_ssrc: int
    requests: tuple[FirRequest, ...] = ()
    media_ssrc: int = 0


class ReceiverEstimatedMaximumBitrate(msgspec.Struct, frozen=True, gc=False):
    """REMB (draft-alvestrand-rmcat-remb-03 section 2): what the path is thought to carry.

    Attributes:
        sender_ssrc: who sent it.
        bitrate_bps: bits per second of all the sources together; written with 18 significant bits.
        ssrcs: at most 255.
        media_ssrc: always 0.
    """

    sender_ssrc: int
    bitrate_bps: int
    ssrcs: tuple[int, ...] = ()
    media_ssrc: int = 0


class RunLength(msgspec.Struct, frozen=True, gc=False):
    """The same status for up to 8191 packets (section 3.1.3 of the draft below)."""

    symbol: int
    length: int

    @property
    def symbols(self) -> "repeat[int]":
        """The status of each packet."""
        return repeat(self.symbol, self.length)


class StatusVector(msgspec.Struct, frozen=True, gc=False):
    """A status for each of 14 packets in one bit, or of 7 in two (section 3.1.4)."""

    symbols: tuple[int, ...]


class TransportFeedback(msgspec.Struct, frozen=True, gc=False):
    """When each packet came (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).

    A status is 0 for a packet that did not come, 1 for one with a short delta, 2 for a long or
    negative one; 3 is reserved, and has no delta.

    Attributes:
        sender_ssrc: who sent it.
        media_ssrc: a source of the packets; the numbers are those of the whole transport.
        base_sequence_number: the first packet's transport-wide sequence number.
        packet_status_count: how many packets it is about.
        reference_time: what the first delta counts from, in 64 ms, 24 bits with sign; wraps.
        feedback_count: counts these packets, 8 bits; wraps.
        chunks: the statuses as they were packed; what goes beyond the count means nothing.
        deltas: of each packet that came, since the one before, in 250 µs.
    """

    sender_ssrc: int
    media_ssrc: int
    base_sequence_number: int
    packet_status_count: int
    reference_time: int
    feedback_count: int
    chunks: tuple[RunLength | StatusVector, ...] = ()
    deltas: tuple[int, ...] = ()

    @property
    def statuses(self) -> list[int]:
        """The status of each packet."""
        found: list[int] = []
        for chunk in self.chunks:
            found += chunk.symbols
        return found[: self.packet_status_count]

    @property
    def arrivals(self) -> list[tuple[int, int | None]]:
        """Each packet's number and when it came, in microseconds of the receiver's clock.

        None for a packet of which no time is said.
        """
        ticks = self.reference_time * 256
        deltas = iter(self.deltas)
        number = self.base_sequence_number
        found: list[tuple[int, int | None]] = []
        for status in self.statuses:
            delta = next(deltas, None) if status in (1, 2) else None
            if delta is None:
                found.append((number, None))
            else:
                ticks += delta
                found.append((number, ticks * 250))
            number = (number + 1) & 0xFFFF
        return found


class ExtendedReport(msgspec.Struct, frozen=True, gc=False):
    """An extended report (RFC 3611 section 2); its blocks are kept as they are."""

    ssrc: int
    blocks: bytes = b""


class OtherPacket(msgspec.Struct, frozen=True, gc=False):
    """A packet of a kind that is not known here, or whose body cannot be read.

    Attributes:
        packet_type: the second byte of its header.
        count: the five bits before it: a count, a subtype or the format of feedback.
        body: what follows the header's first four bytes, without padding.
    """

    packet_type: int
    count: int
    body: bytes


RtcpPacket = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Goodbye
    | ApplicationDefined
    | GenericNack
    | TransportFeedback
    | PictureLossIndication
    | FullIntraRequest
    | ReceiverEstimatedMaximumBitrate
    | ExtendedReport
    | OtherPacket
)
