"""A WebSocket server on loopback for whoever comes in a sweep, to take part or to be signaled."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    Request,
    ServerOptions,
    WebSocketConnection,
    serve,
)

HOST = "127.0.0.1"

OPTIONS = ConnectOptions(compression=None, open_timeout_s=20, close_timeout_s=2)
"""Of those who come."""

_SERVER = ServerOptions(compression=None, max_connections=1 << 16)


def forget(_: object) -> None:
    """Take events that nobody reads."""


@asynccontextmanager
async def listening(
    handler: Callable[[WebSocketConnection], Awaitable[None]],
) -> AsyncIterator[int]:
    """Take WebSockets while the context lasts; gives the port."""

    def route(_: Request) -> Acceptance:
        return Acceptance(handler=handler)

    async with serve(route, host=HOST, options=_SERVER) as server:
        yield int(server.url.rstrip("/").rpartition(":")[2])


def url_at(port: int) -> str:
    """Give the address of a server that listens on a port."""
    return f"ws://{HOST}:{port}/"
