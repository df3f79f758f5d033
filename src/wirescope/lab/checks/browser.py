"""The same page in a real browser, with no plug-in: a WebSocket, and a data channel signaled by it.

The page comes from a server of this process on 127.0.0.1, opens a WebSocket to it, sends text and
binary, calls the peer behind it and does the same on a data channel. What it saw it posts back.
Chromium is the user's own; nothing is downloaded, and nothing is left of it.
"""

import asyncio
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

import msgspec

from wirescope.errors import LabError, UsageError
from wirescope.events import Timeline
from wirescope.lab.checks.chromium import chromium, find_chromium
from wirescope.lab.checks.deadlines import LIMIT_S, within
from wirescope.lab.checks.pairs import NO_ENGINE, echoing, forget, quiet_options
from wirescope.lab.results import Row
from wirescope.transports.webrtc import is_there, make_ready, negotiate, open_peer
from wirescope.transports.webrtc.signaling import JsonAdapter, MessageSignaling
from wirescope.transports.websocket import (
    Acceptance,
    Refusal,
    Request,
    Resource,
    Response,
    ServerOptions,
    Settings,
    WebSocketConnection,
    serve,
)

ASPECT = "Browser integration"

NO_BROWSER = "Not tried: no browser was found. Install Chromium or Chrome so that it is on PATH."

CALL = "call"
"""The text after which what the page sends is signaling."""


class Conversed(msgspec.Struct, frozen=True):
    """What the page saw of one connection.

    Attributes:
        sent: messages, text and binary in turn.
        intact: those that came back as they were.
        setup_ms: until it was open.
        round_trip_ms: the median.
    """

    sent: int
    intact: int
    setup_ms: float
    round_trip_ms: float


class Report(msgspec.Struct, frozen=True):
    """What the page reports.

    Attributes:
        version: of the browser, by its own words.
        websocket: None where it did not come to that.
        channel: the same of the data channel.
        failed: what went wrong; empty where nothing did.
    """

    version: str
    websocket: Conversed | None
    channel: Conversed | None
    failed: str


async def browser() -> Row:
    """Run the page in a browser, if there is one.

    Raises:
        LabError: the browser ended, or the page failed or did not report in time.
        WirescopeError: there was no room for the server.
    """
    path = find_chromium()
    if path is None:
        return Row(
            aspect=ASPECT,
            websocket=NO_BROWSER,
            webrtc=NO_BROWSER,
            evidence="Programs of this machine.",
        )
    async with within(LIMIT_S, ASPECT):
        if is_there():
            await make_ready()
        report, agent = await _run(path)
    if report.failed or report.websocket is None:
        raise LabError(f"The page in {path} failed: {report.failed or 'no WebSocket'}.")
    channel = report.channel
    return Row(
        aspect=ASPECT,
        websocket=f"{report.version}, nothing added: {words('WebSocket', report.websocket)}",
        webrtc=(
            NO_ENGINE
            if channel is None
            else f"{report.version}, nothing added: {words('RTCPeerConnection', channel)}"
        ),
        evidence=f"One page of 127.0.0.1 in {path}, a new profile, headless; {agent}",
    )


def words(name: str, conversed: Conversed) -> str:
    """Say what the page saw of a connection."""
    return (
        f"{name} open after {conversed.setup_ms:.0f} ms, {conversed.intact} of {conversed.sent}"
        f" messages (text, binary) back intact, round trip {conversed.round_trip_ms:.1f} ms."
    )


async def _run(path: str) -> tuple[Report, str]:
    site = Site()
    options = ServerOptions(settings=Settings(close_timeout_s=1))
    try:
        async with serve(site.route, options=options) as server:
            url = server.url.replace("ws:", "http:") + ("/?channel" if is_there() else "/")
            async with chromium(path, url) as ended:
                ends: tuple[asyncio.Future[Any], ...] = (ended, site.reported)
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                if not site.reported.done():
                    raise LabError(ended.result())
                return site.reported.result()
    except OSError as error:
        raise UsageError(f"No page can be served on 127.0.0.1: {error.strerror}.") from None


class Site:
    """The page, what it connects to, and what it reports.

    Attributes:
        reported: what came, and the user agent that sent it.
    """

    def __init__(self) -> None:
        self.reported: asyncio.Future[tuple[Report, str]] = (
            asyncio.get_running_loop().create_future()
        )
        page = files(__package__).joinpath("browser_page.html").read_text("utf-8")
        script = page.partition("<script>")[2].partition("</script>")[0]
        digest = b64encode(sha256(script.encode()).digest()).decode()
        policy = f"default-src 'none'; script-src 'sha256-{digest}'; connect-src 'self'"
        self._page = Refusal(
            200,
            page.encode(),
            (
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", policy),
                ("X-Content-Type-Options", "nosniff"),
            ),
        )

    def route(self, request: Request) -> Acceptance | Refusal | Resource:
        """Answer a request."""
        if request.wants_websocket:
            return Acceptance(handler=self._talk)
        if request.path == "/report":
            return Resource(handler=self._take)
        return self._page if request.path == "/" else Refusal(404)

    async def _take(self, request: Request, body: bytes) -> Response:
        try:
            report = msgspec.json.decode(body, type=Report)
        except msgspec.DecodeError:
            return Response(400)
        if not self.reported.done():
            self.reported.set_result((report, request.head.get("User-Agent") or ""))
        return Response(204)

    async def _talk(self, connection: WebSocketConnection) -> None:
        """Send back what comes, then answer a call."""
        async for message in connection:
            if message.kind == "text" and message.text == CALL:
                await _answer(connection)
                return
            await connection.send(message.text if message.kind == "text" else message.payload)


async def _answer(connection: WebSocketConnection) -> None:
    signaling = MessageSignaling(connection, JsonAdapter())
    async with (
        asyncio.TaskGroup() as echoes,
        open_peer(timeline=Timeline(), sink=forget, options=quiet_options()) as peer,
    ):
        peer.on_channel = echoing(echoes)
        async with negotiate(peer, signaling, polite=True):
            await connection.wait_closed()
