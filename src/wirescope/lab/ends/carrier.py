"""One end of a connection that carries a workload, whatever it is made of.

What comes is taken by a task of its own as long as the connection lives, and the time is read as it
is taken. What is known of the connection beside its messages each kind says for itself.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, ClassVar

from wirescope.clock import SystemClock
from wirescope.errors import ConnectionClosedError
from wirescope.lab.ends.orders import Facts, Look, Opened
from wirescope.transports.messages import MessageConnection

if TYPE_CHECKING:
    from wirescope.transports.webrtc import Peer

Take = Callable[[bytes, int], None]
"""Takes a message's payload, and the monotonic clock when the application had it."""


def forget(_payload: bytes, _now_ns: int) -> None:
    """Take a message that nobody waits for."""


class Carrier(ABC):
    """One end of a connection on which messages can be sent.

    Attributes:
        connection: carries them.
        take: is given what comes.
        over: set once nothing will come any more.
        leave: set when nothing is to be done with the connection any more but to close it.
        opened: how it came about.
        peer: what carries sound and pictures beside the messages; None where only those go.
    """

    _stood: ClassVar[set[str]] = set()

    connection: MessageConnection
    opened: Opened

    def __init__(self) -> None:
        self.take: Take = forget
        self.over = asyncio.Event()
        self.leave = asyncio.Event()
        self.peer: Peer | None = None

    async def note_opened(
        self,
        setup_ns: int,
        *,
        transport: str,
        phases_ms: dict[str, float],
        signaling_messages: int = 0,
    ) -> None:
        """Take note of how it came about, as soon as it stands."""
        self.opened = Opened(
            setup_ms=setup_ns / 1e6,
            phases_ms=dict(phases_ms),
            cold=transport not in self._stood,
            signaling_messages=signaling_messages,
            facts=await self.facts(),
        )
        self._stood.add(transport)

    @abstractmethod
    async def facts(self) -> Facts:
        """Say what is known of the connection."""

    @abstractmethod
    def look(self) -> Look:
        """See how it stands at this moment."""

    @abstractmethod
    def has_left(self) -> bool:
        """Whether all that was sent has left this end, and, of TCP, has arrived."""

    @abstractmethod
    async def close(self) -> None:
        """Close it; what was sent before arrives, unless it has not left."""

    async def read(self) -> None:
        """Take what comes, until the connection is over."""
        now_ns = SystemClock.monotonic_ns
        try:
            async for message in self.connection:
                self.take(message.payload, now_ns())
        finally:
            self.over.set()
            self.leave.set()


@asynccontextmanager
async def taking(carrier: Carrier) -> AsyncIterator[None]:
    """Have what comes taken while the context lasts."""
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(carrier.read())
        try:
            yield
        finally:
            reader.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosedError):
                await reader
