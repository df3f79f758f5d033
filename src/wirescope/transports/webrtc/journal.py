"""Where one WebRTC connection writes down what happens to it.

The engine hands over one message at a time, tens of thousands a second, and a sink takes a hundred
of them in the time of ten. So messages are written down together, as soon as none comes in a turn
of the loop, with the times at which they came. Whatever else happens on the connection is written
down after them, so that its events stay in order; between connections, times and numbers may differ
by a millisecond.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from wirescope.events import (
    AnyEvent,
    DataChannelMessage,
    Direction,
    EventSink,
    MessageKind,
    Timeline,
)
from wirescope.transports import journal

E = TypeVar("E", bound=AnyEvent)

AT_ONCE = 512
"""Messages that are written down together at most."""

AT_ONCE_BYTES = 128 << 10

AT_ONCE_NS = 1_000_000
"""How long a message waits for others at most, as long as these come without a break."""


Take = Callable[[Sequence[DataChannelMessage]], None]
"""Is given a channel's messages, once they are written down."""

Passed = tuple[int, Direction, int, MessageKind, bytes, Take | None]
"""A message that is not written down yet: the clock when it passed, which way, the channel's id,
its kind, the payload, who waits for it. A plain tuple takes a tenth of the time of a record to
make."""


class Journal(journal.Journal):
    """Numbers one WebRTC connection's events and hands them to the sink."""

    __slots__ = ("_bytes", "_loop", "_monotonic_ns", "_passed")

    def __init__(self, timeline: Timeline, sink: EventSink, connection: str) -> None:
        super().__init__(timeline, sink, connection)
        self._loop = asyncio.get_running_loop()
        self._monotonic_ns = timeline.monotonic_ns
        self._passed: list[Passed] = []
        self._bytes = 0

    def message(
        self,
        direction: Direction,
        channel: int,
        kind: MessageKind,
        payload: bytes,
        take: Take | None = None,
    ) -> None:
        """Write a message down soon, and give it to `take` then."""
        passed = self._passed
        if not passed:
            # While anything but a timer waits, the engine hands over one message a turn.
            self._loop.call_later(0, self._look, 0)
        passed.append((self._monotonic_ns(), direction, channel, kind, payload, take))
        self._bytes += len(payload)
        if self._bytes >= AT_ONCE_BYTES or len(passed) >= AT_ONCE:
            self.flush()

    def _look(self, seen: int) -> None:
        """Write down what has passed, unless more has come since the turn before.

        On uvloop the engine hands over one message a turn whatever waits.
        """
        passed = self._passed
        if len(passed) > seen and self._monotonic_ns() - passed[0][0] < AT_ONCE_NS:
            self._loop.call_later(0, self._look, len(passed))
        else:
            self.flush()

    def write(self, kind: Callable[..., E], *fields: Any, at_ns: int | None = None) -> E:
        """Write an event down, behind the messages before it; `fields` are those of its type."""
        self.flush()
        if at_ns is None:
            at_ns = self.now_ns()
        event = kind(self.next_seq(), at_ns, self.connection, *fields)
        self.emit(event)
        return event

    def flush(self) -> None:
        """Write down the messages that have passed."""
        passed = self._passed
        if not passed:
            return
        self._passed, self._bytes = [], 0
        next_seq, connection, zero_ns = self.next_seq, self.connection, self.timeline.zero_ns
        events = [
            DataChannelMessage(
                next_seq(), at - zero_ns, connection, direction, channel, kind, len(data), data
            )
            for at, direction, channel, kind, data, _ in passed
        ]
        self.emit(*events)
        takers = {each[5] for each in passed}
        for take in takers:
            if take is None:
                continue
            if len(takers) == 1:
                take(events)
            else:
                take([event for event, each in zip(events, passed, strict=True) if each[5] is take])
