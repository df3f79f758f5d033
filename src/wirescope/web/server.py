"""The page's server: a socket on this machine, the gate, the application, uvicorn to carry them."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from wirescope.web.app import Handler, Live, make_app
from wirescope.web.beside import beside
from wirescope.web.failures import telling
from wirescope.web.gate import Gate
from wirescope.web.keys import Keys

LOOPBACK = "127.0.0.1"
"""The only address that is listened on."""

NAMES = (LOOPBACK, "localhost")
"""What a browser on this machine calls it."""

DEFAULT_PORT = 8642
PORTS_TRIED = 20

MAX_LIVE_MESSAGE = 64 * 1024
"""Bytes that the page may say at once on the live socket."""

START_TIMEOUT_S = 10.0

GRACE_S = 5
"""Seconds that open requests have to end when the server does."""


class PageServer:
    """A server that is listening.

    Attributes:
        port: where.
        url: the address without a key.
    """

    def __init__(self, port: int, gate: Gate) -> None:
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}/"
        self._gate = gate

    def new_address(self) -> str:
        """Return an address that opens the page in one browser, once."""
        return f"{self.url}?token={self._gate.new_token()}"


class _Uvicorn(uvicorn.Server):
    """Says when it is ready, and leaves signals alone: the command decides what they mean."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    def end(self) -> None:
        """Have it end."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(port: int | None) -> socket.socket:
    """Open the server's socket.

    Args:
        port: 0 is any free one; None is the usual one or, where that is taken, one of the next.

    Raises:
        OSError: the port cannot be had.
    """
    if port is not None:
        return _bound(port)
    for number in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        with contextlib.suppress(OSError):
            return _bound(number)
    return _bound(0)


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let others listen on the same port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


@asynccontextmanager
async def serve_page(
    listening: socket.socket,
    handlers: Mapping[str, Handler],
    live: Live,
    *,
    keys: Path | None = None,
) -> AsyncIterator[PageServer]:
    """Serve the page until the context ends; open requests have `GRACE_S` to end.

    Args:
        listening: the socket, as `listen` opens it; closed at the end.
        handlers: what does each operation.
        live: serves a live socket.
        keys: folder to keep browsers' keys in; None forgets them at the end.
    """
    port = listening.getsockname()[1]
    kept = Keys(port, None if keys is None else keys / f"page-{port}.json")
    hosts = frozenset(f"{name}:{port}" for name in NAMES)
    gate = Gate(make_app(handlers, live), hosts, kept)
    config = uvicorn.Config(
        telling(gate),
        loop="none",
        http="h11",
        ws="wsproto",
        ws_max_size=MAX_LIVE_MESSAGE,
        ws_per_message_deflate=False,  # within one machine it costs more than it saves
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Uvicorn(config)
    async with beside(server.serve([listening]), lambda _: server.end()):
        async with asyncio.timeout(START_TIMEOUT_S):
            await server.ready.wait()
        yield PageServer(port, gate)
