"""A capture with everything in it, recorded from the test endpoints over loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from wirescope.capture import CaptureWriter
from wirescope.errors import WirescopeError
from wirescope.events import Timeline
from wirescope.playground import serve_endpoints
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection, connect

LONG = 3 << 19
"""Bytes of a payload that its record does not carry whole."""

ILLEGAL = ("reserved-opcode", "rsv", "masked", "bad-utf8", "fragmented-ping", "half-frame")

Scene = Callable[[WebSocketConnection], Awaitable[None]]


async def read(connection: WebSocketConnection) -> None:
    """Take what comes until the server ends it."""
    async for _ in connection:
        pass


async def first(connection: WebSocketConnection) -> None:
    """Take one message."""
    await connection.receive()
    await connection.close(1000)


async def talk(connection: WebSocketConnection) -> None:
    """Send every kind of message, and take the echo of each."""
    for data in ("hello, ünïcode", "", bytes(range(256)), "x" * 200, "y" * 70_000):
        await connection.send(data)
        await connection.receive()
    await connection.send_fragments(["in ", "three ", "fragments"])
    await connection.receive()
    await connection.ping(b"are you there")
    await connection.pong(b"nobody asked")
    for long in ("é" * (LONG // 2), bytes(range(256)) * (LONG // 256)):
        await connection.send(long)
        await connection.receive()
    await connection.close(1000, "enough")


async def ask(connection: WebSocketConnection) -> None:
    """Send one message after the answer to the one before."""
    for text in ('{"id": 1}', '{"id": 2,\n "text": "two lines"}', '{"id": 3}'):
        await connection.send(text)
        await connection.receive()
    await connection.close(1000)


async def squeeze(connection: WebSocketConnection) -> None:
    """Take compressed messages that refer to each other, and send some."""
    for _ in range(8):
        await connection.receive()
    for number in range(5):
        await connection.send(f'{{"number": {number}, "note": "{"the same again " * 20}"}}')
        await connection.receive()
    await connection.send("compressible " * (LONG // 13))
    await connection.receive()
    await connection.close(1000)


SCENES: tuple[tuple[str, Scene, ConnectOptions], ...] = (
    ("/demo", read, ConnectOptions()),
    ("/echo", talk, ConnectOptions(compression=None)),
    ("/echo", ask, ConnectOptions(compression=None)),
    ("/fragments?parts=7&ping_between=1", first, ConnectOptions()),
    ("/deflate?count=8", squeeze, ConnectOptions()),
    ("/close?code=4001&reason=custom%20reason", read, ConnectOptions()),
    ("/close?mode=drop", read, ConnectOptions()),
    ("/close?mode=reset", read, ConnectOptions()),
    *((f"/illegal?kind={kind}", read, ConnectOptions()) for kind in ILLEGAL),
    ("/reject?status=403&body=not%20today", read, ConnectOptions()),
)


async def _record(path: Path) -> None:
    timeline = Timeline()
    async with serve_endpoints() as server, CaptureWriter.create(path, timeline=timeline) as writer:
        for target, scene, options in SCENES:
            with suppress(WirescopeError):  # some end badly, as they are meant to
                async with (
                    asyncio.timeout(20),
                    _connected(server.url + target, options, timeline, writer) as connection,
                ):
                    await scene(connection)


@asynccontextmanager
async def _connected(
    url: str, options: ConnectOptions, timeline: Timeline, writer: CaptureWriter
) -> AsyncIterator[WebSocketConnection]:
    connection = await connect(url, options=options, timeline=timeline, sink=writer)
    async with connection:
        yield connection


def record(path: Path) -> None:
    """Record it."""
    asyncio.run(_record(path))
