"""Conversations with servers that are not ours in which nothing is wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.server import serve

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
    Healthy("idle behind nginx, with a heartbeat",
            at(lambda studio: studio.gateways.path("/short/"), talk=idle, ping_interval_s=2),
            quiet=True),
    Healthy("idle behind HAProxy, with a heartbeat",
            at(lambda studio: haproxy(studio, "short"), talk=idle, ping_interval_s=2), quiet=True),
]  # fmt: skip
