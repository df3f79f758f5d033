"""One stream of a publisher: what came of it, what is missing, and how its clock runs.

Sequence numbers are unwrapped here. Time is an argument, so that nothing here waits or sends.
"""

from dataclasses import dataclass

from wirescope.events import MediaKind
from wirescope.transports.webrtc.packets.round_trip import UNKNOWN_NS, RoundTrip
from wirescope.wire.rtcp import ReportBlock
from wirescope.wire.rtp import RtpPacket

RESTART = 3000
"""RFC 3550 appendix A.1, `MAX_DROPOUT`: a larger step is another beginning and not a loss."""

MAX_MISSING = 500
"""Packets that are waited for; when more are missing, the oldest are given up."""

ASK_AFTER_NS = 5_000_000
"""A packet that was only overtaken has come by then."""

ASK_AGAIN_NS = UNKNOWN_NS
"""How long an answer is waited for at least from the third request on, so that what was lost in one
burst is still asked for after it."""

ASK_TIMES = 8

GIVE_UP_NS = 500_000_000
"""How long the answer to the last request is waited for at least."""

_NTP_SECOND = 1 << 32
_SECOND_NS = 1_000_000_000


@dataclass(slots=True)
class Missing:
    """A packet that is waited for.

    Attributes:
        due_ns: when it is asked for, or given up.
        first_ns: when it was first asked for.
        times: how often it was.
    """

    due_ns: int
    first_ns: int = 0
    times: int = 0


class Inbound:
    """One stream that comes.

    Attributes:
        ssrc: its source.
        kind: audio or video.
        clock_rate: of its timestamps, Hz.
        rid: the layer's name where there are several; else empty.
        publisher: whose it is; of streams of one publisher the clocks of the reports are the same.
        packets: how many came, the retransmitted ones included.
        octets: bytes of their payloads.
        recovered: how many of them came again, after they had been asked for.
        asked: how many were asked for.
        given_up: how many were waited for in vain.
        last_ns: when the last one came.
        interval_ns: how long it is from one picture, or piece of sound, to the next, smoothed.
        round_trip: how long its publisher takes to send a packet again.

    Args:
        has_rtx: whether retransmissions come in a stream of their own (RFC 4588).
    """

    def __init__(
        self,
        ssrc: int,
        *,
        kind: MediaKind,
        clock_rate: int,
        rid: str = "",
        publisher: str = "",
        round_trip: RoundTrip | None = None,
        has_rtx: bool = False,
    ) -> None:
        self.ssrc = ssrc
        self.kind = kind
        self.clock_rate = clock_rate
        self.rid = rid
        self.publisher = publisher
        self.round_trip = RoundTrip() if round_trip is None else round_trip
        self.packets = self.octets = self.recovered = self.asked = self.given_up = 0
        self.last_ns = self.interval_ns = 0
        self._has_rtx = has_rtx
        self._timestamp: int | None = None
        self._highest: int | None = None
        self._anew: int | None = None  # what follows a number that is far behind
        self._base = 0
        self._received = 0
        self._told = (0, 0)  # expected and received, when they were last reported
        self._missing: dict[int, Missing] = {}
        self._jitter = 0.0
        self._transit: int | None = None
        self._report: tuple[int, int, int] | None = None  # NTP, RTP, when it came

    def take(
        self, packet: RtpPacket, now_ns: int, *, waited_ns: int = 0, again: bool = False
    ) -> int | None:
        """Note a packet; its unwrapped number, or None for one that was here before.

        Args:
            packet: the packet.
            now_ns: the time at which it is read: what is missing may wait to be read as well.
            waited_ns: how long before that it came.
            again: whether it came in the stream of retransmissions.
        """
        number = packet.sequence_number
        highest = self._highest
        if highest is None:
            if again:
                return None
            self._base = highest = number - 1
        step = ((number - highest + 0x8000) & 0xFFFF) - 0x8000
        if step < -RESTART and not again:
            step = self._step_back(number, step)
        unwrapped = highest + step
        if step > 0:
            if again:  # nobody can have asked for what is not known to be missing
                return None
            if step > RESTART:
                self._missing.clear()
                self._base += step - 1  # what was not sent was not lost either
            else:
                self._miss(highest + 1, unwrapped, now_ns)
            self._highest = unwrapped
            if packet.timestamp != self._timestamp:
                self._note_interval(packet.timestamp)
            self._note_transit(packet.timestamp, now_ns - waited_ns)
        elif (missing := self._missing.pop(unwrapped, None)) is None:
            return None
        else:
            # what was asked for and comes as itself may only have been late
            if missing.times and again == self._has_rtx:
                self.round_trip.note(missing.first_ns, missing.times, now_ns)
            self.recovered += again
        if not again:
            self._received += 1
        self.packets += 1
        self.octets += packet.payload_end - packet.payload_offset
        self.last_ns = now_ns
        return unwrapped

    def _step_back(self, number: int, step: int) -> int:
        """RFC 3550 appendix A.1: two numbers in a row that are far behind are a new beginning."""
        if number != self._anew:
            self._anew = (number + 1) & 0xFFFF
            return step
        self._anew = None
        return step + 0x10000

    def _miss(self, first: int, end: int, now_ns: int) -> None:
        for number in range(max(first, end - MAX_MISSING), end):
            self._missing[number] = Missing(now_ns + ASK_AFTER_NS)
        while len(self._missing) > MAX_MISSING:
            del self._missing[next(iter(self._missing))]
            self.given_up += 1

    def missing(self, now_ns: int) -> list[int]:
        """Give the numbers to ask for now, 16 bits, and note that they were asked for."""
        due = []
        timeout_ns = self.round_trip.timeout_ns
        for number, each in list(self._missing.items()):
            if now_ns < each.due_ns:
                continue
            if each.times >= ASK_TIMES:
                del self._missing[number]
                self.given_up += 1
                continue
            if not each.times:
                each.first_ns = now_ns
            each.times += 1
            least_ns = {1: 0, ASK_TIMES: GIVE_UP_NS}.get(each.times, ASK_AGAIN_NS)
            each.due_ns = now_ns + max(timeout_ns, least_ns)
            due.append(number & 0xFFFF)
        self.asked += len(due)
        return due

    def _note_interval(self, timestamp: int) -> None:
        if self._timestamp is not None:
            ticks = (timestamp - self._timestamp) & 0xFFFFFFFF
            interval_ns = min(ticks * _SECOND_NS // self.clock_rate, _SECOND_NS)
            self.interval_ns += (interval_ns - self.interval_ns) // 4
        self._timestamp = timestamp

    def _note_transit(self, timestamp: int, now_ns: int) -> None:
        """RFC 3550 section 6.4.1: the interarrival jitter."""
        transit = (now_ns * self.clock_rate // _SECOND_NS - timestamp) & 0xFFFFFFFF
        if self._transit is not None:
            step = (transit - self._transit) & 0xFFFFFFFF
            step = min(step, (1 << 32) - step)
            self._jitter += (step - self._jitter) / 16
        self._transit = transit

    def reception(self, now_ns: int) -> ReportBlock | None:
        """Say how it is received, since the last time that was said; None before anything came."""
        if self._highest is None:
            return None
        expected = self._highest - self._base
        before, received_before = self._told
        self._told = (expected, self._received)
        interval = expected - before
        lost = interval - (self._received - received_before)
        fraction = (lost << 8) // interval if interval > 0 and lost > 0 else 0
        last_sr = delay = 0
        if self._report is not None:
            ntp, _, came_ns = self._report
            last_sr = (ntp >> 16) & 0xFFFFFFFF
            delay = ((now_ns - came_ns) << 16) // _SECOND_NS
        return ReportBlock(
            self.ssrc,
            min(fraction, 255),
            max(-0x800000, min(expected - self._received, 0x7FFFFF)),
            self._highest & 0xFFFFFFFF,
            int(self._jitter),
            last_sr,
            min(delay, 0xFFFFFFFF),
        )

    # The sender's clock

    def note_report(self, ntp: int, rtp: int, now_ns: int) -> None:
        """Note a sender report: the two clocks (RFC 3550 section 6.4.1) at one instant."""
        self._report = (ntp, rtp, now_ns)

    def clocks(self, now_ns: int) -> tuple[int, int] | None:
        """Give the sender's NTP time and RTP timestamp now; None before its first report.

        Both run on from the last report, so that what is told to viewers keeps sound and picture
        of one publisher together (RFC 3550 section 6.4.1).
        """
        if self._report is None:
            return None
        ntp, rtp, came_ns = self._report
        passed_ns = now_ns - came_ns
        return (
            ntp + passed_ns * _NTP_SECOND // _SECOND_NS,
            (rtp + passed_ns * self.clock_rate // _SECOND_NS) & 0xFFFFFFFF,
        )

    def ahead_of(self, other: "Inbound") -> int | None:
        """By how much its RTP timestamps are ahead of those of another of its publisher's streams.

        Both at one instant; None before each of them has been reported on.
        """
        if self._report is None or other._report is None:
            return None
        ntp, rtp, _ = self._report
        other_ntp, other_rtp, _ = other._report
        passed = round((other_ntp - ntp) * self.clock_rate / _NTP_SECOND)
        return rtp + passed - other_rtp
