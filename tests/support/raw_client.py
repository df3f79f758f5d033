"""A client of a WebSocket server that sends exactly what a test tells it to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.support.linked import Peer

REQUEST = (
    ("Host", "{host}"),
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)


def request(url: str, path: str = "/", **changes: str | None) -> bytes:
    """Write an opening handshake; `changes` replace or drop fields, underscores for hyphens."""
    wanted = {name.replace("_", "-").lower(): value for name, value in changes.items()}
    lines = [f"GET {path} HTTP/1.1"]
    for name, value in REQUEST:
        chosen = wanted.pop(name.lower(), value)
        if chosen is not None:
            lines.append(f"{name}: {chosen.format(host=urlsplit(url).netloc)}")
    lines += [f"{name}: {value}" for name, value in wanted.items() if value is not None]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class RawClient(Peer):
    """A peer that is the client."""

    async def head(self) -> str:
        """Read the response's head."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await self.read(1)
        return head.decode("latin-1")

    async def status(self) -> int:
        """Read the response's head; its status."""
        return int((await self.head()).split(" ")[1])


@asynccontextmanager
async def dialed(url: str) -> AsyncIterator[RawClient]:
    """Connect to the server's port, no more."""
    address = urlsplit(url)
    sock = socket.socket()
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, (address.hostname or "", address.port or 0))
        yield RawClient(sock, masks=True)
    finally:
        sock.close()


@asynccontextmanager
async def upgraded(url: str, path: str = "/") -> AsyncIterator[RawClient]:
    """Connect and carry the opening handshake through."""
    async with dialed(url) as client:
        await client.write(request(url, path))
        assert await client.status() == 101
        yield client
