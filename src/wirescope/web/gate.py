"""The one outermost gate: nothing of the server is reached but through here.

A page on the internet can make a browser on this machine send requests to a loopback port, and can
point a name of its own at 127.0.0.1 (DNS rebinding). So a request must name this server in Host,
must come from its own page (Origin, Sec-Fetch-Site), and must carry a cookie that only the address
printed by the command gives, once. A socket and a request that changes something must say their
Origin; it is never missing from a browser's.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wirescope.web.keys import Keys

SAFE_METHODS = ("GET", "HEAD")

_HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "permissions-policy": "geolocation=(), payment=(), usb=()",
}

_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'nonce-{nonce}'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types svelte-trusted-html",
)


class Refused(Exception):  # noqa: N818
    """A request does not get through; with a status of HTTP and the reason in words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(slots=True)
class Gate:
    """The gate in front of an application.

    Attributes:
        app: what stands behind it.
        hosts: values of Host that are this server's, port included, in lower case.
        keys: gives out cookies, and knows those that are good.
        token: opens the gate once more; None when the address was used.
    """

    app: ASGIApp
    hosts: frozenset[str]
    keys: Keys
    token: str | None = None
    _origins: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._origins = frozenset(f"http://{host}" for host in self.hosts)

    def new_token(self) -> str:
        """Make the token of a fresh address; the one before is worth nothing any more."""
        self.token = secrets.token_urlsafe(32)
        return self.token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        try:
            entering = self._look(scope)
        except Refused as refused:
            if scope["type"] == "websocket":
                await _refuse_socket(receive, send)
                return
            entering = PlainTextResponse(refused.words + "\n", refused.status)
        passing = _with_headers(send, nonce) if scope["type"] == "http" else send
        await (entering or self.app)(scope, receive, passing)

    def _look(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        self._check_host(headers.getlist("host"))
        is_socket = scope["type"] == "websocket"
        must_say = is_socket or scope["method"] not in SAFE_METHODS
        self._check_origin(headers.getlist("origin"), must_say=must_say)
        # Fetch Metadata: `none` is an address that the user typed or opened from outside a browser.
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Refused(
                403,
                "Pages of other sites may not ask anything here. If you followed a link, copy its "
                "address into the address bar instead.",
            )
        if not is_socket and scope["path"] == "/" and b"token=" in scope["query_string"]:
            return self._enter(scope, headers)
        if not self.keys.is_good(_cookie(headers, self.keys.cookie)):
            raise Refused(
                401,
                "This is the Wirescope workbench, and your browser has no key to it. Open the "
                "address that the command printed, or press Enter there for a new one.",
            )
        return None

    def _check_host(self, said: Iterable[str]) -> None:
        hosts = list(said)
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            names = ", ".join(sorted(self.hosts))
            raise Refused(421, f"This server answers to {names} and to no other name.")

    def _check_origin(self, said: Iterable[str], *, must_say: bool) -> None:
        origins = list(said)
        if origins and (len(origins) > 1 or origins[0] not in self._origins):
            raise Refused(403, "Pages of other origins may not ask anything here.")
        if must_say and not origins:
            raise Refused(403, "A request that changes something must say its Origin.")

    def _enter(self, scope: Scope, headers: Headers) -> Response:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        token, good = self.token, _cookie(headers, self.keys.cookie)
        if scope["method"] != "GET":
            raise Refused(405, "The address is opened with GET.")
        if token is None or not secrets.compare_digest(given.encode(), token.encode()):
            raise Refused(
                401,
                "This address was used already, or is not the last that the command printed. "
                "Press Enter there for a new one.",
            )
        self.token = None
        response = RedirectResponse("/", 303)
        key = good if self.keys.is_good(good) else self.keys.new()
        response.set_cookie(
            self.keys.cookie, key, max_age=self.keys.lifetime_s, httponly=True, samesite="strict"
        )
        return response


def _cookie(headers: Headers, name: str) -> str:
    # Cookies of all ports come along (RFC 6265 section 8.5), and what other servers set is not
    # always as the RFC would have it: each is read by itself, so that none hides ours.
    return cookie_parser(headers.get("cookie", "")).get(name, "")


def _with_headers(send: Send, nonce: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["content-security-policy"] = "; ".join(_DIRECTIVES).format(nonce=nonce)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()  # the server wants the connection to be taken note of
    closing: dict[str, Any] = {"type": "websocket.close", "code": 1008}  # answered with 403
    await send(closing)
