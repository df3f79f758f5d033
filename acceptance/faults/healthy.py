"""Conversations with servers that are not ours in which nothing is wrong."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection, serve

from acceptance.faults.closing import haproxy
from acceptance.faults.staging import Scene, Stage, Studio, at
from acceptance.faults.way import echo
from tests.interop.harness import FOREIGN
from wirescope import LiveConnection

IDLE_S = 12


@dataclass(frozen=True)
class Healthy:
    """A conversation, by name; `quiet` as for a fault."""

    name: str
    stage: Stage
    quiet: bool = False


async def converse(connection: LiveConnection) -> None:
    """Say things in every form, take the answers, close in order."""
    await connection.send("echo me")
    await connection.send(bytes(range(256)))
    await connection.send_fragments(["in ", "three ", "fragments"])
    await connection.ping(b"are you there")
    await connection.send("0123456789" * 5000)
    async for message in connection:
        if message.length == 50_000:
            break
    await connection.close(1000)


async def idle(connection: LiveConnection) -> None:
    """Say nothing for longer than the gateway allows, but for the heartbeat."""
    await connection.send("echo me")
    await asyncio.sleep(IDLE_S)
    await connection.close(1000)


async def let_the_server_close(connection: LiveConnection) -> None:
    """Ask the server to close with 1000."""
    await connection.send("done")
    async for _ in connection:
        pass


@asynccontextmanager
async def with_subprotocol(_: Studio) -> AsyncIterator[Scene]:
    """A `websockets` server that agrees on a subprotocol."""
    async with serve(echo, "127.0.0.1", 0, subprotocols=["chat"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        yield Scene(f"ws://127.0.0.1:{port}/", converse, {"subprotocols": ("other", "chat")})


async def bursts(connection: ServerConnection) -> None:
    """Collect what happened and tell it once in a while, as feeds do that update a screen."""
    for _ in range(12):
        for number in range(40):
            await connection.send(f'{{"row": {number}, "price": {random.random()}}}')
        await asyncio.sleep(0.4)


async def film(connection: ServerConnection) -> None:
    """Send what is compressed already, at the pace of a film."""
    for _ in range(100):
        await connection.send(random.randbytes(4000))
        await asyncio.sleep(0.02)


async def answer_calls(connection: ServerConnection) -> None:
    """Answer JSON-RPC calls, some sooner than others; tell news in between."""
    async for message in connection:
        call = json.loads(message)
        await asyncio.sleep(random.uniform(0.001, 0.02))
        await connection.send(json.dumps({"jsonrpc": "2.0", "method": "news"}))
        answer = {"jsonrpc": "2.0", "id": call["id"], "result": random.random()}
        await connection.send(json.dumps(answer))


async def listen_and_go(connection: LiveConnection) -> None:
    """Take what comes and go away, as a page does that is left."""
    with suppress(TimeoutError):
        async with asyncio.timeout(4):
            async for _ in connection:
                pass
    await connection.close(1001)


async def call_and_go(connection: LiveConnection) -> None:
    """Call 120 times, then go away."""
    for number in range(120):
        await connection.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": "price"}))
        await connection.receive()
        await connection.receive()
    await connection.close(1001)


def _served(
    handler: Callable[[ServerConnection], Awaitable[None]],
    talk: Callable[[LiveConnection], Awaitable[None]] = listen_and_go,
) -> Stage:
    @asynccontextmanager
    async def stage(_: Studio) -> AsyncIterator[Scene]:
        async with serve(handler, "127.0.0.1", 0) as server:
            yield Scene(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/", talk)

    return stage


def _of(name: str, **options: object) -> Stage:
    return at(lambda studio: studio.foreign[name], talk=converse, **options)


NAMES = [server.name for server in FOREIGN]
CONVERSATIONS = [
    *(Healthy(f"{name}, compressed", _of(name)) for name in NAMES),
    *(Healthy(f"{name} over TLS", _of(f"{name}-tls")) for name in NAMES),
    Healthy("websockets without compression", _of("websockets", compression=None)),
    Healthy("ws without compression", _of("ws", compression=None)),
    *(Healthy(f"{name} behind nginx", at(lambda studio, name=name:  # type: ignore[misc]
              studio.gateways.path(f"/{name}/"), talk=converse)) for name in NAMES),
    *(Healthy(f"{name} behind HAProxy", at(lambda studio, name=name:  # type: ignore[misc]
              haproxy(studio, name), talk=converse)) for name in NAMES),
    Healthy("websockets with a subprotocol", with_subprotocol),
    Healthy("uvicorn closes", at(lambda studio: studio.foreign["uvicorn"],
                                 talk=let_the_server_close)),
    Healthy("a feed that comes in bursts", _served(bursts)),
    Healthy("a film, and the page is left", _served(film)),
    Healthy("calls, answers and news", _served(answer_calls, call_and_go)),
    Healthy("idle behind nginx, with a heartbeat",
            at(lambda studio: studio.gateways.path("/short/"), talk=idle, ping_interval_s=2),
            quiet=True),
    Healthy("idle behind HAProxy, with a heartbeat",
            at(lambda studio: haproxy(studio, "short"), talk=idle, ping_interval_s=2), quiet=True),
]  # fmt: skip
