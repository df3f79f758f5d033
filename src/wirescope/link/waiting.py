"""Packets that wait for the transmitter, and those that CoDel drops at their head (RFC 8289).

Time comes in as nanoseconds. Not here: when the transmitter is free (`sending`).
"""

from collections import deque
from math import sqrt
from typing import NamedTuple

from wirescope.link.settings import CODEL_MS, DROP_TAIL_MS, Queue

_NS_PER_MS = 1_000_000
_NO_LIMIT = 1 << 62


class Waiting(NamedTuple):
    """A packet that waits.

    Attributes:
        packet: its bytes.
        at_ns: when it came.
    """

    packet: bytes
    at_ns: int


class PacketQueue:
    """A queue that drops what comes when it is full.

    Args:
        queue: how many fit; None for the default.
        rate_bps: what leaves it, which turns a time into bytes; None where there is no rate.
    """

    def __init__(self, queue: Queue | None, rate_bps: float | None) -> None:
        self._items: deque[Waiting] = deque()
        self._bytes = 0
        self._most_packets, self._most_bytes = limits(or_default(queue), rate_bps)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def head(self) -> Waiting:
        """The packet that is next; there is one."""
        return self._items[0]

    def put(self, packet: bytes, now_ns: int) -> bool:
        """Take a packet; say whether there is room. There always is for one."""
        items, length = self._items, len(packet)
        if items and (len(items) >= self._most_packets or self._bytes + length > self._most_bytes):
            return False
        self._bytes += length
        items.append(Waiting(packet, now_ns))
        return True

    def pass_by(self, length: int) -> None:
        """Let a packet pass that is sent at once, while nothing waits."""

    def take(self, now_ns: int) -> tuple[Waiting | None, list[Waiting]]:
        """Give what is sent now, None for nothing, and what is dropped instead."""
        return self._pop(), []

    def _pop(self) -> Waiting:
        item = self._items.popleft()
        self._bytes -= len(item.packet)
        return item


class CodelQueue(PacketQueue):
    """A queue that keeps the wait short: the pseudocode of RFC 8289 section 5."""

    def __init__(self, queue: Queue, rate_bps: float | None) -> None:
        super().__init__(queue, rate_bps)
        self._target_ns = round(queue.target_ms * _NS_PER_MS)
        self._interval_ns = round(queue.interval_ms * _NS_PER_MS)
        self._longest = 0  # packet so far; stands for the MTU, as in section 5.2 MAXPACKET
        self._first_above_ns = 0
        self._drop_next_ns = 0
        self._count = self._last_count = 0
        self._is_dropping = False

    def put(self, packet: bytes, now_ns: int) -> bool:
        """Take a packet; say whether there is room."""
        self._longest = max(self._longest, len(packet))
        return super().put(packet, now_ns)

    def pass_by(self, length: int) -> None:
        """Let a packet pass that is sent at once, which is one that did not wait."""
        self._longest = max(self._longest, length)
        self._first_above_ns, self._is_dropping = 0, False

    def take(self, now_ns: int) -> tuple[Waiting | None, list[Waiting]]:
        """Give what is sent now, and what has waited for too long and is dropped (section 5.5)."""
        dropped: list[Waiting] = []
        item, may_drop = self._next(now_ns)
        if self._is_dropping:
            if not may_drop:
                self._is_dropping = False
            while item is not None and self._is_dropping and now_ns >= self._drop_next_ns:
                dropped.append(item)
                self._count += 1
                item, may_drop = self._next(now_ns)
                if may_drop:
                    self._drop_next_ns = self._control_law(self._drop_next_ns)
                else:
                    self._is_dropping = False
        elif may_drop and item is not None:
            dropped.append(item)
            item, _ = self._next(now_ns)
            self._is_dropping = True
            # where it dropped until lately, it goes on at the rate that had held the queue
            delta = self._count - self._last_count
            is_recent = now_ns - self._drop_next_ns < 16 * self._interval_ns
            self._count = delta if delta > 1 and is_recent else 1
            self._drop_next_ns = self._control_law(now_ns)
            self._last_count = self._count
        return item, dropped

    def _next(self, now_ns: int) -> tuple[Waiting | None, bool]:
        """Take one out; say whether the wait was too long all through an interval (section 5.6)."""
        if not self:
            self._first_above_ns = 0
            return None, False
        item = self._pop()
        if now_ns - item.at_ns < self._target_ns or self._bytes <= self._longest:
            self._first_above_ns = 0
            return item, False
        if self._first_above_ns == 0:
            self._first_above_ns = now_ns + self._interval_ns
            return item, False
        return item, now_ns >= self._first_above_ns

    def _control_law(self, from_ns: int) -> int:
        """Give the time of the next drop (section 5.4)."""
        return from_ns + round(self._interval_ns / sqrt(self._count))


def make_queue(queue: Queue | None, rate_bps: float | None) -> PacketQueue:
    """Make the queue that the settings ask for."""
    if queue is not None and queue.discipline == "codel":
        return CodelQueue(queue, rate_bps)
    return PacketQueue(queue, rate_bps)


def or_default(queue: Queue | None) -> Queue:
    """Give the queue that there is where the settings name none."""
    return queue if queue is not None else Queue()


def limits(queue: Queue, rate_bps: float | None) -> tuple[int, int]:
    """Give how many packets and how many bytes a queue takes."""
    if queue.packets is not None:
        return queue.packets, _NO_LIMIT
    if queue.bytes is not None:
        return _NO_LIMIT, queue.bytes
    if rate_bps is None:  # only an outage holds packets here, and the machine has a bound
        return _NO_LIMIT, _NO_LIMIT
    default_ms = CODEL_MS if queue.discipline == "codel" else DROP_TAIL_MS
    held_ms = queue.ms if queue.ms is not None else default_ms
    return _NO_LIMIT, max(1, round(held_ms * rate_bps / 8000))
