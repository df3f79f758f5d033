"""The events of a connection for who reads them in Python. Bounded.

The stream is filled by the sink. When it is full and somebody reads it, the sink says so and the
connection holds its peer back; what nobody has begun to read holds nobody back for long.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from wirescope.errors import UsageError
from wirescope.events import AnyEvent, ConnectionClosed, Emission, Event, Full

_HELD = 1024


class EventStream:
    """The events of a connection, in order, for `async for`.

    The first 1,024 events wait for whoever asks late. Once it is being read, a reader that does not
    keep up holds the peer back.

    Attributes:
        on_read: called when somebody begins to read.
    """

    def __init__(self) -> None:
        self.on_read: Callable[[], None] = lambda: None
        self._held: deque[AnyEvent] = deque()
        self._being_read = False
        self._overrun = False
        self._released = False
        self._over = False
        self._arrived: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    def feed(self, emission: Emission) -> Full | None:
        """Take what a producer emits, in order."""
        if self._overrun or not isinstance(emission, Event):
            return None
        self._held.append(emission)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)
        if isinstance(emission, ConnectionClosed):
            self._over = True
        elif len(self._held) >= _HELD:
            return self._full()
        return None

    def _full(self) -> Full | None:
        if not self._being_read:
            self._overrun = True
            self._held.clear()
            return None
        if self._released:
            return None
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        return self._room

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
        if self._room is not None and len(self._held) <= _HELD // 2:
            self._make_room()
        return event
