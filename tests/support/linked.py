"""A connection with a peer at its other end that does exactly what a test tells it to.

The two are joined by a real TCP connection on 127.0.0.1; the opening handshake is left out. The
peer reads frames with a few lines of its own, so that what is under test does not judge itself.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from wirescope.events import (
    ConnectionClosed,
    Emission,
    Timeline,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)
from wirescope.transports.websocket import Settings, WebSocketConnection
from wirescope.transports.websocket.journal import Journal
from wirescope.wire.websocket import DeflateParameters, build_header, frame_bytes

KEY = b"\x11\x22\x33\x44"


class Seen(NamedTuple):
    """A frame as it was on the wire."""

    first: int
    masked: bool
    payload: bytes

    @property
    def opcode(self) -> int:
        """The opcode's four bits."""
        return self.first & 0x0F


async def read_frame(read: Callable[[int], Any]) -> Seen:
    """Read a frame; `read` gives exactly so many bytes or raises EOFError."""
    first, second = await read(2)
    length = second & 0x7F
    if length > 125:
        length = int.from_bytes(await read(2 if length == 126 else 8), "big")
    key = await read(4) if second & 0x80 else bytes(4)
    payload = await read(length)
    mask = (key * (length // 4 + 1))[:length]
    plain = int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")
    return Seen(first, bool(second & 0x80), plain.to_bytes(length, "big"))


@dataclass
class Peer:
    """The other end of the TCP connection."""

    sock: socket.socket
    masks: bool
    _buffer: bytearray = field(default_factory=bytearray)

    def frame(self, opcode: int, payload: bytes = b"", **options: Any) -> bytes:
        """Build a frame, masked if this end is the client."""
        options.setdefault("masking_key", KEY if self.masks else None)
        length = options.pop("length", len(payload))
        return frame_bytes(build_header(opcode, length, **options), payload)

    async def send(self, opcode: int, payload: bytes = b"", **options: Any) -> None:
        """Send a frame."""
        await self.write(self.frame(opcode, payload, **options))

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def read(self, count: int) -> bytes:
        """Read exactly so many bytes; EOFError if the other end hangs up before."""
        while len(self._buffer) < count:
            data = await asyncio.get_running_loop().sock_recv(self.sock, 1 << 16)
            if not data:
                raise EOFError
            self._buffer += data
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def receive(self) -> Seen:
        """Read a frame."""
        return await read_frame(self.read)

    async def rest(self) -> bytes:
        """Read what comes until the other end hangs up."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionResetError):
            while data := await loop.sock_recv(self.sock, 1 << 16):
                self._buffer += data
        rest, self._buffer = bytes(self._buffer), bytearray()
        return rest

    async def last(self, data: bytes) -> None:
        """Send bytes and say that no more will come."""
        await self.write(data)
        self.sock.shutdown(socket.SHUT_WR)

    def hang_up(self) -> None:
        """Close: a FIN, or a RST if there are bytes unread."""
        self.sock.close()

    def reset(self) -> None:
        """Close with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    async def close(self, code: int | None = 1000, reason: bytes = b"") -> Seen:
        """Carry a closing handshake through that this end begins, and hang up."""
        await self.send(8, b"" if code is None else code.to_bytes(2, "big") + reason)
        answer = await self.receive()
        self.hang_up()
        return answer


class Log(list[Emission]):
    """What a connection emitted, in order; a sink that is never full."""

    def __call__(self, emissions: Sequence[Emission]) -> None:
        self.extend(emissions)

    def of(self, kind: type[Any], direction: str | None = None) -> list[Any]:
        """Pick the events of a type."""
        found = [each for each in self if isinstance(each, kind)]
        return [each for each in found if direction is None or each.direction == direction]

    def frames(self, direction: str = "received") -> list[WebSocketFrame]:
        """Pick the frames of a direction."""
        return self.of(WebSocketFrame, direction)

    def messages(self, direction: str = "received") -> list[WebSocketMessage]:
        """Pick the messages of a direction."""
        return self.of(WebSocketMessage, direction)

    def violations(self, direction: str = "received") -> list[tuple[str, str]]:
        """Pick clause and message of the violations of a direction."""
        return [(v.clause, v.message) for v in self.of(WebSocketViolation, direction)]

    @property
    def closed(self) -> ConnectionClosed:
        """The end; it has to be there once, and last."""
        (end,) = self.of(ConnectionClosed)
        assert self[-1] is end
        assert isinstance(end, ConnectionClosed)
        return end


def ended(closed: ConnectionClosed) -> tuple[int, str, str, bool, str]:
    """Make the end comparable."""
    return closed.code, closed.reason, closed.initiator, closed.clean, closed.cause


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something holds that nobody tells of; the test has a deadline."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


class _NotYet(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.pause_reading()  # type: ignore[attr-defined]


@dataclass
class Linked:
    """A connection, its peer and what it emitted."""

    connection: WebSocketConnection
    peer: Peer
    log: Log


def tcp_pair(buffer: int | None = None) -> tuple[socket.socket, socket.socket]:
    """Join two sockets over 127.0.0.1; `buffer` makes the kernel's buffers as small as it lets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if buffer is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        ours = socket.socket()
        if buffer is not None:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        ours.connect(listener.getsockname())
        theirs, _ = listener.accept()
    if buffer is not None:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
    for sock in (ours, theirs):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
    return ours, theirs


@asynccontextmanager
async def linked(
    role: Literal["client", "server"] = "client",
    *,
    deflate: DeflateParameters | None = None,
    leftover: bytes = b"",
    sink: Callable[[Sequence[Emission]], Any] | None = None,
    buffer: int | None = None,
    **settings: Any,
) -> AsyncIterator[Linked]:
    """Make a connection of that role; both ends are dropped when the context is left."""
    log = Log()
    timeline = Timeline()
    ours, theirs = tcp_pair(buffer)
    journal = Journal(timeline, log if sink is None else sink, timeline.new_connection())
    handshake = WebSocketHandshake(timeline.next_seq(), 0, "c1", "", "", 101, "", [])
    settings.setdefault("close_timeout_s", 5)
    connection = WebSocketConnection(
        journal,
        url="ws://127.0.0.1/",
        role=role,
        handshake=handshake,
        compression=deflate,
        settings=Settings(**settings),
    )
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(_NotYet, sock=ours)
    connection.start(transport, leftover)
    peer = Peer(theirs, masks=role == "server")
    try:
        yield Linked(connection, peer, log)
    finally:
        theirs.close()
        connection.abort()
        await connection.wait_closed()
