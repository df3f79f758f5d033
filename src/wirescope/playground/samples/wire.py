"""What the server sees of the connections that one run of a sample makes, while it makes them.

A run is a WebSocket that the page keeps open and the random name that it is given. The frame which
runs the code gets that name as a cookie, so that the browser shows it in each opening handshake of
the run; a call belongs to the run whose signaling it came by. Nobody learns of connections that are
not of a run of his own.
"""

import asyncio
import contextlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie

import msgspec

from wirescope.errors import ConnectionClosedError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    Emission,
    Event,
    EventSink,
    Full,
    WebSocketHandshake,
)
from wirescope.playground.samples.rows import Row, row_of
from wirescope.transports.websocket import Acceptance, WebSocketConnection

COOKIE = "wirescope-run"

MAX_RUNS = 16
MAX_ROWS = 2000
"""Rows that wait for one page; the oldest are left out and counted."""

AT_ONCE = 200
EVERY_S = 0.05
"""Seconds between two messages to the page."""

MAX_OPENINGS = 64
"""Connections that may turn out to be of a run."""

TRY_AGAIN_LATER = 1013


class Update(msgspec.Struct, frozen=True):
    """What the page is told.

    Attributes:
        run: the name of the run, in the first message only.
        rows: what happened, in its order.
        left_out: rows before these that nobody waited for.
    """

    run: str = ""
    rows: Sequence[Row] = ()
    left_out: int = 0


class Run:
    """One page that watches."""

    def __init__(self) -> None:
        self.name = secrets.token_urlsafe(16)
        self._began_ns: int | None = None
        self._rows: deque[Row] = deque()
        self._left_out = 0
        self._arrived = asyncio.Event()

    def take(self, event: Event) -> None:
        """Note an event of one of its connections."""
        if self._began_ns is None:
            self._began_ns = event.at_ns
        row = row_of(event, self._began_ns)
        if row is None:
            return
        if len(self._rows) == MAX_ROWS:
            self._rows.popleft()
            self._left_out += 1
        self._rows.append(row)
        self._arrived.set()

    async def next(self) -> Update:
        """Wait for rows, and give those that there are."""
        await self._arrived.wait()
        count = min(AT_ONCE, len(self._rows))
        rows, left_out = [self._rows.popleft() for _ in range(count)], self._left_out
        self._left_out = 0
        if not self._rows:
            self._arrived.clear()
        return Update(rows=rows, left_out=left_out)


class Wires:
    """The runs there are, and which connections are theirs.

    Args:
        sink: gets all events, whether they are of a run or not.
    """

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._runs: dict[str, Run] = {}
        self._of: dict[str, Run] = {}  # by connection
        self._openings: OrderedDict[str, ConnectionOpening] = OrderedDict()

    def has(self, name: str) -> bool:
        """Whether a run is there."""
        return name in self._runs

    def sink(self, emissions: Sequence[Emission]) -> Full | None:
        """Take events, and pass them on."""
        if self._runs:
            for each in emissions:
                if isinstance(each, Event):
                    self._note(each)
        return self._sink(emissions)

    def join(self, signaling: str, call: str) -> None:
        """Take note that a call came by a connection."""
        run = self._of.get(signaling)
        if run is not None:
            self._belongs(call, run)

    def _note(self, event: Event) -> None:
        run = self._of.get(event.connection)
        if run is not None:
            run.take(event)
            if isinstance(event, ConnectionClosed | ConnectionFailed):
                del self._of[event.connection]
        elif isinstance(event, ConnectionOpening):
            self._openings[event.connection] = event
            if len(self._openings) > MAX_OPENINGS:
                self._openings.popitem(last=False)
        elif isinstance(event, WebSocketHandshake):
            found = self._runs.get(_run_in(event.request))
            if found is not None and not event.request.startswith("GET /samples/"):
                self._belongs(event.connection, found)
                found.take(event)

    def _belongs(self, connection: str, run: Run) -> None:
        self._of[connection] = run
        opening = self._openings.pop(connection, None)
        if opening is not None:
            run.take(opening)

    # The page's socket

    def answer(self) -> Acceptance:
        """Let a page watch what a run of its own does."""
        return Acceptance(handler=self._handle)

    async def _handle(self, connection: WebSocketConnection) -> None:
        if len(self._runs) >= MAX_RUNS:
            await connection.close(TRY_AGAIN_LATER, f"there are {MAX_RUNS} runs already")
            return
        run = Run()
        self._runs[run.name] = run
        try:
            await connection.send(_text(Update(run=run.name)))
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(_tell(connection, run))
                async for _ in connection:  # the page says nothing; its end is waited for
                    pass
                telling.cancel()
        finally:
            del self._runs[run.name]
            self._of = {key: each for key, each in self._of.items() if each is not run}
            if not self._runs:
                self._openings.clear()


async def _tell(connection: WebSocketConnection, run: Run) -> None:
    with contextlib.suppress(ConnectionClosedError):
        while True:
            update = await run.next()
            await connection.send(_text(update))
            await asyncio.sleep(EVERY_S)


def _text(update: Update) -> str:
    return msgspec.json.encode(update).decode()


def _run_in(request: str) -> str:
    """Find the name of the run in the cookies of an opening handshake."""
    for line in request.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "cookie":
            try:
                morsel = SimpleCookie(value.strip()).get(COOKIE)
            except CookieError:
                continue
            if morsel is not None:
                return morsel.value
    return ""
