"""The events of a connection for who reads them in Python. Bounded.

The stream is filled by the sink. When it is full, the sink says so and the connection holds its
peer back, unless nobody reads it and something else is done with the connection.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from wirescope.errors import UsageError
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    Emission,
    Event,
    Full,
    WebSocketFrame,
    WebSocketMessage,
)

_HELD = 1024
_HELD_BYTES = 4 << 20


class EventStream:
    """The events of a connection, in order, for `async for`.

    Up to 1,024 events or 4 MiB are held; more than that hold the peer back until they are read.
    As soon as something else is done with the connection, as reading its messages, the stream is
    optional: if nobody reads it when it is full, it is forgotten.

    Attributes:
        on_read: called when somebody begins to read.
    """

    def __init__(self) -> None:
        self.on_read: Callable[[], None] = lambda: None
        self._held: deque[AnyEvent] = deque()
        self._bytes = 0
        self._being_read = False
        self._optional = False
        self._overrun = False
        self._released = False
        self._over = False
        self._arrived: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    def feed(self, emissions: Sequence[Emission]) -> Full | None:
        """Take what a producer emits, in order."""
        if self._overrun:
            return None
        for emission in emissions:
            if isinstance(emission, Event):
                self._keep(emission)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)
        return self._hold_back() if self._is_full and not (self._over or self._released) else None

    def _keep(self, event: AnyEvent) -> None:
        if isinstance(event, ConnectionClosed):
            self._over = True
        elif self._is_full and self._released:
            return  # nothing else bounds it any more; a capture has it
        self._held.append(event)
        self._bytes += _size(event)

    @property
    def _is_full(self) -> bool:
        return len(self._held) >= _HELD or self._bytes >= _HELD_BYTES

    def _hold_back(self) -> Full | None:
        if not self._being_read and self._optional:
            self._forget()
            return None
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        return self._room

    def make_optional(self) -> None:
        """Hold nobody back as long as nobody reads: something else is done with the connection."""
        self._optional = True
        if self._is_full and not self._being_read:
            self._forget()

    def _forget(self) -> None:
        self._overrun = True
        self._held.clear()
        self._make_room()

    def end(self) -> None:
        """No event will follow."""
        self._over = True
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def release(self) -> None:
        """Hold nobody back any more: the connection is being closed from here."""
        self._released = True
        self._make_room()

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def __aiter__(self) -> AsyncIterator[AnyEvent]:
        if self._overrun:
            raise UsageError(
                "The connection's events were asked for too late: more than 1,024 had passed.",
                hint="Begin to read connection.events at once, or record into a capture.",
            )
        self._being_read = True
        self.on_read()
        return self

    async def __anext__(self) -> AnyEvent:
        while not self._held:
            if self._over:
                raise StopAsyncIteration
            if self._arrived is None or self._arrived.done():
                self._arrived = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._arrived)
        event = self._held.popleft()
        self._bytes -= _size(event)
        if len(self._held) <= _HELD // 2 and self._bytes <= _HELD_BYTES // 2:
            self._make_room()
        return event


def _size(event: AnyEvent) -> int:
    return len(event.payload) if isinstance(event, WebSocketFrame | WebSocketMessage) else 0
