"""Both ends of an opening handshake: what a server answers, and how an attempt went."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.support.raw_server import Talk, header, read_head
from wirescope.errors import WirescopeError
from wirescope.events import Emission, Timeline
from wirescope.transports.websocket.establishing import Established, establish
from wirescope.transports.websocket.options import ConnectOptions
from wirescope.wire.websocket import accept_key, build_refusal


def upgrade(head: bytes, *lines: str) -> bytes:
    """Write the 101 that a request asks for, with more header lines."""
    own = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accept_key(header(head, 'Sec-WebSocket-Key'))}",
    )
    return "\r\n".join([*own, *lines, "", ""]).encode("latin-1")


@dataclass
class Upgrading:
    """A server's talk: it upgrades, then says `after` and waits; `heads` are the requests."""

    lines: tuple[str, ...] = ()
    before: bytes = b""
    after: bytes = b""
    heads: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        self.heads.append(head)
        writer.write(self.before + upgrade(head, *self.lines) + self.after)
        await reader.read()


@dataclass
class Answering:
    """A server's talk: each request gets the next answer, the last one again and again.

    After an answer the connection is closed, unless `hold` keeps it open.
    """

    answers: list[bytes]
    hold: bool = False
    heads: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await read_head(reader))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(answer)
        await writer.drain()
        if self.hold:
            await reader.read()
        else:
            writer.close()
            await writer.wait_closed()


def redirect(location: str, status: int = 302) -> bytes:
    """Write a redirect."""
    return build_refusal(status, headers=[("Location", location)])


def greeting(data: bytes) -> Talk:
    """Make a server's talk that says something at once and reads until the end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await reader.read()

    return talk


@dataclass
class Attempt:
    """How an attempt to connect went.

    Attributes:
        established: what came about, None when it failed.
        error: what it failed with.
        events: what was emitted, in order.
        read: what the transport gave to a protocol that took it over.
    """

    events: list[Any]
    established: Established | None = None
    error: WirescopeError | None = None

    @property
    def types(self) -> list[str]:
        """The types of the events; phases by their name."""
        return [getattr(each, "name", "") or each.type for each in self.events]

    def last(self, type_: str) -> Any:
        """Give the last event of a type."""
        return [each for each in self.events if each.type == type_][-1]


async def attempt(url: str, **options: Any) -> Attempt:
    """Try to establish a connection; what came about is dropped again."""
    events: list[Emission] = []
    result = Attempt(events)
    made = ConnectOptions(**({"open_timeout_s": 5, "compression": None} | options))
    try:
        result.established = await establish(
            url, options=made, timeline=Timeline(), sink=events.extend
        )
    except WirescopeError as error:
        result.error = error
    else:
        transport = result.established.transport
        lost = Lost()
        transport.set_protocol(lost)
        transport.abort()
        await lost.lost
    return result


class Lost(asyncio.Protocol):
    """Knows when its transport is gone."""

    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection."""
        self.lost.set_result(None)
