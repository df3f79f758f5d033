"""An endpoint's options, and who may use it: bearer tokens, pages of other origins (CORS)."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from wirescope.transports.webrtc.options import IceServer
from wirescope.transports.webrtc.signaling.answers import plain, with_fields
from wirescope.transports.webrtc.signaling.fragment import CONTENT_TYPE
from wirescope.transports.webrtc.signaling.records import (
    SDP,
    Fields,
    HttpRequest,
    HttpResponse,
    ice_server_link,
)

_PREFLIGHT_S = 600
_EXPOSED = "Accept-Patch, Accept-Post, Allow, ETag, Link, Location, Retry-After, WWW-Authenticate"


@dataclass(frozen=True, slots=True, kw_only=True)
class MountOptions:
    """How an endpoint behaves.

    Attributes:
        tokens: bearer tokens, one of which each request has to show; none lets everybody in.
        origins: origins whose pages may use it (CORS); `*` is any. None of them unless named.
        ice_servers: told to clients; a function of the request makes them for each, since
            credentials hold for a time.
        max_sessions: at a time; more are refused with 503.
        answer_timeout_s: seconds that a session may take for an answer, a restart or its end.
    """

    tokens: tuple[str, ...] = field(default=(), repr=False)
    origins: tuple[str, ...] = ()
    ice_servers: tuple[IceServer, ...] | Callable[[HttpRequest], tuple[IceServer, ...]] = ()
    max_sessions: int = 100
    answer_timeout_s: float = 15

    def links(self, request: HttpRequest) -> Fields:
        """Give the Link fields that tell a client the ICE servers (RFC 9725 section 4.6)."""
        servers = self.ice_servers
        named = servers if isinstance(servers, tuple) else servers(request)
        return tuple(map(ice_server_link, named))


class Access:
    """Who may, by an endpoint's options."""

    def __init__(self, options: MountOptions) -> None:
        self._options = options

    def allows(self, request: HttpRequest) -> bool:
        """Whether a request shows a token that is right, where one is needed."""
        if not self._options.tokens:
            return True
        scheme, _, token = (request.get("Authorization") or "").partition(" ")
        given = token.strip().encode()
        matches = [hmac.compare_digest(given, each.encode()) for each in self._options.tokens]
        return scheme.lower() == "bearer" and any(matches)

    def options(self, request: HttpRequest, allowed: str) -> HttpResponse:
        """Answer OPTIONS: a browser what its page may, a client what there is.

        RFC 9725 section 4.6: clients are told the ICE servers, browsers are not.
        """
        takes = ("Accept-Patch", CONTENT_TYPE) if "PATCH" in allowed else ("Accept-Post", SDP)
        fields: Fields = (("Allow", allowed), takes)
        if not request.get("Access-Control-Request-Method"):
            if self.allows(request):
                fields += self._options.links(request)
        elif self._shares_with(request):
            fields += (
                ("Access-Control-Allow-Methods", allowed),
                # ETag: clients of older drafts send their condition in it
                ("Access-Control-Allow-Headers", "Authorization, Content-Type, ETag, If-Match"),
                ("Access-Control-Max-Age", str(_PREFLIGHT_S)),
            )
        return HttpResponse(200, fields)

    def cross_origin(self, request: HttpRequest) -> Fields:
        """Give the fields that let a page of an origin that may read an answer."""
        if not self._options.origins:
            return ()
        vary = ("Vary", "Origin")
        if not self._shares_with(request):
            return (vary,)
        return (
            vary,
            ("Access-Control-Allow-Origin", request.get("Origin") or ""),
            ("Access-Control-Expose-Headers", _EXPOSED),
        )

    def _shares_with(self, request: HttpRequest) -> bool:
        origin, allowed = request.get("Origin"), self._options.origins
        return origin is not None and ("*" in allowed or origin in allowed)


def unauthorized(request: HttpRequest) -> HttpResponse:
    """Answer a request that shows no token, or a wrong one."""
    # RFC 6750 section 3: without credentials no error is named
    has = request.get("Authorization") is not None
    challenge = 'Bearer error="invalid_token"' if has else "Bearer"
    text = "The token is not right." if has else "A bearer token is needed."
    return with_fields(plain(401, text), ("WWW-Authenticate", challenge))
