"""Numbers events and places them on one monotonic clock; says where producers put them.

One `Timeline` belongs to one capture (or one run without a file) and is shared by everything that
produces events for it. It is used from one thread.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Protocol

from wirescope.clock import Clock, SystemClock
from wirescope.events.records import Emission


class Full(Protocol):
    """What a full sink answers: done once it can take more (an `asyncio.Future` is one)."""

    def add_done_callback(self, callback: Callable[[Any], object], /) -> None:
        """Have `callback` called, in the producer's thread, once the sink can take more."""
        ...


EventSink = Callable[[Sequence[Emission]], Full | None]
"""Takes what a producer emits, in order, in batches of one or more that are not changed afterwards.
It answers None, or `Full` when it has no room: a producer that can hold its peer back stops reading
until then."""


class Timeline:
    """The numbering and the clock of one capture.

    Attributes:
        started_wall_ns: the wall clock at the start, nanoseconds since 1970.
        monotonic_ns: reads the clock, for who writes the time down later; less `zero_ns` it is
            what `now_ns` gives.
        zero_ns: what it gave at the start.
        next_seq: returns the next event's number: 1, 2, 3 …
        next_payload_id: returns the next number for a payload that is kept in chunks.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self.zero_ns = self._clock.monotonic_ns()
        self.monotonic_ns = self._clock.monotonic_ns
        self.started_wall_ns = self._clock.wall_ns()
        self.next_seq: Callable[[], int] = count(1).__next__
        self.next_payload_id: Callable[[], int] = count(1).__next__
        self._next_connection = count(1).__next__

    def now_ns(self) -> int:
        """Nanoseconds since the start, monotonic."""
        return self.monotonic_ns() - self.zero_ns

    def wall_drift_ns(self) -> int:
        """How far the wall clock has been moved since the start, against the monotonic one."""
        return self._clock.wall_ns() - self.started_wall_ns - self.now_ns()

    def new_connection(self) -> str:
        """Return the next connection's id: `c1`, `c2` …"""
        return f"c{self._next_connection()}"
