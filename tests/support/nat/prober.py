"""A program with plain sockets of UDP and TCP, for a namespace of its own.

It is told what to do a line of JSON at a time, and answers in the same order; datagrams that come
in are lines between. `truth.Prober` speaks to it. Nothing of Wirescope is imported, so that it
starts at once.
"""

import asyncio
import json
import sys
from functools import partial
from typing import Any

CONNECT_S = 0.5


def say(**what: Any) -> None:
    """Say something."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Socket(asyncio.DatagramProtocol):
    """One socket of UDP."""

    def __init__(self, name: str) -> None:
        self._name = name

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        say(got=data.decode("latin-1"), at=self._name, source=addr[:2])

    def error_received(self, _: Exception) -> None:
        """Take no note of what ICMP says; that nothing comes is told by what comes after it."""


async def serve() -> None:
    """Do what standard input says until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    sockets: dict[str, asyncio.DatagramTransport] = {}
    servers = []
    while line := await reader.readline():
        told = json.loads(line)
        match told.pop("do"):
            case "open":
                name, at = told["name"], tuple(told["at"])
                made = await loop.create_datagram_endpoint(partial(Socket, name), at)
                sockets[name] = made[0]
                say(answer=made[0].get_extra_info("sockname")[:2])
            case "send":
                sockets[told["name"]].sendto(told["text"].encode("latin-1"), tuple(told["to"]))
                say(answer=None)
            case "listen":
                servers.append(await asyncio.start_server(lambda _, w: w.close(), *told["at"]))
                say(answer=None)
            case "connect":
                say(answer=await connects(told["to"]))


async def connects(to: list[Any]) -> bool:
    """Whether somebody takes a connection of TCP within half a second."""
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(*to)
    except OSError:  # which a time-out is, too
        return False
    writer.close()
    return True


if __name__ == "__main__":
    asyncio.run(serve())
