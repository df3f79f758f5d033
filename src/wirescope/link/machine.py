"""The link as a machine, one direction: packets and time in, packets and the next time out.

A packet waits for the transmitter, is sent, may be lost, and arrives after the delay. Nothing here
reads a clock or waits: who runs the machine offers what came, asks when to come back, and takes
what is due. Whenever that happens, the times are those of the settings, since what was sent in
between is worked out from when each packet came. The same seed and packets give the same fates.
"""

import heapq
from collections import deque
from collections.abc import Callable
from random import Random

from wirescope.link.chance import NS_PER_MS, Wander, loser
from wirescope.link.counts import Fate, LinkCounts, Outcome
from wirescope.link.sending import Outages, make_transmitter
from wirescope.link.settings import Direction, LinkSettings
from wirescope.link.shapes import drawer
from wirescope.link.waiting import make_queue

MOST_HELD_BYTES = 256 << 20
"""What a machine holds at most, in its queue and on the way; a packet above that is dropped."""

PACKET_COST = 200
"""Bytes that a packet takes in memory beside its own, which count as held."""

_NEVER = 1 << 100


class LinkMachine:
    """One direction of a link.

    Args:
        direction: what happens to packets.
        seed: of everything that is random.
        start_ns: when the link began, from which outages and traces count; None for the time of the
            first call.
        log: is told the fate of each packet as soon as it is known, in the order of sending.
        most_held_bytes: see `MOST_HELD_BYTES`.
    """

    def __init__(
        self,
        direction: Direction,
        seed: int | str,
        *,
        start_ns: int | None = None,
        log: Callable[[Outcome], None] | None = None,
        most_held_bytes: int = MOST_HELD_BYTES,
    ) -> None:
        self._start_ns = start_ns
        self._now_ns = start_ns if start_ns is not None else -1
        self._log = log
        self._most_held, self._held = most_held_bytes, 0
        self._prepare_way(direction, seed)
        self._transmitter = make_transmitter(direction)
        self._queue = make_queue(direction.queue, direction.mean_rate_bps)
        self._begin_ns = _NEVER  # when the head of the queue begins to be sent
        self._line: deque[tuple[int, int, bytes]] = deque()  # on the way, where order is kept
        self._heap: list[tuple[int, int, bytes]] = []  # the same, where it is not
        self._keeps_order = direction.keeps_order
        self._number = 0  # of the last on the way; copies have odd numbers
        self._last_due_ns = 0
        self._offered = self._offered_bytes = self._passed = self._passed_bytes = 0
        self._duplicates = 0
        self._gone = dict.fromkeys(Fate, 0)

    def _prepare_way(self, direction: Direction, seed: int | str) -> None:
        """Prepare what happens after sending; each chance has draws of its own."""

        def chance(purpose: str) -> Random:
            return Random(f"{seed}/{purpose}")

        self._delay_ns = round(direction.delay_ms * NS_PER_MS)
        self._least_ns = self._delay_ns
        self._lost = loser(direction.loss, chance("loss")) if direction.loss is not None else None
        self._wander: Wander | None = None
        self._jitter: Callable[[], float] | None = None
        if (jitter := direction.jitter) is not None:
            self._least_ns = max(0, self._delay_ns - round(jitter.below_ms * NS_PER_MS))
            if jitter.keeps_order:
                self._wander = Wander(jitter, chance("jitter"))
            else:
                scale, draw = jitter.ms * NS_PER_MS, drawer(jitter.shape, chance("jitter"))
                self._jitter = lambda: draw() * scale
        self._outages = Outages([each for each in direction.outages if not each.held])
        self._has_outages = bool(self._outages)
        self._reorder, self._reorder_chance = direction.reorder, chance("reorder").random
        self._reorder_ns = round(direction.reorder_by_ms * NS_PER_MS)
        self._duplicate, self._duplicate_chance = direction.duplicate, chance("duplicate").random

    @property
    def next_ns(self) -> int | None:
        """When to take again, unless more is offered before; None while nothing is held.

        It may be that nothing is due then, and never that something is due before.
        """
        line = self._line or self._heap
        due_ns = line[0][0] if line else _NEVER
        if self._begin_ns != _NEVER and (due_ns == _NEVER or not self._keeps_order):
            # the next that waits arrives no sooner than after the shortest delay
            due_ns = min(due_ns, self._begin_ns + self._least_ns)
        return due_ns if due_ns != _NEVER else None

    @property
    def counts(self) -> LinkCounts:
        """What became of the packets so far."""
        gone = self._gone
        return LinkCounts(
            offered=self._offered,
            offered_bytes=self._offered_bytes,
            passed=self._passed,
            passed_bytes=self._passed_bytes,
            lost=gone[Fate.LOST],
            outage=gone[Fate.OUTAGE],
            queue_full=gone[Fate.QUEUE_FULL],
            codel=gone[Fate.CODEL],
            overflow=gone[Fate.OVERFLOW],
            waiting=self._offered - self._passed - sum(gone.values()),
            duplicates=self._duplicates,
        )

    def offer(self, packet: bytes, now_ns: int) -> None:
        """Take a packet that came; a time before that of an earlier call counts as that one's."""
        if now_ns > self._now_ns:
            self._now_ns = now_ns
        else:
            now_ns = self._now_ns
        if self._start_ns is None:
            self._start_ns = now_ns
        length = len(packet)
        self._offered += 1
        self._offered_bytes += length
        if self._begin_ns <= now_ns:
            self._send_until(now_ns)  # which may make copies, that take room
        if self._held + length + PACKET_COST > self._most_held:
            self._drop(now_ns, length, Fate.OVERFLOW)
        elif self._transmitter is None:
            self._way(packet, now_ns, now_ns, now_ns)
        else:
            self._wait(packet, now_ns)

    def take(self, now_ns: int) -> list[bytes]:
        """Give the packets that have arrived by now, in the order of their arrival."""
        if now_ns > self._now_ns:
            self._now_ns = now_ns
        else:
            now_ns = self._now_ns
        if self._begin_ns <= now_ns:
            self._send_until(now_ns)
        line, heap = self._line, self._heap
        taken: list[bytes] = []
        while line and line[0][0] <= now_ns:
            taken.append(self._arrive(line.popleft()))
        while heap and heap[0][0] <= now_ns:
            taken.append(self._arrive(heapq.heappop(heap)))
        return taken

    def _arrive(self, entry: tuple[int, int, bytes]) -> bytes:
        _, number, packet = entry
        length = len(packet)
        self._held -= length + PACKET_COST
        if not number & 1:
            self._passed += 1
            self._passed_bytes += length
        return packet

    def _wait(self, packet: bytes, now_ns: int) -> None:
        """Put a packet into the queue; what could be sent before has been."""
        transmitter, start_ns = self._transmitter, self._start_ns
        if transmitter is None or start_ns is None:
            return
        length = len(packet)
        if self._begin_ns == _NEVER:
            begin_ns = transmitter.begin(now_ns - start_ns) + start_ns
            if begin_ns <= now_ns:
                self._queue.pass_by(length)
                end_ns = transmitter.send(length, begin_ns - start_ns) + start_ns
                self._way(packet, now_ns, begin_ns, end_ns)
                return
            self._begin_ns = begin_ns
        if self._queue.put(packet, now_ns):
            self._held += length + PACKET_COST
        else:
            self._drop(now_ns, length, Fate.QUEUE_FULL)

    def _send_until(self, now_ns: int) -> None:
        """Send what the transmitter begins with by now."""
        transmitter, start_ns = self._transmitter, self._start_ns
        while transmitter is not None and start_ns is not None and self._begin_ns <= now_ns:
            begin_ns = self._begin_ns
            item, dropped = self._queue.take(begin_ns)
            for each in dropped:
                self._held -= len(each.packet) + PACKET_COST
                self._drop(each.at_ns, len(each.packet), Fate.CODEL)
            if item is not None:
                length = len(item.packet)
                self._held -= length + PACKET_COST
                end_ns = transmitter.send(length, begin_ns - start_ns) + start_ns
                self._way(item.packet, item.at_ns, begin_ns, end_ns)
            self._begin_ns = _NEVER
            if self._queue:
                ready_ns = self._queue.head.at_ns - start_ns
                self._begin_ns = transmitter.begin(ready_ns) + start_ns

    def _way(self, packet: bytes, at_ns: int, begin_ns: int, end_ns: int) -> None:
        """Put a packet on the way, which is sent from one time to the other, or lose it."""
        start_ns = self._start_ns or 0
        if self._has_outages and self._outages.end_of(begin_ns - start_ns) is not None:
            self._drop(at_ns, len(packet), Fate.OUTAGE)
            return
        if self._lost is not None and self._lost():
            self._drop(at_ns, len(packet), Fate.LOST)
            return
        due_ns = end_ns + self._delay_ns
        if self._wander is not None:
            # never before the one ahead, not even by the rounding of a nanosecond
            due_ns = max(due_ns + self._wander.at(end_ns - start_ns), end_ns, self._last_due_ns)
            self._last_due_ns = due_ns
        elif self._jitter is not None:
            due_ns = max(due_ns + round(self._jitter()), end_ns)
        if self._reorder and self._reorder_chance() < self._reorder:
            due_ns += self._reorder_ns
        self._put(due_ns, 0, packet)
        if self._duplicate and self._duplicate_chance() < self._duplicate:
            self._copy(due_ns, packet)
        if self._log is not None:
            self._log(Outcome(at_ns, len(packet), Fate.PASSED, due_ns))

    def _copy(self, due_ns: int, packet: bytes) -> None:
        """Put the packet on the way once more, where there is room for it."""
        if self._held + len(packet) + PACKET_COST <= self._most_held:
            self._put(due_ns, 1, packet)
            self._duplicates += 1

    def _put(self, due_ns: int, copy: int, packet: bytes) -> None:
        self._held += len(packet) + PACKET_COST
        if self._keeps_order:
            self._line.append((due_ns, copy, packet))
        else:
            self._number += 2
            heapq.heappush(self._heap, (due_ns, self._number + copy, packet))

    def _drop(self, at_ns: int, length: int, fate: Fate) -> None:
        self._gone[fate] += 1
        if self._log is not None:
            self._log(Outcome(at_ns, length, fate, None))


def make_machines(
    settings: LinkSettings,
    *,
    start_ns: int | None = None,
    log_up: Callable[[Outcome], None] | None = None,
    log_down: Callable[[Outcome], None] | None = None,
) -> tuple[LinkMachine, LinkMachine]:
    """Make both directions of a link, up and down, each with chances of its own."""
    up = LinkMachine(settings.up, f"{settings.seed}/up", start_ns=start_ns, log=log_up)
    down = LinkMachine(settings.down, f"{settings.seed}/down", start_ns=start_ns, log=log_down)
    return up, down
