"""Faults that end a connection which was open."""

import asyncio
import os
import socket
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from acceptance.faults.staging import (
    Fault,
    Running,
    Scene,
    Stage,
    Studio,
    Talk,
    at,
    beside,
    listen,
    raw,
)
from tests.interop.harness import FOREIGN, command_of, found
from tests.support.handshakes import Upgrading, upgrade
from tests.support.raw_server import RawServer, read_head
from wirescope import LiveConnection

Handler = Callable[[ServerConnection], Awaitable[None]]


def websockets_server(handler: Handler, **options: Any) -> Running:
    """Run a `websockets` server with a handler."""

    @asynccontextmanager
    async def running(_: Studio) -> AsyncIterator[str]:
        async with serve(handler, "127.0.0.1", 0, **options) as server:
            yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"

    return running


def closing_with(code: int, reason: str = "") -> Stage:
    """Stage a `websockets` server that closes with a code as soon as something came."""

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(code, reason)

    return beside(websockets_server(handler))


async def broken_handler(connection: ServerConnection) -> None:
    """Fail at the first message."""
    await connection.recv()
    raise RuntimeError("staged")


async def take(connection: ServerConnection) -> None:
    """Take messages until the end."""
    async for _ in connection:
        pass


async def say(connection: LiveConnection, word: str) -> None:
    """Send a word of the foreign servers' script and take what comes."""
    await connection.send(word)
    async for _ in connection:
        pass


def sending(opcode: int, payload: bytes) -> Callable[[LiveConnection], Awaitable[None]]:
    """Send a frame as it stands and take what comes."""

    async def talk(connection: LiveConnection) -> None:
        await connection.send_frame(opcode, payload)
        async for _ in connection:
            pass

    return talk


async def long_message(connection: LiveConnection) -> None:
    """Send more than the server takes."""
    await connection.send("x" * 5000)
    async for _ in connection:
        pass


async def close_at_once(connection: LiveConnection) -> None:
    """Close after a message."""
    await connection.send("hello")
    await connection.close(1000)


def after_hello(data: bytes, *, then: str = "close", talk: Talk = listen) -> Stage:
    """Stage a raw server that answers the first message with some bytes and then ends it.

    `then` is `close` for a FIN, `reset` for a RST and `hold` for neither.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(upgrade(await read_head(reader)))
        await reader.read(100)
        writer.write(data)
        await writer.drain()
        if then == "hold":
            await reader.read()
        elif then == "reset":
            # RFC 9293 section 3.10.4: without lingering, what is left is not sent, but a reset
            own = writer.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        else:
            writer.close()
            await writer.wait_closed()

    return raw(answer, talk=talk)


def start_websockets() -> tuple[subprocess.Popen[bytes], int]:
    """Start the foreign `websockets` server in a process; which, and its port."""
    command = command_of(FOREIGN[0], found)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@asynccontextmanager
async def killed(_: Studio) -> AsyncIterator[Scene]:
    """A server in a process of its own that is killed while a connection is open."""
    process, port = await asyncio.to_thread(start_websockets)

    async def talk(connection: LiveConnection) -> None:
        await connection.ping()  # so that the server has read all, and its end is a FIN
        process.kill()
        async for _ in connection:
            pass

    with process:
        try:
            yield Scene(f"ws://127.0.0.1:{port}/", talk)
        finally:
            process.kill()


@asynccontextmanager
async def damaged_tls(studio: Studio) -> AsyncIterator[Scene]:
    """Something in between that damages a TLS record."""
    context = studio.authority.server("localhost")
    async with RawServer(Upgrading(after=b"\x81\x02hi"), tls=context) as server:

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server.port)

            async def carry() -> None:
                while data := await reader.read(65536):
                    far_writer.write(data)

            async def answer() -> None:
                while data := await far_reader.read(65536):
                    writer.write(data)

            async with asyncio.TaskGroup() as group:
                ways = [group.create_task(carry()), group.create_task(answer())]
                await asyncio.sleep(0.5)  # by then the connection is open
                # RFC 8446 section 5.2: an encrypted record, which nobody has the key for
                writer.write(b"\x17\x03\x03\x00\x40" + os.urandom(64))
                await asyncio.sleep(0.5)
                for way in ways:
                    way.cancel()
            far_writer.transport.abort()

        async with RawServer(relay) as between:
            options = {"tls": studio.trusted}
            yield Scene(f"wss://localhost:{between.port}/", listen, options)


def haproxy(studio: Studio, name: str) -> str:
    """Give the address of a port of HAProxy."""
    return f"ws://127.0.0.1:{studio.gateways.haproxy[name]}/"


FAULTS = [
    Fault("nginx: proxy_read_timeout of 5 s", "WS201", at(lambda s: s.gateways.path("/short/")),
          quiet=True),
    Fault("HAProxy: timeout tunnel of 5 s", "WS201", at(lambda s: haproxy(s, "short")), quiet=True),
    Fault("a reset in the middle", "WS202", after_hello(b"\x81\x02hi", then="reset")),
    Fault("a FIN in the middle", "WS203", after_hello(b"\x81\x02hi")),
    Fault("the process of websockets is killed", "WS203", killed),
    Fault("a TLS record is damaged", "WS204", damaged_tls),
    Fault("a ping without a pong", "WS205",
          raw(Upgrading(), ping_interval_s=0.3, ping_timeout_s=0.5)),
    Fault("a Close without an answer", "WS206", raw(Upgrading(), talk=close_at_once)),
    Fault("a FIN in place of a Close frame", "WS206", after_hello(b"", talk=close_at_once)),
    Fault("cut inside a frame", "WS207", after_hello(b"\x82\x7e\x07\xd0" + b"x" * 100)),
    Fault("a message above this end's limit", "WS209",
          at(lambda s: s.foreign["websockets"], max_message_size=1000)),
    Fault("a handler of websockets fails", "WS210",
          beside(websockets_server(broken_handler))),
    Fault("websockets gets a reserved opcode", "WS211",
          at(lambda s: s.foreign["websockets"], talk=sending(3, b""))),
    Fault("the server takes text only", "WS212", closing_with(1003, "text only")),
    Fault("ws gets text that is not UTF-8", "WS213",
          at(lambda s: s.foreign["ws"], talk=sending(1, b"caf\xe9"))),
    Fault("the token expired", "WS214", closing_with(1008, "token expired")),
    Fault("websockets takes 1,024 bytes", "WS215",
          beside(websockets_server(take, max_size=1024), talk=long_message)),
    Fault("an extension is missing", "WS216", closing_with(1010, "permessage-deflate")),
    Fault("the service restarts", "WS217", closing_with(1012)),
    Fault("the service is overloaded", "WS217", closing_with(1013)),
    Fault("the server behind the gateway is lost", "WS218", closing_with(1014)),
    Fault("a library's code, 3000", "WS219", closing_with(3000)),
    Fault("the application says 4001", "WS220",
          at(lambda s: s.foreign["ws"], talk=lambda connection: say(connection, "bye"))),
    Fault("a close code of 1006", "WS221", after_hello(b"\x88\x02\x03\xee", then="hold")),
    Fault("aiohttp goes away", "WS222",
          at(lambda s: s.foreign["aiohttp"], talk=lambda connection: say(connection, "gone"))),
    Fault("no pong for websockets", "WS223",
          beside(websockets_server(take, ping_interval=0.2, ping_timeout=0.4),
                 auto_pong=False)),
]  # fmt: skip
