"""`wirescope` with one address that leads nowhere: what comes from it is made here.

A connection to `ws://feed.invalid/?rate=50000&seconds=60` receives so many events a second, frames
and the messages that they are, through the sink that a real connection would use. Everything but
the socket is as it is: the capture, the analysis, the page's server.
"""

import asyncio
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.capture_query import stream
from wirescope.clock import SystemClock
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionOpening,
    Emission,
    EventSink,
    Full,
    Timeline,
    WebSocketHandshake,
)
from wirescope.transports import websocket

HOST = "feed.invalid"
BATCH = 64
TICK_S = 0.002
TURN = 512

_connect = websocket.connect


class Feed:
    """A connection, as far as the workbench uses one."""

    def __init__(self, url: str, timeline: Timeline, sink: EventSink) -> None:
        asked = parse_qs(urlsplit(url).query)
        self._rate, self._seconds = int(asked["rate"][0]), int(asked["seconds"][0])
        self._timeline = timeline
        self._sink = sink
        self._over = asyncio.Event()
        self.closed: ConnectionClosed | None = None
        response = "HTTP/1.1 101 Switching Protocols\r\n\r\n"
        self._say(ConnectionOpening, url, "websocket")
        self._say(WebSocketHandshake, "GET / HTTP/1.1\r\n\r\n", response, 101, "", [])
        self._say(ConnectionOpened)

    def _say(self, kind: Any, *fields: object) -> Any:
        event = kind(self._timeline.next_seq(), self._timeline.now_ns(), "c1", *fields)
        self._sink([event])
        return event

    async def wait_closed(self) -> None:
        """Feed until everything was said, or somebody closes."""
        events = stream(self._timeline, self._rate * self._seconds)
        began_ns, made = SystemClock.monotonic_ns(), 0
        while not self._over.is_set():
            due = (SystemClock.monotonic_ns() - began_ns) / 1e9 * self._rate
            while made < due:
                batch: list[Emission] = list(islice(events, BATCH))
                if not batch:
                    self._over.set()
                    break
                made += len(batch)
                full = self._sink(batch)
                if full is not None:
                    await _done(full)
                if not made % TURN:  # a socket, too, lets others have their turn
                    await asyncio.sleep(0)
            await asyncio.sleep(TICK_S)
        clean = True
        self.closed = self._say(ConnectionClosed, 1000, "", "remote", clean, "close")

    async def close(self, _code: int | None = 1000, _reason: str = "") -> None:
        """Stop."""
        self._over.set()

    def drop(self) -> None:
        """Stop."""
        self._over.set()

    abort = drop


async def _done(full: Full) -> None:
    done = asyncio.Event()
    full.add_done_callback(lambda _: done.set())
    await done.wait()


async def connect(url: str, *, timeline: Timeline, sink: EventSink, **options: Any) -> Any:
    """Connect, or begin a feed."""
    if urlsplit(url).hostname == HOST:
        return Feed(url, timeline, sink)
    return await _connect(url, timeline=timeline, sink=sink, **options)


if __name__ == "__main__":
    websocket.connect = connect
    from wirescope.cli import main

    main()
