"""Signaling over whatever carries messages: a WebSocket, mostly.

What the messages look like is an adapter's affair. Those of installed packages are found by the
entry points of `wirescope.signaling`, this program's own too.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from importlib.metadata import entry_points
from typing import Any, Protocol

from wirescope.errors import (
    ConnectionClosedError,
    SignalingError,
    UsageError,
)
from wirescope.transports.messages import MessageConnection
from wirescope.transports.webrtc.signaling.shapes import Left, Said

ENTRY_POINTS = "wirescope.signaling"

SEND_TIMEOUT_S = 15.0


class Adapter(Protocol):
    """What messages look like.

    Attributes:
        keep_alive_s: seconds of silence of this end after which `keep_alive` is sent; 0 never.
    """

    keep_alive_s: float

    def read(self, text: str) -> list[Said] | Left:
        """Find what a message says; nothing in one that is about something else.

        Raises:
            DescriptionError: what it says cannot be used; it is passed over.
            SignalingError: the signaling is over.
        """
        ...

    def write(self, message: Said) -> str | None:
        """Write a message; None where the protocol has none for it."""
        ...

    def keep_alive(self) -> str:
        """Write what keeps the connection alive."""
        ...


def adapter_of(name: str, **parameters: str) -> Adapter:
    """Make an adapter by its name.

    Raises:
        UsageError: there is none of that name, or it does not take these parameters.
    """
    known = {each.name: each for each in entry_points(group=ENTRY_POINTS)}
    if name not in known:
        raise UsageError(
            f"There is no signaling adapter {name!r}.",
            hint=f"There are {', '.join(sorted(known))}; packages may bring others.",
        )
    make: Callable[..., Any] = known[name].load()
    try:
        adapter: Adapter = make(**parameters)
    except TypeError as error:
        raise UsageError(f"The signaling adapter {name} cannot be made so: {error}.") from None
    return adapter


class MessageSignaling:
    """A `Signaling` over a connection that carries messages.

    Attributes:
        passed_over: messages that said nothing of descriptions and candidates.
        refused: messages that said something of them which cannot be used.
    """

    def __init__(self, connection: MessageConnection, adapter: Adapter) -> None:
        self.passed_over = self.refused = 0
        self._connection = connection
        self._adapter = adapter
        self._loop = asyncio.get_running_loop()
        self._sent_s = self._loop.time()

    async def send(self, message: Said) -> None:
        """Send a description or a candidate.

        Raises:
            ConnectionClosedError: the connection is closed.
            SignalingError: the adapter has nobody to send it to, or it is not taken in time.
        """
        text = self._adapter.write(message)
        if text is not None:
            await self._send(text)

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._connection.send(text)
        except TimeoutError:
            raise SignalingError(
                f"The signaling took nothing for {SEND_TIMEOUT_S:g} s.",
                hint="See whether its server hangs.",
            ) from None
        self._sent_s = self._loop.time()

    def __aiter__(self) -> AsyncIterator[Said]:
        return self._said()

    async def _said(self) -> AsyncIterator[Said]:
        while (text := await self._next()) is not None:
            try:
                said = self._adapter.read(text)
            except SignalingError:
                raise
            except Exception:  # noqa: BLE001 no message of the other side ends the signaling so
                self.refused += 1
                continue
            if isinstance(said, Left):
                return
            self.passed_over += not said
            for each in said:
                yield each

    async def _next(self) -> str | None:
        """Wait for a message and keep the connection alive; None when it is over."""
        every_s = self._adapter.keep_alive_s
        while True:
            try:
                async with asyncio.timeout_at(self._sent_s + every_s if every_s else None):
                    message = await self._connection.receive()
            except TimeoutError:
                await self._send(self._adapter.keep_alive())
            except ConnectionClosedError:
                return None
            else:
                return message.text
