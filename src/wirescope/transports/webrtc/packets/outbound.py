"""One stream to a viewer: a publisher's packets under this stream's own name, numbers and clock.

Whatever the publisher's stream does that the viewer must not notice ends here: it begins somewhere,
is replaced by another layer or another publisher, has packets that are of no use to viewers. Time
is an argument.
"""

import secrets
from collections import deque
from collections.abc import Callable

import msgspec

from wirescope.transports.webrtc.packets.answer import Agreed
from wirescope.transports.webrtc.packets.history import History, Kept, Named
from wirescope.transports.webrtc.packets.inbound import MAX_MISSING, Inbound
from wirescope.transports.webrtc.packets.key_frames import Picture, reader
from wirescope.transports.webrtc.packets.offer import Codec
from wirescope.transports.webrtc.packets.path import PathEstimate
from wirescope.transports.webrtc.packets.pictures import PictureIds
from wirescope.wire.rtcp import SenderReport
from wirescope.wire.rtp import RtpPacket, parse_rtp, rewrite, wrap_retransmission

JUMP = MAX_MISSING
"""A larger step of the publisher's numbers is closed up, as nobody waits for what is in it."""

PROBED_AT_ONCE = 32

RATE_NS = 200_000_000
"""Over how long at least the rate of what is sent is measured."""

_NS = 1_000_000_000
_HALF = 1 << 31


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """A packet of a publisher, ready to be passed on.

    Attributes:
        packet: as it came.
        number: its sequence number, unwrapped.
        starts_key_frame: a key frame begins in it.
        picture: its payload descriptor, of codecs that count pictures in it.
    """

    packet: RtpPacket
    number: int
    starts_key_frame: bool
    picture: Picture | None = None


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
        probed: how many went out once more to find out what the path carries.
        switches: how often it began to carry another stream.
    """

    def __init__(
        self, agreed: Agreed, path: PathEstimate, *, send: Callable[[bytes], bool]
    ) -> None:
        self.agreed = agreed
        self.codec = agreed.codec
        self.ssrc = agreed.ssrc
        self.source: Inbound | None = None
        self.wanted: Inbound | None = None
        self.packets = self.octets = self.lost = self.again = self.probed = self.switches = 0
        self._path = path
        self._send = send
        self._wanted_codec = agreed.codec
        self._waits = False
        self._next = secrets.randbits(15)  # RFC 3550 section 5.1: begins anywhere, not near a wrap
        # from number on, what is taken from it; None for those that are not passed on
        self._offsets: deque[tuple[int, int | None]] = deque(maxlen=32)
        self._newest = -1
        self._shift = 0  # of timestamps
        self._last = (0, 0)  # timestamp of the last packet, and when it was sent
        self._history = History()
        self._rtx_next = secrets.randbits(15)
        self._measured = (0, 0)  # bytes, and when the rate was measured
        self._sent_bps = 0.0
        self._pictures = PictureIds()

    def want(self, stream: Inbound, codec: Codec) -> None:
        """Carry a stream of the publisher from its next key frame on; `codec` is the viewer's."""
        self.wanted, self._wanted_codec = stream, codec
        self._waits = reader(codec.name) is not None

    @property
    def needs_key_frame(self) -> bool:
        """Whether it waits for a key frame of the stream that it shall carry."""
        return self._waits and self.wanted is not None and self.wanted is not self.source

    def takes(self, stream: Inbound, arrival: Arrival) -> bool:
        """Whether a packet of a stream is to be passed on."""
        if stream is self.source:
            return True
        return stream is self.wanted and (arrival.starts_key_frame or not self._waits)

    def forward(self, stream: Inbound, arrival: Arrival, named: Named, now_ns: int) -> None:
        """Pass a packet on that this stream takes.

        Args:
            stream: whose it is.
            arrival: the packet as it came.
            named: the same with its header extensions under this viewer's identifiers.
            now_ns: the time.
        """
        if stream is not self.source:
            self._begin(stream, arrival, now_ns)
        offset = self._offset_of(arrival.number)
        if offset is None:
            return
        packet, picture = named.packet, arrival.picture
        number = arrival.number - offset
        timestamp = (packet.timestamp + self._shift) & 0xFFFFFFFF
        payload = None if picture is None else self._pictures.passed(packet, picture)
        if arrival.number > self._newest:
            self._newest = arrival.number
            self._next = number + 1
            self._last = (timestamp, now_ns)
        kept = Kept(named, number, timestamp, payload, now_ns)
        self._history.keep(kept)
        if self._send(self._written(kept, now_ns)):
            self.packets += 1
            self.octets += packet.payload_end - packet.payload_offset
        else:
            self.lost += 1

    def skip(self, stream: Inbound, number: int) -> None:
        """Close up the gap of a packet that is of no use to viewers."""
        if stream is self.source and number == self._newest + 1:
            self._newest = number
            self._offsets.append((number + 1, number + 1 - self._next))

    def _written(self, kept: Kept, now_ns: int, *, anew: bool = False) -> bytes:
        """Write a packet as it goes out first and ever after, or `anew` for another stream.

        What goes out again under the same SSRC and sequence number has to be the same, bit for bit:
        SRTP makes the keystream and AES-GCM's nonce of these two (RFC 3711 section 9.1, RFC 7714
        section 8.1), and encrypting two texts under one nonce gives away both and the key that
        authenticates. So it keeps its number in the row of the whole transport.
        """
        packet, sequence_at = kept.named.packet, kept.named.sequence_at
        written = rewrite(
            packet,
            payload_type=self.codec.payload_type,
            sequence_number=kept.number & 0xFFFF,
            timestamp=kept.timestamp,
            ssrc=self.ssrc,
            payload=kept.payload,
        )
        if not sequence_at:
            return written
        if kept.transport_number is None or anew:
            number = self._path.number(len(written), now_ns)
            if kept.transport_number is None:
                kept.transport_number = number
        else:
            number = kept.transport_number
            self._path.note_again(number)
        place = number.to_bytes(2, "big")
        return b"".join((written[:sequence_at], place, written[sequence_at + 2 :]))

    def _begin(self, stream: Inbound, arrival: Arrival, now_ns: int) -> None:
        """Carry another stream from this packet on."""
        before = self.source
        if before is None:
            self._measured = (0, now_ns)
        self.source = stream
        self.switches += 1
        if self.codec is not self._wanted_codec:
            self.codec = self._wanted_codec
            self._history.clear()  # they would go out again under the other codec's number
            self._pictures = PictureIds()
        self._offsets.clear()
        self._offsets.append((arrival.number, arrival.number - self._next))
        self._newest = arrival.number - 1
        timestamp = arrival.packet.timestamp
        self._shift = (self._time_for(stream, before, timestamp, now_ns) - timestamp) & 0xFFFFFFFF
        self._pictures.begin()

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
            self._offsets.append((self._newest + 1, None))
            self._offsets.append((number, number - self._next))
        for since, offset in reversed(self._offsets):
            if number >= since:
                return offset
        return None

    # What the viewer asks for

    def send_again(self, numbers: list[int], now_ns: int) -> None:
        """Send packets again that were asked for (RFC 4585 section 6.2.1)."""
        for kept in self._history.asked(numbers, now_ns):
            self.again += self._send(self._repeated(kept, now_ns))

    @property
    def missed(self) -> int:
        """How many packets were asked for that are not kept any more."""
        return self._history.missed

    @property
    def can_probe(self) -> bool:
        """Whether packets can go out once more without being asked for (RFC 4588)."""
        return self.codec.rtx is not None and self.agreed.rtx_ssrc is not None

    def probe(self, octets: int, now_ns: int) -> None:
        """Send so many bytes more, of the last packets, which the viewer throws away."""
        for back in range(1, PROBED_AT_ONCE + 1):
            kept = self._history.find(self._next - back)
            if kept is None or octets <= 0:
                return
            packet = self._repeated(kept, now_ns)
            octets -= len(packet)
            self.probed += self._send(packet)

    def _repeated(self, kept: Kept, now_ns: int) -> bytes:
        rtx, ssrc = self.codec.rtx, self.agreed.rtx_ssrc
        if rtx is None or ssrc is None:
            return self._written(kept, now_ns)
        packet = self._written(kept, now_ns, anew=True)
        self._rtx_next = (self._rtx_next + 1) & 0xFFFF
        return wrap_retransmission(
            parse_rtp(packet), payload_type=rtx, ssrc=ssrc, sequence_number=self._rtx_next
        )

    def sent_bps(self, now_ns: int) -> float:
        """Give the bits a second that were sent lately; 0 before that was measured."""
        octets, since_ns = self._measured
        if self.packets and now_ns - since_ns >= RATE_NS:
            self._measured = (self.octets, now_ns)
            self._sent_bps = (self.octets - octets) * 8e9 / (now_ns - since_ns)
        return self._sent_bps

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
