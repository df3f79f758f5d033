"""The live socket: what happens, in batches, at the pace at which the page shows them.

There is no queue. The feed is asked what changed since the batch before, at most every
`INTERVAL_S`, and only once the page has acknowledged that one: a slow page gets fewer and fuller
batches, and of a busy view the newest rows only, with the number of those that it missed.
"""

import asyncio
from typing import NamedTuple, Protocol

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

CLOSE_TIMEOUT_S = 5.0
"""A page that takes nothing any more is not told for longer that it is over."""

_PROTOCOL_ERROR, _UNSUPPORTED, _GONE, _OUTDATED = 1002, 1003, 1001, 4000

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FromPage).decode


class Feed(Protocol):
    """What is new, for one page."""

    async def next(self, watches: dict[int, Watch], number: int) -> Batch | None:
        """Return what changed since the batch before; None when nothing did."""
        ...


class _Ending(NamedTuple):
    """How a socket is to be closed."""

    code: int
    reason: str


class LiveSocket:
    """One page's socket.

    Args:
        socket: not accepted yet.
        feed: what is new.
        ack_timeout_s: how long a batch may be on its way and unacknowledged.
        close_timeout_s: how long a Close frame may be on its way.
    """

    def __init__(
        self,
        socket: WebSocket,
        feed: Feed,
        *,
        ack_timeout_s: float = ACK_TIMEOUT_S,
        close_timeout_s: float = CLOSE_TIMEOUT_S,
    ) -> None:
        self._socket = socket
        self._feed = feed
        self._ack_timeout_s = ack_timeout_s
        self._close_timeout_s = close_timeout_s
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
            ending = await self._until_over()
            async with asyncio.timeout(self._close_timeout_s):
                await self._socket.close(*ending)
        except* (WebSocketDisconnect, TimeoutError):
            pass

    async def _until_over(self) -> _Ending:
        """Read and send until one of both is over; only then may the socket be closed."""
        async with asyncio.TaskGroup() as group:
            tasks = group.create_task(self._read()), group.create_task(self._send())
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        return done.pop().result()

    async def _read(self) -> _Ending:
        while True:
            said = await self._socket.receive()
            if said["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(said["code"])
            if said.get("bytes") is None:
                return _Ending(_UNSUPPORTED, "Messages are MessagePack, which is binary.")
            try:
                self._take(_decode(said["bytes"]))
            except (msgspec.MsgspecError, ValueError) as error:
                return _Ending(_PROTOCOL_ERROR, str(error)[:100])
            except RecursionError:
                return _Ending(_PROTOCOL_ERROR, "A message is nested too deep.")

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

    async def _send(self) -> _Ending:
        while True:
            batch = await self._feed.next(self._watches, self._number + 1)
            if batch is not None:
                self._number += 1
                self._acknowledged.clear()
                try:
                    async with asyncio.timeout(self._ack_timeout_s):
                        await self._socket.send_bytes(_encode(batch))
                        await self._acknowledged.wait()
                except TimeoutError:
                    return _Ending(_GONE, "The page acknowledged nothing.")
            await asyncio.sleep(INTERVAL_S)
