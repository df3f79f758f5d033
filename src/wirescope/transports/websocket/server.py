"""A WebSocket server on asyncio: accepts, checks, routes, hands established connections on.

What answers a request is decided by the `route` that the caller gives: an `Acceptance` with the
handler for the connection, or a `Refusal`. Before the route is asked, the request must name a host
that this server answers to and, if it comes from a page, an origin that may use it; that is what
keeps a page on the internet from talking to a server on the developer's machine.
"""

import asyncio
import contextlib
import ssl as tls
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import parse_qsl

from wirescope.errors import ConnectionClosedError, HandshakeError
from wirescope.events import (
    ConnectionFailed,
    ConnectionOpening,
    EventSink,
    Timeline,
    WebSocketHandshake,
)
from wirescope.transports.websocket.agreement import agree_on_compression, choose_subprotocol
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.gate import check_host, check_origin
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.secured import SecuredTransport
from wirescope.transports.websocket.settings import Settings
from wirescope.wire.websocket import (
    DeflateParameters,
    HeadReader,
    HeadTooLargeError,
    RequestHead,
    build_refusal,
    build_response,
    check_request,
    parse_request,
)

_GRACE_S = 1.0

Handler = Callable[[WebSocketConnection], Awaitable[None]]

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

_DEFLATE = DeflateParameters()
_SETTINGS = Settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How a server behaves.

    Attributes:
        hosts: the names that requests may address it by, without port, beside the numeric address
            that they came to; others get 403.
        origins: the origins that pages may come from, beside the server's own; "*" is any.
        subprotocols: those it speaks, the preferred one first.
        compression: the parameters of permessage-deflate that it prefers; None declines it.
        settings: the behaviour of its connections.
        head_timeout_s: how long a client may take for its request.
        max_connections: connections at a time; more are refused with 503.
    """

    hosts: tuple[str, ...] = LOOPBACK_NAMES
    origins: tuple[str, ...] = ()
    subprotocols: tuple[str, ...] = ()
    compression: DeflateParameters | None = _DEFLATE
    settings: Settings = _SETTINGS
    head_timeout_s: float = 10
    max_connections: int = 10_000


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for.

    Attributes:
        head: the request's head as it came.
        secure: whether it came over TLS.
    """

    head: RequestHead
    secure: bool

    @property
    def path(self) -> str:
        """The path of the request target, without its query."""
        path = self.head.target.partition("?")[0]
        # RFC 9112 section 3.2.2: a target may be a whole URL, too
        scheme, separator, rest = path.partition("://")
        return f"/{rest.partition('/')[2]}" if separator and scheme.isalpha() else path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of repeated ones the last counts."""
        query = self.head.target.partition("?")[2]
        return dict(parse_qsl(query, keep_blank_values=True))

    @property
    def wants_websocket(self) -> bool:
        """Whether it is an opening handshake at all, or plain HTTP."""
        upgrades = [value.lower() for value in self.head.get_list("Upgrade")]
        return "websocket" in upgrades


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The answer 101, and what happens then.

    Attributes:
        handler: gets the established connection, which is closed when it returns.
        subprotocol: the one to choose, "" for none; None chooses from the server's own.
        compression: the preferred parameters of permessage-deflate, None to decline it.
        headers: header fields to add.
        settings: the connection's behaviour; None takes the server's own.
    """

    handler: Handler
    subprotocol: str | None = None
    compression: DeflateParameters | Literal["default"] | None = "default"
    headers: tuple[tuple[str, str], ...] = ()
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Any other answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Route = Callable[[Request], Acceptance | Refusal]


class Server:
    """A running server; made by `serve`.

    Attributes:
        url: where it listens, as `ws://127.0.0.1:8080`.
    """

    def __init__(
        self,
        route: Route,
        *,
        options: ServerOptions,
        timeline: Timeline,
        sink: EventSink,
        secure: bool,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.url = ""
        self.options = options
        self._route = route
        self._timeline = timeline
        self._sink = sink
        self._secure = secure
        self._tasks = tasks
        self._connections: set[WebSocketConnection] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._openings: set[asyncio.Transport] = set()

    def secured(self, protocol: asyncio.Protocol, context: tls.SSLContext) -> SecuredTransport:
        """Put TLS before a protocol."""
        transport = SecuredTransport(
            protocol,
            context,
            server_side=True,
            handshake_timeout_s=self.options.head_timeout_s,
            shutdown_timeout_s=self.options.settings.close_timeout_s,
        )

        def forget(established: asyncio.Future[None]) -> None:
            if established.exception() is not None:
                self.end(transport)

        self.begin(transport)
        transport.established.add_done_callback(forget)
        return transport

    def begin(self, transport: asyncio.Transport) -> None:
        """Note a client that has not been answered yet."""
        self._openings.add(transport)

    def end(self, transport: asyncio.Transport) -> None:
        """Forget such a client: it was answered, or it is gone."""
        self._openings.discard(transport)

    def journal(self) -> Journal:
        """Make the journal of a new connection."""
        return Journal(self._timeline, self._sink, self._timeline.new_connection())

    @property
    def full(self) -> bool:
        """Whether it has as many connections as it may have."""
        return len(self._connections) >= self.options.max_connections

    def answer(self, head: RequestHead, *, local_address: str = "") -> Acceptance | Refusal:
        """Decide on a request: first the checks, then the route.

        `local_address` is the one that the client came to.
        """
        hosts, origins = self.options.hosts, self.options.origins
        barred = check_host(head, hosts, local_address) or check_origin(
            head, origins, secure=self._secure
        )
        if barred is not None:
            return Refusal(*barred)
        request = Request(head, self._secure)
        try:
            answer = self._route(request)
        except Exception as error:  # noqa: BLE001 one request's fault must not go unanswered
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A request could not be answered", "exception": error}
            )
            return Refusal(500, b"The server failed while it handled the request.\n")
        if isinstance(answer, Refusal):
            return answer
        for problem in check_request(head):
            if problem.fatal:
                return Refusal(problem.status, f"{problem.message}\n".encode(), problem.headers)
        if self.full:
            return Refusal(503, b"The server has no room for another connection.\n")
        return answer

    def run(self, connection: WebSocketConnection, handler: Handler) -> None:
        """Let a handler have an established connection; it is closed when the handler returns."""
        self._connections.add(connection)
        task = self._tasks.create_task(self._handle(connection, handler))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _handle(self, connection: WebSocketConnection, handler: Handler) -> None:
        try:
            await handler(connection)
            await connection.close()
        except Exception as error:  # noqa: BLE001 one handler's fault must not end the others
            if _only_says_closed(error):
                await connection.wait_closed()
                return
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A connection's handler failed", "exception": error}
            )
            await connection.close(1011, "The handler failed.")
        finally:
            connection.abort()
            self._connections.discard(connection)

    async def close(self) -> None:
        """Close every connection with 1001 and wait for the handlers, within the close time-out."""
        timeout_s = self.options.settings.close_timeout_s
        for transport in list(self._openings):
            transport.abort()
        with contextlib.suppress(TimeoutError):
            # The connections keep to their own time-outs, unless their events cannot be kept.
            async with asyncio.timeout(timeout_s + _GRACE_S), asyncio.TaskGroup() as group:
                for connection in list(self._connections):
                    group.create_task(connection.close(1001, "The server goes down."))
        if self._running:
            await asyncio.wait(self._running, timeout=timeout_s)
        for task in self._running:
            task.cancel()


@contextlib.asynccontextmanager
async def serve(
    route: Route,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl: tls.SSLContext | None = None,
    unix_socket: Path | None = None,
    options: ServerOptions | None = None,
    timeline: Timeline | None = None,
    sink: EventSink = lambda _: None,
) -> AsyncIterator[Server]:
    """Run a server while the context lasts.

    Args:
        route: answers requests.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        ssl: makes it a TLS server.
        unix_socket: listen there instead.
        options: see `ServerOptions`.
        timeline: numbers the events; None begins one.
        sink: takes the events of all connections.

    Raises:
        OSError: the address cannot be listened on.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        server = Server(
            route,
            options=options or ServerOptions(),
            timeline=timeline or Timeline(),
            sink=sink,
            secure=ssl is not None,
            tasks=tasks,
        )

        def accept() -> asyncio.Protocol:
            return _Opening(server) if ssl is None else server.secured(_Opening(server), ssl)

        failure: Exception | None = None
        listener: asyncio.Server | None = None
        # An error is raised again below, so that it does not come out as a group of one.
        try:
            if unix_socket is not None:
                listener = await loop.create_unix_server(accept, str(unix_socket), backlog=1024)
                server.url = f"ws+unix:{unix_socket}"
            else:
                listener = await loop.create_server(accept, host, port, backlog=1024)
                bound = listener.sockets[0].getsockname()[1]
                shown = f"[{host}]" if ":" in host else host
                server.url = f"{'wss' if ssl else 'ws'}://{shown}:{bound}"
            yield server
        except Exception as error:  # noqa: BLE001
            failure = error
        finally:
            if listener is not None:
                listener.close()
            await server.close()
    if failure is not None:
        raise failure


class _Opening(asyncio.Protocol):
    """A connection until its opening handshake is answered."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reader = HeadReader(kind="request")
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.Transport", transport)
        self._server.begin(self._transport)
        self._deadline = asyncio.get_running_loop().call_later(
            self._server.options.head_timeout_s, self._transport.abort
        )

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        if self._transport is not None:
            self._server.end(self._transport)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        try:
            raw = self._reader.feed(data)
            if raw is None:
                return
            head = parse_request(raw)
        except HandshakeError as error:
            status = 431 if isinstance(error, HeadTooLargeError) else 400
            self._refuse(Refusal(status, f"{error.message}\n".encode()), None)
            return
        self._transport.pause_reading()
        name = self._transport.get_extra_info("sockname")
        answer = self._server.answer(head, local_address=name[0] if isinstance(name, tuple) else "")
        if isinstance(answer, Refusal):
            self._refuse(answer, head)
        else:
            self._accept(answer, head)

    def _refuse(self, refusal: Refusal, head: RequestHead | None) -> None:
        assert self._transport is not None
        response = build_refusal(refusal.status, headers=refusal.headers, body=refusal.body)
        self._transport.write(response)
        self._transport.close()
        if head is None or not Request(head, secure=False).wants_websocket:
            return
        journal = self._server.journal()
        self._note_handshake(journal, head, response, refusal.status, "", [])
        journal.emit(
            ConnectionFailed(
                journal.next_seq(),
                journal.now_ns(),
                journal.connection,
                "upgrade",
                "status",
                f"This server refused the opening handshake with {refusal.status}.",
                "",
                refusal.status,
                refusal.body,
            )
        )

    def _note_handshake(
        self,
        journal: Journal,
        head: RequestHead,
        response: bytes,
        status: int,
        subprotocol: str,
        extensions: list[str],
    ) -> WebSocketHandshake:
        url = f"{self._server.url}{head.target}"
        journal.emit(
            ConnectionOpening(
                journal.next_seq(), journal.now_ns(), journal.connection, url, "websocket"
            )
        )
        handshake = WebSocketHandshake(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            head.text,
            response.partition(b"\r\n\r\n")[0].decode("latin-1") + "\r\n\r\n",
            status,
            subprotocol,
            extensions,
        )
        journal.emit(handshake)
        return handshake

    def _accept(self, acceptance: Acceptance, head: RequestHead) -> None:
        assert self._transport is not None
        assert self._deadline is not None
        self._deadline.cancel()
        options = self._server.options
        subprotocol = acceptance.subprotocol
        if subprotocol is None:
            subprotocol = choose_subprotocol(head, options.subprotocols)
        own = acceptance.compression
        own = options.compression if own == "default" else own
        agreed, agreement = agree_on_compression(head, own)
        extensions = [agreement] if agreement else []
        response = build_response(
            head.get("Sec-WebSocket-Key") or "",
            subprotocol=subprotocol or None,
            extensions=agreement or None,
            headers=acceptance.headers,
        )
        journal = self._server.journal()
        handshake = self._note_handshake(journal, head, response, 101, subprotocol, extensions)
        connection = WebSocketConnection(
            journal,
            url=f"{self._server.url}{head.target}",
            role="server",
            handshake=handshake,
            compression=agreed,
            settings=acceptance.settings or options.settings,
        )
        self._server.end(self._transport)
        self._transport.write(response)
        connection.start(self._transport, self._reader.leftover)
        self._server.run(connection, acceptance.handler)


def _only_says_closed(error: BaseException) -> bool:
    """Whether an error, or each of a group, says that the connection is closed."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(ConnectionClosedError)[1] is None
    return isinstance(error, ConnectionClosedError)
