"""A WebSocket server on asyncio: accepts, checks, routes, hands established connections on.

What answers a request is decided by the `route` that the caller gives: an `Acceptance` with the
handler for the connection, or a `Refusal`. Before the route is asked, the request must name a host
that this server answers to and, if it comes from a page, an origin that may use it; that is what
keeps a page on the internet from talking to a server on the developer's machine.
"""

import asyncio
import contextlib
import ssl as tls
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from wirescope.errors import ConnectionClosedError
from wirescope.events import EventSink, Timeline
from wirescope.transports.secured import SecuredTransport
from wirescope.transports.websocket.accepting import Opening
from wirescope.transports.websocket.bodies import write_answer
from wirescope.transports.websocket.congestion import choose_congestion_control
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.gate import check_host, check_origin, shared_with
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.routing import (
    Acceptance,
    Handler,
    Refusal,
    Request,
    Resource,
    Route,
)
from wirescope.transports.websocket.settings import ServerOptions
from wirescope.wire.websocket import RequestHead, check_request

_GRACE_S = 1.0


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
        self._requests: set[asyncio.Transport] = set()

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

    def answer(
        self, head: RequestHead, *, local_address: str = ""
    ) -> Acceptance | Refusal | Resource:
        """Decide on a request: first the checks, then the route.

        `local_address` is the one that the client came to.
        """
        request = Request(head, self._secure)
        hosts, origins = self.options.hosts, self.options.origins
        if not request.wants_websocket:
            origins += shared_with(request.path, self.options.shared)
        barred = check_host(head, hosts, local_address) or check_origin(
            head, origins, secure=self._secure
        )
        if barred is not None:
            return Refusal(*barred)
        try:
            answer = self._route(request)
        except Exception as error:  # noqa: BLE001 one request's fault must not go unanswered
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A request could not be answered", "exception": error}
            )
            return Refusal(500, b"The server failed while it handled the request.\n")
        if isinstance(answer, Refusal):
            return answer
        if isinstance(answer, Resource):
            if len(self._requests) < self.options.max_requests:
                return answer
            retry = (("Retry-After", "1"),)
            return Refusal(503, b"The server has too many requests to answer.\n", retry)
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

    def begin_request(self, transport: asyncio.Transport) -> None:
        """Note a request to a resource."""
        self._requests.add(transport)

    def end_request(self, transport: asyncio.Transport) -> None:
        """Forget such a request: it was answered, or its client is gone."""
        self._requests.discard(transport)

    def respond(
        self, resource: Resource, head: RequestHead, body: bytes, write: Callable[[bytes], None]
    ) -> None:
        """Let a resource answer; `write` gets the answer as it goes out."""
        task = self._tasks.create_task(self._respond(resource, head, body, write))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _respond(
        self, resource: Resource, head: RequestHead, body: bytes, write: Callable[[bytes], None]
    ) -> None:
        try:
            async with asyncio.timeout(resource.answer_time_s):
                response = await resource.handler(Request(head, self._secure), body)
            raw = write_answer(head, response.status, response.headers, response.body)
        except TimeoutError:
            retry = (("Retry-After", "2"),)
            raw = write_answer(head, 503, retry, b"No answer came about in time.\n")
        except Exception as error:  # noqa: BLE001 one request's fault must not end the others
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A request could not be answered", "exception": error}
            )
            raw = write_answer(head, 500, (), b"The server failed while it handled the request.\n")
        write(raw)

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
        UsageError: the congestion control cannot be chosen.
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
            return Opening(server) if ssl is None else server.secured(Opening(server), ssl)

        failure: Exception | None = None
        listener: asyncio.Server | None = None
        # An error is raised again below, so that it does not come out as a group of one.
        try:
            if unix_socket is not None:
                listener = await loop.create_unix_server(accept, str(unix_socket), backlog=1024)
                server.url = f"ws+unix:{unix_socket}"
            else:
                listener = await loop.create_server(accept, host, port, backlog=1024)
                if server.options.congestion_control is not None:
                    for each in listener.sockets:
                        choose_congestion_control(each, server.options.congestion_control)
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


def _only_says_closed(error: BaseException) -> bool:
    """Whether an error, or each of a group, says that the connection is closed."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(ConnectionClosedError)[1] is None
    return isinstance(error, ConnectionClosedError)
