"""Where one WebRTC connection writes down what happens to it.

The engine hands over one message at a time, tens of thousands a second, and a sink takes a hundred
of them in the time of ten. So messages are written down together, at the loop's next turn, with the
times at which they came. Whatever else happens on the connection is written down after them, so
that its events stay in order; between connections, times and numbers may differ by that one turn.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

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

AT_ONCE_BYTES = 1 << 20


class Passed(NamedTuple):
    """A message that passed and is not written down yet.

    Attributes:
        at_ns: when.
        direction: which way.
        channel: the channel's id.
        kind: text or binary.
        payload: the message.
        take: is given the event; None where nobody waits for it.
    """

    at_ns: int
    direction: Direction
    channel: int
    kind: MessageKind
    payload: bytes
    take: Callable[[DataChannelMessage], None] | None


class Journal(journal.Journal):
    """Numbers one WebRTC connection's events and hands them to the sink."""

    __slots__ = ("_bytes", "_loop", "_passed")

    def __init__(self, timeline: Timeline, sink: EventSink, connection: str) -> None:
        super().__init__(timeline, sink, connection)
        self._loop = asyncio.get_running_loop()
        self._passed: list[Passed] = []
        self._bytes = 0

    def message(self, passed: Passed) -> None:
        """Write a message down soon."""
        if not self._passed:
            # While anything but a timer waits, the engine hands over one message a turn.
            self._loop.call_later(0, self.flush)
        self._passed.append(passed)
        self._bytes += len(passed.payload)
        if len(self._passed) >= AT_ONCE or self._bytes >= AT_ONCE_BYTES:
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
        next_seq, connection = self.next_seq, self.connection
        events = [
            DataChannelMessage(
                next_seq(),
                each.at_ns,
                connection,
                each.direction,
                each.channel,
                each.kind,
                len(each.payload),
                each.payload,
            )
            for each in passed
        ]
        self.emit(*events)
        for event, each in zip(events, passed, strict=True):
            if each.take is not None:
                each.take(event)
