"""What carries whole messages both ways, whatever it is made of.

A WebSocket connection and a data channel satisfy `MessageConnection`; so does each end of
`memory_pair`, which is for what has to run without a network. One conformance suite holds all of
them to what is said here.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol, Self

from wirescope.errors import ConnectionClosedError
from wirescope.events import MessageKind

MEMORY_LIMIT = 1 << 20
"""Bytes that an end of a pair in memory holds for its reader; beyond that a sender waits."""


class Message(Protocol):
    """One message that came."""

    @property
    def kind(self) -> MessageKind:
        """What the sender said that it is."""
        ...

    @property
    def payload(self) -> bytes:
        """The message; of text, its UTF-8."""
        ...

    @property
    def text(self) -> str:
        """The payload as text."""
        ...


class MessageConnection(Protocol):
    """One end of a connection that carries messages.

    Messages keep their kind, their length (0 included) and, unless the connection was made to give
    that up, their order. Iterating ends when the connection does. A reader that stands still holds
    the sender up, but for a data channel, which has no such brake and is closed when too much
    waits.
    """

    @property
    def closed(self) -> object | None:
        """How it ended; None while it has not."""
        ...

    async def send(self, data: str | bytes) -> None:
        """Send one message, text for a str and binary for bytes; waits while the peer is slow.

        Raises:
            ConnectionClosedError: the connection is closing or closed.
        """
        ...

    async def receive(self) -> Message:
        """Return the next message, waiting for it.

        Raises:
            ConnectionClosedError: the connection is over and all its messages were taken.
        """
        ...

    def __aiter__(self) -> AsyncIterator[Message]: ...

    async def close(self) -> object:
        """End the connection; what was sent before arrives. Again, it does nothing."""
        ...

    async def wait_closed(self) -> object:
        """Wait until the connection is over."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryMessage:
    """A message that went through memory."""

    kind: MessageKind
    payload: bytes

    @property
    def text(self) -> str:
        """The payload as text; bytes that are not UTF-8 become U+FFFD."""
        return self.payload.decode("utf-8", "replace")


class MemoryConnection:
    """One end of a pair in memory.

    Attributes:
        closed: who ended it, `local` or `remote`; None while nobody has.
    """

    def __init__(self) -> None:
        self.closed: str | None = None
        self._messages: deque[MemoryMessage] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()
        self._other: MemoryConnection = self

    def join(self, other: Self) -> None:
        """Make a pair of two ends."""
        self._other, other._other = other, self

    async def send(self, data: str | bytes) -> None:
        """Send one message; waits while the other end holds `MEMORY_LIMIT` bytes."""
        if isinstance(data, str):
            message = MemoryMessage("text", data.encode())
        else:
            message = MemoryMessage("binary", bytes(data))
        await self._other._take(message, refused=lambda: self.closed)

    async def _take(self, message: MemoryMessage, refused: Callable[[], str | None]) -> None:
        async with self._changed:
            await self._changed.wait_for(
                lambda: refused() is not None or self._bytes <= MEMORY_LIMIT
            )
            if (by := refused()) is not None:
                raise _is_closed(by)
            self._messages.append(message)
            self._bytes += len(message.payload)
            self._changed.notify_all()

    async def receive(self) -> MemoryMessage:
        """Return the next message, waiting for it."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._messages or self.closed)
            if not self._messages:
                raise _is_closed(self.closed or "local")
            message = self._messages.popleft()
            self._bytes -= len(message.payload)
            self._changed.notify_all()
            return message

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> MemoryMessage:
        try:
            return await self.receive()
        except ConnectionClosedError:
            raise StopAsyncIteration from None

    async def close(self) -> str:
        """End the pair."""
        await self._end("local")
        await self._other._end("remote")
        return await self.wait_closed()

    async def _end(self, by: str) -> None:
        async with self._changed:
            self.closed = self.closed or by
            self._changed.notify_all()

    async def wait_closed(self) -> str:
        """Wait until either end has ended it; who it was."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.closed)
        return self.closed or "local"


def memory_pair() -> tuple[MemoryConnection, MemoryConnection]:
    """Make two ends that are connected."""
    one, other = MemoryConnection(), MemoryConnection()
    one.join(other)
    return one, other


def _is_closed(initiator: str) -> ConnectionClosedError:
    by = {"local": "this end", "remote": "the other end"}[initiator]
    return ConnectionClosedError(
        f"The connection was closed by {by}.",
        code=0,
        reason="",
        initiator=initiator,
        clean=True,
    )
