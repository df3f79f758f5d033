"""One stream to a viewer: a publisher's packets under this stream's own name, numbers and clock.

Whatever the publisher's stream does that the viewer must not notice ends here: it begins somewhere,
is replaced by another layer or another publisher, has packets that are of no use to viewers. What
was sent is kept for a while, since a viewer asks for what it misses. Time is an argument.
"""

import secrets
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from wirescope.transports.webrtc.packets.answer import Agreed
from wirescope.transports.webrtc.packets.inbound import Inbound
from wirescope.transports.webrtc.packets.pictures import PictureIds
from wirescope.wire.rtcp import SenderReport
from wirescope.wire.rtp import RtpPacket, parse_rtp, rewrite, wrap_retransmission

KEPT = 1024
"""Packets that are kept to be sent again, a power of two: about a second of a good picture."""

AGAIN_AFTER_NS = 10_000_000
"""A packet that was sent again less than this ago is on its way."""

AGAIN_TIMES = 10

AGAIN_AT_MOST = 600
"""Packets that are sent again in a second, so that a viewer cannot ask for more than it is due."""

JUMP = 1000
"""A larger step of the publisher's numbers is closed up."""

_NS = 1_000_000_000
_HALF = 1 << 31


class Arrival(NamedTuple):
    """A packet of a publisher, ready to be passed on.

    Attributes:
        packet: as it came.
        number: its sequence number, unwrapped.
        starts_key_frame: a key frame begins in it.
    """

    packet: RtpPacket
    number: int
    starts_key_frame: bool


class Kept:
    """A packet that may be asked for again."""

    __slots__ = ("at_ns", "number", "packet", "payload", "times", "timestamp")

    def __init__(
        self, packet: RtpPacket, number: int, timestamp: int, payload: bytes | None, at_ns: int
    ) -> None:
        self.packet = packet
        self.number = number
        self.timestamp = timestamp
        self.payload = payload
        self.at_ns = at_ns
        self.times = 0


class Outbound:
    """One stream that goes.

    Attributes:
        agreed: what was agreed on for it.
        ssrc: its source.
        source: the publisher's stream that it carries now.
        wanted: the one that it shall carry; it changes at the next key frame.
        packets: how many went out.
        octets: bytes of their payloads.
        lost: how many did not, since the viewer's socket was full.
        again: how many went out once more, when they were asked for.
        missed: how many were asked for that are not kept any more.
        switches: how often it began to carry another stream.
    """

    def __init__(
        self, agreed: Agreed, *, send: Callable[[bytes], bool], waits_for_key_frame: bool
    ) -> None:
        self.agreed = agreed
        self.ssrc = agreed.ssrc
        self.source: Inbound | None = None
        self.wanted: Inbound | None = None
        self.packets = self.octets = self.lost = self.again = self.missed = self.switches = 0
        self._send = send
        self._waits = waits_for_key_frame
        self._payload_type = agreed.codec.payload_type
        self._next = secrets.randbits(15)  # RFC 3550 section 5.1: begins anywhere, not near a wrap
        self._offsets: deque[tuple[int, int]] = deque(maxlen=32)  # from number on, offset
        self._newest = -1
        self._shift = 0  # of timestamps
        self._last = (0, 0)  # timestamp of the last packet, and when it was sent
        self._kept: list[Kept | None] = [None] * KEPT
        self._rtx_next = secrets.randbits(15)
        self._again_since_ns = self._again_lately = 0
        self._pictures: PictureIds | None = None

    @property
    def needs_key_frame(self) -> bool:
        """Whether it waits for a key frame of the stream that it shall carry."""
        return self._waits and self.wanted is not None and self.wanted is not self.source

    def forward(self, stream: Inbound, arrival: Arrival, named: RtpPacket, now_ns: int) -> None:
        """Pass a packet on.

        Args:
            stream: whose it is.
            arrival: the packet as it came.
            named: the same with its header extensions under this viewer's identifiers.
            now_ns: the time.
        """
        if stream is not self.source:
            if stream is not self.wanted or (self._waits and not arrival.starts_key_frame):
                return
            self._begin(stream, arrival, now_ns)
        offset = self._offset_of(arrival.number)
        if offset is None:
            return
        number = arrival.number - offset
        timestamp = (named.timestamp + self._shift) & 0xFFFFFFFF
        payload = None if self._pictures is None else self._pictures.passed(named.payload)
        if arrival.number > self._newest:
            self._newest = arrival.number
            self._next = number + 1
            self._last = (timestamp, now_ns)
        kept = Kept(named, number, timestamp, payload, now_ns)
        self._kept[number & (KEPT - 1)] = kept
        if self._send(self._written(kept)):
            self.packets += 1
            self.octets += named.payload_end - named.payload_offset
        else:
            self.lost += 1

    def skip(self, stream: Inbound, number: int) -> None:
        """Close up the gap of a packet that is of no use to viewers."""
        if stream is self.source and number == self._newest + 1:
            self._newest = number
            self._offsets.append((number + 1, number + 1 - self._next))

    def _written(self, kept: Kept) -> bytes:
        return rewrite(
            kept.packet,
            payload_type=self._payload_type,
            sequence_number=kept.number & 0xFFFF,
            timestamp=kept.timestamp,
            ssrc=self.ssrc,
            payload=kept.payload,
        )

    def _begin(self, stream: Inbound, arrival: Arrival, now_ns: int) -> None:
        """Carry another stream from this packet on."""
        before = self.source
        self.source = stream
        self.switches += 1
        self._offsets.clear()
        self._offsets.append((arrival.number, arrival.number - self._next))
        self._newest = arrival.number - 1
        timestamp = arrival.packet.timestamp
        self._shift = (self._time_for(stream, before, timestamp, now_ns) - timestamp) & 0xFFFFFFFF
        if self._pictures is not None:
            self._pictures.begin()
        elif stream.rid and self.agreed.codec.name.lower() == "vp8":
            self._pictures = PictureIds()

    def _time_for(
        self, stream: Inbound, before: Inbound | None, timestamp: int, now_ns: int
    ) -> int:
        """Give the timestamp under which another stream begins."""
        if before is None:
            return secrets.randbits(31)
        last, last_ns = self._last
        passed = max(1, (now_ns - last_ns) * stream.clock_rate // _NS)
        guess = (last + passed) & 0xFFFFFFFF
        ahead = stream.ahead_of(before) if before.publisher == stream.publisher else None
        if ahead is None:
            return guess
        exact = (timestamp - ahead + self._shift) & 0xFFFFFFFF
        return exact if (exact - last - 1) & 0xFFFFFFFF < _HALF else guess

    def _offset_of(self, number: int) -> int | None:
        """Give what is taken from a number; None for one from before this stream was carried."""
        if number > self._newest + JUMP:
            self._offsets.append((number, number - self._next))
        for since, offset in reversed(self._offsets):
            if number >= since:
                return offset
        return None

    # What the viewer asks for

    def send_again(self, numbers: list[int], now_ns: int) -> None:
        """Send packets again that were asked for (RFC 4585 section 6.2.1)."""
        if now_ns - self._again_since_ns >= _NS:
            self._again_since_ns, self._again_lately = now_ns, 0
        for number in numbers:
            kept = self._kept[number & (KEPT - 1)]
            if kept is None or kept.number & 0xFFFF != number:
                self.missed += 1
            elif (
                now_ns - kept.at_ns >= (AGAIN_AFTER_NS if kept.times else 0)
                and kept.times < AGAIN_TIMES
                and self._again_lately < AGAIN_AT_MOST
            ):
                kept.at_ns = now_ns
                kept.times += 1
                self._again_lately += 1
                self.again += self._send(self._repeated(kept))

    def _repeated(self, kept: Kept) -> bytes:
        packet = self._written(kept)
        rtx, ssrc = self.agreed.codec.rtx, self.agreed.rtx_ssrc
        if rtx is None or ssrc is None:
            return packet
        self._rtx_next = (self._rtx_next + 1) & 0xFFFF
        return wrap_retransmission(
            parse_rtp(packet), payload_type=rtx, ssrc=ssrc, sequence_number=self._rtx_next
        )

    def report(self, now_ns: int) -> SenderReport | None:
        """Say how far it is, in the publisher's clock; None while that is not known."""
        if self.source is None or not self.packets:
            return None
        clocks = self.source.clocks(now_ns)
        if clocks is None:
            return None
        ntp, rtp = clocks
        return SenderReport(
            self.ssrc,
            ntp & 0xFFFFFFFFFFFFFFFF,
            (rtp + self._shift) & 0xFFFFFFFF,
            self.packets & 0xFFFFFFFF,
            self.octets & 0xFFFFFFFF,
        )
