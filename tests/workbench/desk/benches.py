"""A desk with a server of test endpoints beside it, and captures that are made as a test needs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from wirescope.capture import CaptureWriter, intake
from wirescope.clock import SystemClock
from wirescope.events import (
    PING,
    PONG,
    AnyEvent,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionOpening,
    Direction,
    Statistics,
    Timeline,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.playground import serve_endpoints
from wirescope.workbench.desk import Desk, SessionState, View
from wirescope.workbench.workspace import Endpoint, History, Resolver

MS = 1_000_000
SECOND = 1_000_000_000


def resolvers_with(**variables: str) -> Callable[[], Resolver]:
    """Make resolvers of these variables."""
    return lambda: Resolver(variables, clock=SystemClock(), random=Random(1))


resolvers = resolvers_with()


@dataclass
class Bench:
    """A desk and the address of the test endpoints."""

    desk: Desk
    base: str
    folder: Path

    async def open(self, path: str = "/echo", **fields: object) -> SessionState:
        """Connect to a test endpoint and wait until that has succeeded or failed."""
        endpoint = Endpoint(url=self.base + path, **fields)
        opened = await self.desk.open_session(endpoint, resolvers=resolvers)
        await self.reach(opened.id, "open", "closed", "failed")
        return self.state(opened.id)

    def state(self, session: str) -> SessionState:
        """Say how a session is."""
        return self.desk.session(session).state()

    async def reach(self, session: str, *phases: str) -> SessionState:
        """Wait until a session is in one of these phases."""
        await until(lambda: self.state(session).phase in phases)
        return self.state(session)

    def view(self, state: SessionState) -> View:
        """Look at all messages that a session has recorded, unfolded."""
        return View(capture=state.capture, fold=False)

    async def run(self, *command: str) -> str:
        """Run a program beside the desk; what it prints."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def saved(self, session: str) -> None:
        """Wait until everything that has passed is in the capture."""
        found = self.desk.session(session)
        assert found.writer is not None
        await found.writer.wait_saved(found.tally.last_seq)

    async def over(self, session: str) -> SessionState:
        """Wait until a session has ended and everything is saved."""
        await until(lambda: self.desk.session(session).is_over)
        return self.state(session)


@asynccontextmanager
async def bench(folder: Path, **options: object) -> AsyncIterator[Bench]:
    """Give a desk beside the test endpoints."""
    async with serve_endpoints() as server, desk_in(folder, **options) as desk:
        yield Bench(desk, server.url.rstrip("/"), folder / "captures")


def desk_in(folder: Path, **options: object) -> Desk:
    """Give a desk with the captures of a folder."""
    return Desk(History(folder), **options)


async def until(condition: Callable[[], bool]) -> None:
    """Let everything else go on until it is so; the test's own deadline bounds it."""
    while not condition():  # noqa: ASYNC110 -- what is waited for comes from threads and sockets
        await asyncio.sleep(0.002)


class Maker:
    """Makes events that follow each other, for a capture that is exactly so."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.events: list[AnyEvent] = []
        self.at_ns = 0

    def opened(self, connection: str = "c1", *, subprotocol: str = "") -> None:
        """Open a connection."""
        self._add(ConnectionOpening, connection, "ws://feed.test/", "websocket")
        request = "GET / HTTP/1.1\r\nHost: feed.test\r\nOrigin: https://own.test\r\n\r\n"
        response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
        self._add(WebSocketHandshake, connection, request, response, 101, subprotocol, [])
        self._add(ConnectionOpened, connection)

    def closed(self, connection: str = "c1", code: int = 1000) -> None:
        """Close it."""
        self._add(ConnectionClosed, connection, code, "", "remote", True, "close")

    def message(
        self,
        payload: str | bytes,
        direction: Direction = "received",
        *,
        after_ns: int = MS,
        connection: str = "c1",
    ) -> int:
        """Add a message in one frame; its number."""
        data = payload.encode() if isinstance(payload, str) else payload
        kind, first = ("text", 0x81) if isinstance(payload, str) else ("binary", 0x82)
        self.at_ns += after_ns
        header = _header(first, len(data), masked=direction == "sent")
        frame = self._add(WebSocketFrame, connection, direction, header, data, 0)
        wire = len(header) + len(data)
        values = (direction, kind, len(data), wire, False, (frame,), data)
        return self._add(WebSocketMessage, connection, *values)

    def ping(self, payload: bytes = b"", *, after_ns: int = 20 * SECOND) -> int:
        """Add a ping of this end; its number."""
        self.at_ns += after_ns
        header = _header(0x80 | PING, len(payload), masked=True)
        return self._add(WebSocketFrame, "c1", "sent", header, payload, 0)

    def pong(self, payload: bytes = b"", *, after_ns: int = MS) -> int:
        """Add a pong of the peer; its number."""
        self.at_ns += after_ns
        header = _header(0x80 | PONG, len(payload), masked=False)
        return self._add(WebSocketFrame, "c1", "received", header, payload, 0)

    def _add(self, kind: type[AnyEvent], connection: str, *values: object) -> int:
        seq = self.timeline.next_seq()
        self.events.append(kind(seq, self.at_ns, connection, *values))
        return seq

    def save(self, folder: Path, name: str = "made", *, block: int = 4096) -> View:
        """Write a capture in blocks of so many events; a view of it: messages, unfolded.

        Args:
            folder: of the workspace.
            name: the capture's id.
            block: events of a block.
        """
        captures = folder / "captures"
        captures.mkdir(parents=True, exist_ok=True)
        before, intake.BLOCK_EVENTS = intake.BLOCK_EVENTS, block
        try:
            path = captures / f"{name}.wirescope"
            with CaptureWriter.create(path, timeline=self.timeline) as writer:
                writer(self.events)
        finally:
            intake.BLOCK_EVENTS = before
        return View(capture=name, fold=False)


class PeerMaker(Maker):
    """Makes the events of WebRTC connections, for a capture that is exactly so."""

    def add(
        self, kind: type[AnyEvent], *values: object, after_ns: int = 0, connection: str = "c1"
    ) -> int:
        """Add an event; its number."""
        self.at_ns += after_ns
        return self._add(kind, connection, *values)

    def begin(self) -> None:
        """Begin a connection."""
        self.add(ConnectionOpening, "whep+https://sfu.test/", "webrtc")

    def sample(
        self, object_: str, id_: str = "x", *, after_ns: int = SECOND, **values: object
    ) -> None:
        """Add what an object says in a sample."""
        self.add(Statistics, object_, id_, values, after_ns=after_ns)


def _header(first: int, length: int, *, masked: bool) -> bytes:
    mask = 0x80 if masked else 0
    short = (
        bytes((first, mask | length))
        if length < 126
        else bytes((first, mask | 126)) + (length.to_bytes(2, "big"))
    )
    return short + (bytes(4) if masked else b"")
