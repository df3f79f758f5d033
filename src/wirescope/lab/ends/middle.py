"""The server in the middle: passes messages on between each two clients, and relays datagrams.

It does as little as a server can: it looks into nothing, keeps nothing and passes a message on when
it has it whole. A client that is alone is not read from, so that nothing of it is lost.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wirescope.lab.ends.orders import Listening, Relay, Turn
from wirescope.lab.ends.recording import Record
from wirescope.lab.ends.websockets import listening
from wirescope.transports.websocket import WebSocketConnection

TRY_AGAIN_LATER = 1013
"""Of IANA's registry of WebSocket close codes."""


class Pairs:
    """Brings clients together, two by two in the order in which they come.

    Args:
        patience_s: how long one waits for another.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._alone: asyncio.Future[WebSocketConnection] | None = None
        self._waiting: WebSocketConnection | None = None

    async def handle(self, connection: WebSocketConnection) -> None:
        """Pass on what comes from a client, until it or its partner is gone."""
        partner = await self._partner_of(connection)
        if partner is None:
            await connection.close(TRY_AGAIN_LATER, "Nobody else came.")
            return
        async for message in connection:
            await partner.send(message.text if message.kind == "text" else message.payload)
        await partner.close()

    async def _partner_of(self, connection: WebSocketConnection) -> WebSocketConnection | None:
        waiting, alone = self._waiting, self._alone
        if waiting is not None and alone is not None:
            self._waiting = self._alone = None
            alone.set_result(connection)
            return waiting
        alone = asyncio.get_running_loop().create_future()
        self._waiting, self._alone = connection, alone
        async with asyncio.TaskGroup() as group:
            gone = group.create_task(_closed(connection))
            await asyncio.wait(
                (alone, gone), timeout=self._patience_s, return_when=asyncio.FIRST_COMPLETED
            )
            gone.cancel()
        if alone.done():
            return alone.result()
        self._waiting = self._alone = None
        return None


async def _closed(connection: WebSocketConnection) -> None:
    await connection.wait_closed()


@asynccontextmanager
async def relaying(order: Relay, record: Record) -> AsyncIterator[Listening]:
    """Be the server in the middle while the context lasts.

    Raises:
        UsageError: an address or a port cannot be had.
    """
    pairs = Pairs(order.timeout_s)
    async with listening(order, record, pairs.handle, tls=order.tls) as port:
        if not order.turn:
            yield Listening(port=port)
            return
        from wirescope.ice_server import IceServerOptions, serve_ice  # which few want

        options = IceServerOptions(hosts=(order.host,), port=0, tcp=False)
        async with serve_ice(options) as server:
            given = server.credentials("lab", lifetime_s=86_400)
            url = next(each for each in server.urls if each.startswith("turn:"))
            yield Listening(port=port, turn=Turn(url, given.username, given.password))
