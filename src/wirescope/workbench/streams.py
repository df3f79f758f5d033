"""What a user of Python reads of a connection: its messages, its events. Bounded, both.

They are filled by the sink. When one is full and somebody reads it, the sink says so and the
connection holds its peer back; what nobody has begun to read holds nobody back for long.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

from wirescope.errors import UsageError
from wirescope.events import AnyEvent, ConnectionClosed, Emission, Event, Full, WebSocketMessage

_EVENTS_HELD = 1024
_MESSAGES_HELD = 4096
_MESSAGE_BYTES_HELD = 4 << 20

_T = TypeVar("_T")


class _Queue(Generic[_T]):
    """Items in order, for one reader, with a bound by count and one by size."""

    def __init__(self, *, count: int, size: int) -> None:
        self._most, self._most_bytes = count, size
        self._held: deque[tuple[_T, int]] = deque()
        self._bytes = 0
        self._over = False
        self._released = False
        self._arrived: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._held)

    def put(self, item: _T, size: int = 0) -> Full | None:
        full = self._above(self._most, self._most_bytes)
        if full and self._released:
            return None  # nothing else bounds it now
        self._held.append((item, size))
        self._bytes += size
        self._wake()
        if not self._above(self._most, self._most_bytes):
            return None
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        return self._room

    async def take(self) -> _T | None:
        """Return the next item, None at the end."""
        while not self._held:
            if self._over:
                return None
            if self._arrived is None or self._arrived.done():
                self._arrived = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._arrived)
        item, size = self._held.popleft()
        self._bytes -= size
        if self._room is not None and not self._above(self._most // 2, self._most_bytes // 2):
            self._make_room()
        return item

    def end(self) -> None:
        self._over = True
        self._wake()

    def release(self) -> None:
        """Hold nobody back any more."""
        self._released = True
        self._make_room()

    def clear(self) -> None:
        self._held.clear()
        self._bytes = 0
        self._make_room()

    def _above(self, count: int, size: int) -> bool:
        return len(self._held) >= count or self._bytes >= size

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)


class EventStream:
    """The events of a connection, in order, for `async for`.

    The first 1,024 events wait for whoever asks late. Once it is being read, a reader that does not
    keep up holds the peer back.
    """

    def __init__(self) -> None:
        self._queue: _Queue[AnyEvent] = _Queue(count=_EVENTS_HELD, size=_MESSAGE_BYTES_HELD)
        self._overrun = False
        self.being_read = False

    def feed(self, event: AnyEvent) -> Full | None:
        """Take the next event."""
        if self._overrun:
            return None
        if not self.being_read and len(self._queue) >= _EVENTS_HELD:
            self._overrun = True
            self._queue.clear()
            return None
        full = self._queue.put(event)
        return full if self.being_read else None

    def end(self) -> None:
        """No event will follow."""
        self._queue.end()

    def release(self) -> None:
        """Hold nobody back any more."""
        self._queue.release()

    def __aiter__(self) -> AsyncIterator[AnyEvent]:
        if self._overrun:
            raise UsageError(
                "The connection's events were asked for too late: more than 1,024 had passed.",
                hint="Begin to read connection.events at once, or record into a capture.",
            )
        self.being_read = True
        return self

    async def __anext__(self) -> AnyEvent:
        event = await self._queue.take()
        if event is None:
            raise StopAsyncIteration
        return event


class MessageStream:
    """The received messages of a connection, in order."""

    def __init__(self) -> None:
        self._queue: _Queue[WebSocketMessage] = _Queue(
            count=_MESSAGES_HELD, size=_MESSAGE_BYTES_HELD
        )
        self.asked_for = False

    def feed(self, message: WebSocketMessage) -> Full | None:
        """Take the next message."""
        return self._queue.put(message, len(message.payload))

    async def take(self) -> WebSocketMessage | None:
        """Return the next message, None when none will follow."""
        self.asked_for = True
        return await self._queue.take()

    def clear(self) -> None:
        """Forget what nobody has asked for."""
        self._queue.clear()

    def end(self) -> None:
        """No message will follow."""
        self._queue.end()

    def release(self) -> None:
        """Hold nobody back any more."""
        self._queue.release()


class Streams:
    """Both streams of one connection, filled by one sink."""

    def __init__(self) -> None:
        self.events = EventStream()
        self.messages = MessageStream()

    def feed(self, emission: Emission) -> Full | None:
        """Take what a producer emits, in order."""
        if not isinstance(emission, Event):
            return None
        full = self.events.feed(emission)
        if isinstance(emission, WebSocketMessage) and emission.direction == "received":
            if self._only_events:
                self.messages.clear()
            else:
                full = self.messages.feed(emission) or full
        elif isinstance(emission, ConnectionClosed):
            self.end()
        return full

    @property
    def _only_events(self) -> bool:
        return self.events.being_read and not self.messages.asked_for

    def end(self) -> None:
        """Nothing will follow."""
        self.events.end()
        self.messages.end()

    def release(self) -> None:
        """Hold nobody back any more: the connection is being closed from here.

        What still comes above the bounds is dropped here; a capture has it.
        """
        self.events.release()
        self.messages.release()
