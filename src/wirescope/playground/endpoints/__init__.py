"""The test endpoints: a server that does on request what servers do, and what they must not.

Each endpoint is a path whose query says what it does; `/` lists them. The table is the one place
where they are registered: routes, the list at `/` and the reference page are made from it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from ssl import SSLContext

from wirescope.errors import HandshakeError, UsageError
from wirescope.events import EventSink, Timeline
from wirescope.playground.endpoints.calling import WEBRTC_ECHO
from wirescope.playground.endpoints.conversing import BINARY, DEMO, ECHO, JSONRPC, SUBPROTOCOL
from wirescope.playground.endpoints.ending import CLOSE, IDLE, REJECT, SLOW
from wirescope.playground.endpoints.endpoint import Arguments, Endpoint, Parameter
from wirescope.playground.endpoints.forwarding import WHEP_SINK, WHIP_SINK
from wirescope.playground.endpoints.illegal import ILLEGAL
from wirescope.playground.endpoints.picture import WHEP_PICTURE
from wirescope.playground.endpoints.pushing import BOMB, DEFLATE, FRAGMENTS, PING, PUSH
from wirescope.playground.endpoints.serving import Serving, open_serving
from wirescope.transports.websocket import (
    LOOPBACK_NAMES,
    Acceptance,
    Refusal,
    Request,
    Resource,
    Server,
    ServerOptions,
    serve,
)

__all__ = ["ENDPOINTS", "Endpoint", "Parameter", "serve_endpoints"]

ENDPOINTS: tuple[Endpoint, ...] = (
    ECHO,
    PUSH,
    FRAGMENTS,
    PING,
    CLOSE,
    SLOW,
    DEFLATE,
    IDLE,
    REJECT,
    SUBPROTOCOL,
    JSONRPC,
    ILLEGAL,
    BOMB,
    BINARY,
    DEMO,
    WEBRTC_ECHO,
    WHIP_SINK,
    WHEP_SINK,
    WHEP_PICTURE,
)


@asynccontextmanager
async def serve_endpoints(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl: SSLContext | None = None,
    hosts: tuple[str, ...] = (),
    origins: tuple[str, ...] = (),
    timeline: Timeline | None = None,
    sink: EventSink = lambda _: None,
) -> AsyncIterator[Server]:
    """Serve the test endpoints while the context lasts.

    Args:
        host: the address to listen on.
        port: 0 takes a free one.
        ssl: serves TLS.
        hosts: further names that requests may use in Host.
        origins: further origins whose pages may use the endpoints.
        timeline: numbers the events.
        sink: takes the events of all connections.

    Raises:
        OSError: the address cannot be listened on.
    """
    own = f"[{host}]" if ":" in host else host
    options = ServerOptions(hosts=(*LOOPBACK_NAMES, own, *hosts), origins=origins)
    timeline = timeline or Timeline()
    async with (
        open_serving(timeline=timeline, sink=sink, origins=origins) as serving,
        serve(
            Routes(serving).route,
            host=host,
            port=port,
            ssl=ssl,
            options=options,
            timeline=timeline,
            sink=sink,
        ) as server,
    ):
        yield server


class Routes:
    """Which endpoint a request is for, and what it answers."""

    def __init__(self, serving: Serving) -> None:
        self._by_path = {each.path: (each, each.begin(serving)) for each in ENDPOINTS}

    def route(self, request: Request) -> Acceptance | Refusal | Resource:
        """Answer a request."""
        path = request.path
        found = self._by_path.get(path)
        if found is None:
            if path == "/" and not request.wants_websocket:
                return _index(request)
            found = self._by_path.get(path.rpartition("/")[0])
            if found is None or not found[0].is_http:
                paths = ", ".join(self._by_path)
                return _plain(404, f"There is no {path} here; there are {paths}.")
        endpoint, answer = found
        if request.wants_websocket == endpoint.is_http:
            return _wrong_protocol(endpoint)
        try:
            return answer(Arguments(endpoint, request.query), request)
        except (UsageError, HandshakeError) as error:
            return _plain(400, error.message)


def _wrong_protocol(endpoint: Endpoint) -> Refusal:
    if endpoint.is_http:
        return _plain(400, f"{endpoint.path} is no WebSocket. {endpoint.summary}")
    lines = [endpoint.summary, *(f"  {each}" for each in endpoint.parameters)]
    headers = (("Upgrade", "websocket"), ("Content-Type", "text/plain; charset=utf-8"))
    return Refusal(426, "\n".join([*lines, ""]).encode(), headers)


def _plain(status: int, text: str) -> Refusal:
    return Refusal(status, f"{text}\n".encode(), (("Content-Type", "text/plain; charset=utf-8"),))


def _index(request: Request) -> Refusal:
    if "text/html" in (request.head.get("Accept") or ""):
        rows = "".join(
            f"<dt><code>{escape(_shown(each, request))}</code></dt><dd>{escape(each.summary)}<br>"
            + "<br>".join(f"<code>{escape(str(parameter))}</code>" for parameter in each.parameters)
            + "</dd>"
            for each in ENDPOINTS
        )
        page = f"<!doctype html><title>Test endpoints</title><h1>Test endpoints</h1><dl>{rows}</dl>"
        headers = (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        )
        return Refusal(200, page.encode(), headers)
    lines = []
    for endpoint in ENDPOINTS:
        lines += [f"{_shown(endpoint, request)}  {endpoint.summary}"]
        lines += [f"    {parameter}" for parameter in endpoint.parameters]
    return _plain(200, "\n".join(lines))


def _shown(endpoint: Endpoint, request: Request) -> str:
    """Write an endpoint for the list: that of a WebSocket by its path, another by its address."""
    if endpoint.scheme == "ws":
        return endpoint.path
    host = request.head.get("Host") or ""
    return endpoint.address(f"{'wss' if request.secure else 'ws'}://{host}")
