"""The test endpoints: a server that does on request what servers do, and what they must not.

Each endpoint is a path whose query says what it does; `/` lists them. The table is the one place
where they are registered: routes, the list at `/` and the reference page are made from it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from html import escape
from ssl import SSLContext

from wirescope.errors import HandshakeError, UsageError
from wirescope.events import EventSink, Timeline
from wirescope.ice_server import IceServer
from wirescope.playground.endpoints.conversing import BINARY, DEMO, ECHO, JSONRPC, SUBPROTOCOL
from wirescope.playground.endpoints.ending import CLOSE, IDLE, REJECT, SLOW
from wirescope.playground.endpoints.endpoint import Answer, Arguments, Endpoint, Parameter
from wirescope.playground.endpoints.illegal import ILLEGAL
from wirescope.playground.endpoints.pushing import BOMB, DEFLATE, FRAGMENTS, PING, PUSH
from wirescope.playground.endpoints.serving import Kept, Serving, open_serving
from wirescope.playground.endpoints.webrtc import (
    WEBRTC_ECHO,
    WHEP_PICTURE,
    WHEP_SINK,
    WHIP_SINK,
)
from wirescope.playground.samples import SAMPLES, Samples, Wires
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
    relay: IceServer | None = None,
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
        relay: the STUN and TURN server that peers behind the endpoints use, too.

    Raises:
        OSError: the address cannot be listened on.
    """
    own = f"[{host}]" if ":" in host else host
    options = ServerOptions(hosts=(*LOOPBACK_NAMES, own, *hosts), origins=origins)
    timeline = timeline or Timeline()
    wires = Wires(sink)
    run = partial(serve, host=host, ssl=ssl, options=options, timeline=timeline, sink=wires.sink)
    async with open_serving(
        timeline=timeline, sink=wires.sink, origins=origins, relay=relay
    ) as serving:
        serving.on_call = wires.join
        frames = Kept(serving, lambda: run(routes.frame_route))
        routes = Routes(serving, Samples(wires, frames))
        async with run(routes.route, port=port) as server:
            yield server


class Routes:
    """Which endpoint or page a request is for, and what it answers."""

    def __init__(self, serving: Serving, samples: Samples) -> None:
        self._samples = samples
        self._serving = serving
        self._by_path = {each.path: each for each in ENDPOINTS}
        self._begun: dict[str, Answer] = {}

    def route(self, request: Request) -> Acceptance | Refusal | Resource:
        """Answer a request to the server itself."""
        if request.path == "/" and not request.wants_websocket:
            return _index(request)
        return self._samples.answer(request) or self._endpoint(request)

    def frame_route(self, request: Request) -> Acceptance | Refusal | Resource:
        """Answer a request to the port of the samples' frames."""
        return self._samples.frame(request) or self._endpoint(request)

    def _endpoint(self, request: Request) -> Acceptance | Refusal | Resource:
        path = request.path
        endpoint = self._by_path.get(path)
        if endpoint is None:
            endpoint = self._by_path.get(path.rpartition("/")[0])
            if endpoint is None or not endpoint.is_http:
                paths = ", ".join(self._by_path)
                return _plain(404, f"There is no {path} here; there are {paths}.")
        if request.wants_websocket == endpoint.is_http:
            return _wrong_protocol(endpoint)
        try:
            return self._answer_of(endpoint)(Arguments(endpoint, request.query), request)
        except (UsageError, HandshakeError) as error:
            return _plain(400, error.message)

    def _answer_of(self, endpoint: Endpoint) -> Answer:
        """Give what answers at an endpoint; it begins with the first request."""
        if endpoint.path not in self._begun:
            self._begun[endpoint.path] = endpoint.begin(self._serving)
        return self._begun[endpoint.path]


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
        return _index_page(request)
    lines = []
    for endpoint in ENDPOINTS:
        lines += [f"{_shown(endpoint, request)}  {endpoint.summary}"]
        lines += [f"    {parameter}" for parameter in endpoint.parameters]
    return _plain(200, "\n".join(lines))


_INDEX_POLICY = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'"

_INDEX = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test endpoints - Wirescope</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/samples/files/sample.css">
<body>
<header><nav aria-label="Samples">{samples}</nav></header>
<main class="list">
<h1>Test endpoints</h1>
<p>What this server does on request. The samples above run in a page, where their code
can be changed.</p>
<dl>{rows}</dl>
</main>
"""


def _index_page(request: Request) -> Refusal:
    rows = "".join(
        f"<dt><code>{escape(_shown(each, request))}</code></dt><dd>{escape(each.summary)}"
        + "".join(
            "<span><code>{}</code> {}</span>".format(*map(escape, str(parameter).split("  ", 1)))
            for parameter in each.parameters
        )
        + "</dd>"
        for each in ENDPOINTS
    )
    samples = "".join(
        f'<a href="/samples/{name}">{escape(title)} sample</a>'
        for name, (title, _) in SAMPLES.items()
    )
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", _INDEX_POLICY),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Refusal(200, _INDEX.format(samples=samples, rows=rows).encode(), headers)


def _shown(endpoint: Endpoint, request: Request) -> str:
    """Write an endpoint for the list: that of a WebSocket by its path, another by its address."""
    if endpoint.scheme == "ws":
        return endpoint.path
    host = request.head.get("Host") or ""
    return endpoint.address(f"{'wss' if request.secure else 'ws'}://{host}")
