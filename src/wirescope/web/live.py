"""The live socket: what happens, in batches, at the pace at which the page shows them.

There is no queue. The feed is asked what changed since the batch before, at most every
`INTERVAL_S`, and only once the page has acknowledged that one: a slow page gets fewer and fuller
batches, and of a busy view the newest rows only, with the number of those that it missed.
"""

import asyncio
from typing import Protocol

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from wirescope.web.messages import (
    INTERVAL_S,
    SUBPROTOCOL,
    Ack,
    Batch,
    FromPage,
    Unwatch,
    Watch,
)

MAX_WATCHES = 32
"""Views that one page may watch."""

MAX_TAIL = 200
"""Rows of a view that one batch may have."""

ACK_TIMEOUT_S = 30.0
"""A page that says nothing for so long after a batch is gone or asleep; it will come back."""

_PROTOCOL_ERROR, _GONE, _OUTDATED = 1002, 1001, 4000

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FromPage).decode


class Feed(Protocol):
    """What is new, for one page."""

    async def next(self, watches: dict[int, Watch], number: int) -> Batch | None:
        """Return what changed since the batch before; None when nothing did."""
        ...


class LiveSocket:
    """One page's socket."""

    def __init__(self, socket: WebSocket, feed: Feed) -> None:
        self._socket = socket
        self._feed = feed
        self._watches: dict[int, Watch] = {}
        self._acknowledged = asyncio.Event()
        self._number = 0

    async def serve(self) -> None:
        """Serve to the end of the socket."""
        offered = self._socket.scope.get("subprotocols", [])
        if SUBPROTOCOL not in offered:
            # A browser that nothing was agreed with of what it offered tells its page no code.
            await self._socket.accept(offered[0] if offered else None)
            await self._socket.close(_OUTDATED, "This page is of another version. Reload it.")
            return
        await self._socket.accept(SUBPROTOCOL)
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._read())
                sending = group.create_task(self._send())
                await asyncio.wait((reading, sending), return_when=asyncio.FIRST_COMPLETED)
                reading.cancel()
                sending.cancel()
        except* WebSocketDisconnect:
            pass

    async def _read(self) -> None:
        while True:
            data = await self._socket.receive_bytes()
            try:
                self._take(_decode(data))
            except (msgspec.MsgspecError, ValueError) as error:
                await self._socket.close(_PROTOCOL_ERROR, str(error)[:100])
                return

    def _take(self, said: FromPage) -> None:
        match said:
            case Watch():
                if len(self._watches) >= MAX_WATCHES and said.id not in self._watches:
                    raise ValueError(f"More than {MAX_WATCHES} views are watched.")
                tail = min(said.tail, MAX_TAIL)
                self._watches[said.id] = msgspec.structs.replace(said, tail=tail)
            case Unwatch():
                self._watches.pop(said.id, None)
            case Ack():
                if said.number == self._number:
                    self._acknowledged.set()

    async def _send(self) -> None:
        while True:
            batch = await self._feed.next(self._watches, self._number + 1)
            if batch is not None:
                self._number += 1
                self._acknowledged.clear()
                await self._socket.send_bytes(_encode(batch))
                try:
                    async with asyncio.timeout(ACK_TIMEOUT_S):
                        await self._acknowledged.wait()
                except TimeoutError:
                    await self._socket.close(_GONE, "The page acknowledged nothing.")
                    return
            await asyncio.sleep(INTERVAL_S)
