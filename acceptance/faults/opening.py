"""Faults of the opening handshake."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from websockets.asyncio.server import ServerConnection, basic_auth, serve

from acceptance.faults.staging import Fault, Studio, at, beside, raw
from acceptance.faults.way import echo
from tests.support.handshakes import Answering, Upgrading, greeting, upgrade
from tests.support.raw_server import read_head

WRONG_ACCEPT = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


async def without_upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 101, the header Upgrade lost on the way."""
    answer = upgrade(await read_head(reader))
    writer.write(answer.replace(b"Upgrade: websocket\r\n", b""))
    await reader.read()


async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Think for a while before the 101, then close in order."""
    head = await read_head(reader)
    await asyncio.sleep(1.2)
    writer.write(upgrade(head) + b"\x88\x02\x03\xe8")
    await reader.read()


@asynccontextmanager
async def with_password(_: Studio) -> AsyncIterator[str]:
    """A `websockets` server that asks for Basic credentials."""
    guard = basic_auth(realm="here", credentials=("me", "secret"))
    async with serve(echo, "127.0.0.1", 0, process_request=guard) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"


@asynccontextmanager
async def for_one_origin(_: Studio) -> AsyncIterator[str]:
    """A `websockets` server that takes one Origin."""
    origins = ["https://example.test"]
    async with serve(echo, "127.0.0.1", 0, origins=origins) as server:  # type: ignore[arg-type]
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"


async def fail(_: web.Request) -> web.StreamResponse:
    """Fail as handlers do."""
    raise RuntimeError("staged")


async def move(_: web.Request) -> web.StreamResponse:
    """Send the client elsewhere."""
    raise web.HTTPFound("/elsewhere")


@asynccontextmanager
async def aiohttp_application(_: Studio) -> AsyncIterator[str]:
    """An aiohttp application with paths that go wrong."""
    application = web.Application()
    application.router.add_get("/fail", fail)
    application.router.add_get("/move", move)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def failing(studio: Studio) -> AsyncIterator[str]:
    """A path whose handler fails."""
    async with aiohttp_application(studio) as base:
        yield f"{base}/fail"


@asynccontextmanager
async def moving(studio: Studio) -> AsyncIterator[str]:
    """A path that redirects."""
    async with aiohttp_application(studio) as base:
        yield f"{base}/move"


async def quietly(connection: ServerConnection) -> None:
    """Close in order as soon as something came."""
    await connection.recv()


@asynccontextmanager
async def without_subprotocols(_: Studio) -> AsyncIterator[str]:
    """A `websockets` server that knows no subprotocol."""
    async with serve(quietly, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"


def _chose(line: str) -> Upgrading:
    return Upgrading(lines=(line,))


FAULTS = [
    Fault("an aiohttp handler fails", "WS101", beside(failing)),
    Fault("websockets asks for a password", "WS102", beside(with_password)),
    Fault("websockets does not like the Origin", "WS103",
          beside(for_one_origin, origin="http://localhost:5173")),
    Fault("websockets misses an Origin", "WS103", beside(for_one_origin)),
    Fault("aiohttp knows no such path", "WS104",
          at(lambda studio: studio.foreign["aiohttp"] + "nowhere")),
    Fault("aiohttp redirects", "WS105", beside(moving)),
    Fault("redirects in a circle", "WS105",
          raw(Answering([b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"]), max_redirects=3)),
    Fault("nginx limits connections", "WS106", at(lambda studio: studio.gateways.path("/busy"))),
    Fault("nginx, the server behind it is down", "WS107",
          at(lambda studio: studio.gateways.path("/down/"))),
    Fault("nginx, the server behind it is silent", "WS107",
          at(lambda studio: studio.gateways.path("/silent/"))),
    Fault("HAProxy has no server", "WS107",
          at(lambda studio: f"ws://127.0.0.1:{studio.gateways.haproxy['none']}/")),
    Fault("nginx serves a page there", "WS108", at(lambda studio: studio.gateways.path("/page"))),
    Fault("nginx drops Upgrade before websockets", "WS109",
          at(lambda studio: studio.gateways.path("/stripped/"))),
    Fault("nginx drops Upgrade before aiohttp", "WS109",
          at(lambda studio: studio.gateways.path("/stripped-aiohttp/"))),
    Fault("nginx speaks HTTP/2 only", "WS110",
          at(lambda studio: f"ws://127.0.0.1:{studio.gateways.nginx_http2}/")),
    Fault("a cached Sec-WebSocket-Accept", "WS111", raw(Answering([WRONG_ACCEPT], hold=True))),
    Fault("a subprotocol nobody offered", "WS112", raw(_chose("Sec-WebSocket-Protocol: chat"))),
    Fault("websockets agrees on no subprotocol", "WS113",
          beside(without_subprotocols, subprotocols=("graphql-ws",))),
    Fault("an extension nobody offered", "WS114",
          raw(_chose("Sec-WebSocket-Extensions: permessage-bzip2"))),
    Fault("a window of 20 bits", "WS114",
          raw(_chose("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=20"))),
    Fault("an SSH server", "WS115", raw(greeting(b"SSH-2.0-OpenSSH_9.2\r\n"))),
    Fault("a server that thinks before it answers", "WS116", raw(late)),
    Fault("the 101 without its Upgrade", "WS117", raw(without_upgrade)),
    Fault("ws does not speak version 9", "WS118",
          at(lambda studio: studio.foreign["ws"], headers=(("Sec-WebSocket-Version", "9"),))),
]  # fmt: skip
