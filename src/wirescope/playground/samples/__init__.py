"""The two programs that everyone starts from, to be changed and run in a page of this server.

The page has no build step and a policy that runs nothing but its own files. What is edited runs in
a frame that is made for a run and thrown away with it. The frame comes from a second port, so that
it is of another origin than the page; its policy lets it reach that port alone, which answers as
this one does. See docs/decisions/0021-samples-run-on-an-origin-of-their-own.md.
"""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from wirescope.errors import WirescopeError
from wirescope.playground.endpoints.serving import Kept
from wirescope.playground.samples.wire import COOKIE, Wires
from wirescope.transports.websocket import (
    Acceptance,
    Refusal,
    Request,
    Resource,
    Response,
    Server,
)

__all__ = ["SAMPLES", "Samples", "Wires"]

PREFIX = "/samples"
WIRE = f"{PREFIX}/wire"

_FILES = Path(__file__).parent / "files"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}

SAMPLES = {
    "websocket": ("WebSocket", "Open a socket, send, receive, close."),
    "webrtc": ("WebRTC", "Call this server: a data channel and, where there is one, the camera."),
}
"""Names of the samples, their titles and what they do."""

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; frame-src "
)
_FRAME_POLICY = (
    "default-src 'none'; script-src 'self' blob:; style-src 'self'; connect-src 'self';"
    " media-src 'self' blob:; img-src 'self' blob: data:; base-uri 'none'; form-action 'none';"
    " sandbox allow-scripts allow-same-origin; frame-ancestors "
)

_HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")


class Samples:
    """The pages of the samples, the frame that runs them, and their wire.

    Args:
        wires: what is seen of each run.
        frames: the server on the second port; it begins with the first page.
    """

    def __init__(self, wires: Wires, frames: Kept[Server]) -> None:
        self._wires = wires
        self._frames = frames
        self._files = {each.name: each for each in _FILES.iterdir() if each.suffix in _TYPES}

    def answer(self, request: Request) -> Acceptance | Refusal | Resource | None:
        """Answer a request to the server itself; None where there is no such thing."""
        path = request.path
        if request.wants_websocket:
            return self._wires.answer() if path == WIRE else None
        if path in (PREFIX, f"{PREFIX}/"):
            return Refusal(302, headers=(("Location", f"{PREFIX}/websocket"),))
        name = path.removeprefix(f"{PREFIX}/")
        return Resource(handler=self._page) if name in SAMPLES else self._file_at(path)

    def frame(self, request: Request) -> Refusal | None:
        """Answer a request to the second port, which has the frame and its files."""
        if request.path == f"{PREFIX}/frame" and not request.wants_websocket:
            return self._frame(request)
        return self._file_at(request.path)

    async def _page(self, request: Request, _: bytes) -> Response:
        name = request.path.removeprefix(f"{PREFIX}/")
        title, summary = SAMPLES[name]
        try:
            frames = await self._frames.get()
        except (WirescopeError, OSError) as error:
            return Response(503, f"There is no port for the sample's frame: {error}\n".encode())
        origin = _origin(request, urlsplit(frames.url).port)
        words = {"NAME": name, "TITLE": title, "SUMMARY": summary, "FRAMES": origin}
        answer = self._file("page.html", _PAGE_POLICY + origin, replaced(words))
        return Response(answer.status, answer.body, answer.headers)

    def _frame(self, request: Request) -> Refusal:
        """Give the frame of a run; connections that it makes are known by its cookie."""
        run, port = request.query.get("run", ""), request.query.get("port", "")
        if not self._wires.has(run) or not port.isascii() or not port.isdigit():
            return Refusal(404, b"There is no such run.\n")
        page = _origin(request, int(port))
        # The cookie reaches the other ports of this host as well, where it means nothing.
        cookie = f"{COOKIE}={run}; Path=/; HttpOnly; SameSite=Strict"
        cookie += "; Secure" if request.secure else ""
        # Where the browser can, a loop without end stops the frame and not the page.
        fields = (("Set-Cookie", cookie), ("Origin-Agent-Cluster", "?1"))
        return self._file("frame.html", _FRAME_POLICY + page, replaced({"PAGE": page}), fields)

    def _file_at(self, path: str) -> Refusal | None:
        name = path.removeprefix(f"{PREFIX}/files/")
        return self._file(name) if name in self._files and not name.endswith(".html") else None

    def _file(
        self,
        name: str,
        policy: str = "default-src 'none'",
        change: Callable[[str], str] = lambda text: text,
        fields: tuple[tuple[str, str], ...] = (),
    ) -> Refusal:
        path = self._files[name]
        headers = (
            ("Content-Type", _TYPES[path.suffix]),
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-cache"),
        )
        return Refusal(200, change(path.read_text("utf-8")).encode(), (*headers, *fields))


def _origin(request: Request, port: int | None) -> str:
    """Give the origin of this host's other port, as this request names the host."""
    host = _HOST.fullmatch(request.head.get("Host") or "")
    name = host["name"] if host else "127.0.0.1"
    return f"{'https' if request.secure else 'http'}://{name}:{port}"


def replaced(words: dict[str, str]) -> Callable[[str], str]:
    """Make what puts words into a page, each for its name in double braces."""

    def change(text: str) -> str:
        for name, word in words.items():
            text = text.replace("{{" + name + "}}", escape(word))
        return text

    return change
