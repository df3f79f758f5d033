"""How much the path to a viewer carries, found out from what the viewer says of packets sent to it.

A viewer that numbers all that comes in one row (`transport-wide-cc`) says when each packet came.
Packets that take longer and longer wait in a queue on the way, and packets that do not come were
dropped: then the path carries less than is sent. What came without either, it carries. More than
that is learnt by sending more for a moment. Other viewers say only what they have lost (RFC 3550
section 6.4.1), or an estimate of their own (REMB). Time is an argument, nothing here sends.
"""

from collections import deque
from typing import NamedTuple

from wirescope.wire.rtcp import TransportFeedback
from wirescope.wire.rtp import Unwrapper

START_BPS = 1_000_000.0
"""What a path is taken to carry before anything is known of it."""

LEAST_BPS = 50_000.0
"""What a path is taken to carry at least: from nothing the estimate would never grow again."""

MOST_BPS = 1e9
"""More than is ever sent; the estimate would grow for ever where nothing is lost."""

QUEUE_US = 60_000
"""A packet that takes so much longer than the quickest one waits in a queue."""

QUEUES_NS = 150_000_000
"""Waiting that lasts as long is no accident."""

LOSS = 0.1
"""A path may lose this share by chance."""

CUT = 0.85
"""What is still sent, of what came, so that a queue becomes empty."""

CUT_EVERY_NS = 400_000_000

CONGESTED_NS = 2_000_000_000
"""How long a path counts as congested after it was."""

RATE_US = 500_000
"""Over how long the rate of arrival is measured."""

GROWTH = 0.08
"""By how much of itself the estimate grows in a second where the path cannot be tried out."""

PROBE_NS = 700_000_000
JUDGE_NS = 1_100_000_000
BACKOFF_NS = (2_000_000_000, 32_000_000_000)
BURST = 20_000
"""Bytes that are sent at once at most to try a path out."""

KEPT = 2048
"""Packets of which it is known when they were sent, a power of two."""

JUMP_US = 10_000_000
"""Nothing waits for so long: then the viewer's clock was set, or is another one."""

_REFERENCE_US = 64_000
_BASE_NS = 15_000_000_000
_LOSS_NS = 1_000_000_000
_LIMIT_NS = 5_000_000_000
_SECOND_NS = 1_000_000_000


class Sent(NamedTuple):
    """A packet that was sent; `at_ns` is None if it was again, so that its way has no beginning."""

    number: int
    octets: int
    at_ns: int | None


class Probe(NamedTuple):
    """More is sent than the stream has, to find out whether it arrives."""

    bps: float
    since_ns: int


class PathEstimate:
    """Follows one path.

    Attributes:
        loss: the share of the packets that were lost lately, 0 to 1.
        queue_ms: how much longer the quickest of the last packets took than the quickest of all.
    """

    def __init__(self) -> None:
        self.loss = self.queue_ms = 0.0
        self._bps: float | None = None
        self._limit: tuple[float, int] | None = None  # bits a second, when it was said
        self._next = 0
        self._sent: list[Sent | None] = [None] * KEPT
        self._bases: tuple[int | None, int | None] = (
            None,
            None,
        )  # this stretch's, the last's
        self._base_since_ns = 0
        self._references = Unwrapper(bits=24)
        self._came: deque[tuple[int, int]] = deque()  # when, by the viewer's clock, and how large
        self._came_octets = 0
        self._fates: deque[tuple[int, int, int]] = deque()  # when, how many lost, of how many
        self._waits_since_ns: int | None = None
        self._cut_ns: int | None = None
        self._reported_ns = 0
        self._probe: Probe | None = None
        self._probed = 0
        self._backoff_ns = BACKOFF_NS[0]
        self._probe_after_ns = 0

    def bps(self, now_ns: int) -> float | None:
        """Bits a second that may be sent; None while nothing is known."""
        if self._limit is None or now_ns - self._limit[1] > _LIMIT_NS:
            return self._bps
        limit = self._limit[0]
        return limit if self._bps is None else min(self._bps, limit)

    def is_congested(self, now_ns: int) -> bool:
        """Whether too much was sent a moment ago."""
        return self._cut_ns is not None and now_ns - self._cut_ns < CONGESTED_NS

    @property
    def is_probing(self) -> bool:
        """Whether more is being sent to find out whether the path carries it."""
        return self._probe is not None

    # What is sent

    def number(self, octets: int, now_ns: int) -> int:
        """Give the number, 16 bits, of a packet that is sent now."""
        number = self._next
        self._next = (number + 1) & 0xFFFF
        self._sent[number & (KEPT - 1)] = Sent(number, octets, now_ns)
        self._probed += octets
        if self._bps is None:
            self._bps = START_BPS
        return number

    def note_again(self, number: int) -> None:
        """Note that the packet of a number goes out again, under the same number."""
        sent = self._sent[number & (KEPT - 1)]
        if sent is not None and sent.number == number:
            self._sent[number & (KEPT - 1)] = sent._replace(at_ns=None)

    def want(self, bps: float, now_ns: int) -> None:
        """Begin to find out whether the path carries so much, unless it was tried just now."""
        known = self.bps(now_ns)
        due = now_ns >= self._probe_after_ns and not self.is_congested(now_ns)
        if self._probe is None and due and known is not None and bps > known:
            self._probe, self._probed = Probe(bps, now_ns), 0

    def padding(self, now_ns: int) -> int:
        """Give how many bytes more are to be sent now; 0 while nothing is tried out."""
        probe = self._probe
        if probe is None:
            return 0
        passed_ns = now_ns - probe.since_ns
        if passed_ns > JUDGE_NS:
            self._judge(probe, now_ns)
        if passed_ns > PROBE_NS:
            return 0
        due = int(probe.bps * passed_ns / _SECOND_NS / 8) - self._probed
        return max(0, min(due, BURST))

    def _judge(self, probe: Probe, now_ns: int) -> None:
        carries = (self.bps(now_ns) or 0) >= 0.9 * probe.bps
        self._probe = None
        self._backoff_ns = BACKOFF_NS[0] if carries else min(2 * self._backoff_ns, BACKOFF_NS[1])
        self._probe_after_ns = now_ns + self._backoff_ns

    # What the viewer says

    def take(self, feedback: TransportFeedback, now_ns: int) -> None:
        """Take what the viewer says of each packet."""
        lost = heard = 0
        waits: list[int] = []
        came: list[tuple[int, int]] = []
        wrapped_us = self._wrapped_us(feedback)
        for number, came_us in feedback.arrivals:
            sent = self._sent[number & (KEPT - 1)]
            if sent is None or sent.number != number:
                continue
            heard += 1
            if came_us is None:
                lost += 1
                continue
            self._sent[number & (KEPT - 1)] = None
            came_us += wrapped_us
            if sent.at_ns is not None:
                waits.append(came_us - sent.at_ns // 1000)
            came.append((came_us, sent.octets))
        if heard:
            self._note_loss(lost, heard, now_ns)
        if waits:
            self._follow_clock(min(waits))
            self._note_came(came)
            self._note_waits(min(waits), now_ns)
            self._weigh(now_ns)

    def _wrapped_us(self, feedback: TransportFeedback) -> int:
        """Give what the times lack, whose 24 bits of 64 ms wrap after 12 days."""
        if not feedback.deltas:
            return 0  # nothing came, and the reference means nothing
        reference = feedback.reference_time
        return (self._references.unwrap(reference) - reference) * _REFERENCE_US

    def _follow_clock(self, quickest_us: int) -> None:
        """Forget what cannot be compared with the times of another clock."""
        known = [each for each in self._bases if each is not None]
        if known and abs(quickest_us - min(known)) > JUMP_US:
            self._came.clear()
            self._came_octets = 0
            self._bases = (None, None)
            self._waits_since_ns = None

    def _note_came(self, came: list[tuple[int, int]]) -> None:
        self._came.extend(came)
        self._came_octets += sum(octets for _, octets in came)
        while len(self._came) > KEPT:
            self._came_octets -= self._came.popleft()[1]

    def _note_loss(self, lost: int, heard: int, now_ns: int) -> None:
        fates = self._fates
        fates.append((now_ns, lost, heard))
        while now_ns - fates[0][0] > _LOSS_NS:
            fates.popleft()
        self.loss = sum(each[1] for each in fates) / sum(each[2] for each in fates)

    def _note_waits(self, quickest_us: int, now_ns: int) -> None:
        """Compare with the quickest of the last 15 to 30 s: the two clocks drift apart slowly."""
        this, last = self._bases
        if now_ns - self._base_since_ns > _BASE_NS:
            self._base_since_ns, this, last = now_ns, None, this
        this = quickest_us if this is None else min(this, quickest_us)
        self._bases = (this, last)
        queue_us = quickest_us - (this if last is None else min(this, last))
        self.queue_ms = queue_us / 1000
        if queue_us < QUEUE_US:
            self._waits_since_ns = None
        elif self._waits_since_ns is None:
            self._waits_since_ns = now_ns

    def _weigh(self, now_ns: int) -> None:
        came = self.came_bps()
        waits_ns = 0 if self._waits_since_ns is None else now_ns - self._waits_since_ns
        if waits_ns > QUEUES_NS or self.loss > LOSS:
            self._cut(came, now_ns)
        elif self._waits_since_ns is None:
            self._bps = max(self._bps or 0, came)

    def came_bps(self) -> float:
        """Bits a second that have arrived lately."""
        came = self._came
        while came and abs(came[-1][0] - came[0][0]) > RATE_US:  # a clock may be set back
            self._came_octets -= came.popleft()[1]
        return self._came_octets * 8e6 / RATE_US

    def _cut(self, came_bps: float, now_ns: int) -> None:
        if self._cut_ns is None or now_ns - self._cut_ns >= CUT_EVERY_NS:
            self._cut_ns = now_ns
            known_bps = came_bps if self._bps is None else self._bps
            self._bps = max(LEAST_BPS, min(known_bps, CUT * came_bps))

    def report(self, fraction_lost: float, sent_bps: float, now_ns: int) -> None:
        """Take how much of a stream was lost, from a viewer that says nothing of each packet.

        Args:
            fraction_lost: 0 to 1.
            sent_bps: bits a second that were sent lately; 0 where that is not known.
            now_ns: the time.
        """
        if self._bases != (None, None):
            return
        self.loss = fraction_lost
        passed_ns, self._reported_ns = now_ns - self._reported_ns, now_ns
        if fraction_lost > LOSS:
            if sent_bps:
                self._cut(sent_bps, now_ns)
        elif self._bps is not None:
            grown = self._bps * (1 + GROWTH * min(passed_ns / _SECOND_NS, 5))
            self._bps = min(MOST_BPS, grown)

    def limit(self, bps: float, now_ns: int) -> None:
        """Take the viewer's own estimate."""
        self._limit = (bps, now_ns)
