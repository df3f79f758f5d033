"""Who may use an endpoint of WHIP or WHEP: bearer tokens, and pages of other origins (CORS)."""

import hmac
from dataclasses import dataclass, field

from wirescope.transports.webrtc.signaling.answers import plain, with_fields
from wirescope.transports.webrtc.signaling.fragment import CONTENT_TYPE
from wirescope.transports.webrtc.signaling.records import SDP, Fields, HttpRequest, HttpResponse

_PREFLIGHT_S = 600
_EXPOSED = "Accept-Patch, Accept-Post, Allow, ETag, Link, Location, Retry-After, WWW-Authenticate"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may.

    Attributes:
        tokens: one of which a request has to show; none lets everybody in.
        origins: whose pages may; `*` is any.
    """

    tokens: tuple[str, ...] = field(repr=False)
    origins: tuple[str, ...]

    def allows(self, request: HttpRequest) -> bool:
        """Whether a request shows a token that is right, where one is needed."""
        if not self.tokens:
            return True
        scheme, _, token = (request.get("Authorization") or "").partition(" ")
        given = token.strip().encode()
        matches = [hmac.compare_digest(given, each.encode()) for each in self.tokens]
        return scheme.lower() == "bearer" and any(matches)

    def options(self, request: HttpRequest, allowed: str) -> HttpResponse:
        """Answer OPTIONS, also where it is a browser's question before a page's request."""
        takes = ("Accept-Patch", CONTENT_TYPE) if "PATCH" in allowed else ("Accept-Post", SDP)
        fields: Fields = (("Allow", allowed), takes)
        if self._shares_with(request) and request.get("Access-Control-Request-Method"):
            fields += (
                ("Access-Control-Allow-Methods", allowed),
                ("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match"),
                ("Access-Control-Max-Age", str(_PREFLIGHT_S)),
            )
        return HttpResponse(200, fields)

    def cross_origin(self, request: HttpRequest) -> Fields:
        """Give the fields that let a page of an origin that may read an answer."""
        if not self.origins:
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
        origin = request.get("Origin")
        return origin is not None and ("*" in self.origins or origin in self.origins)


def unauthorized(request: HttpRequest) -> HttpResponse:
    """Answer a request that shows no token, or a wrong one."""
    # RFC 6750 section 3: without credentials no error is named
    has = request.get("Authorization") is not None
    challenge = 'Bearer error="invalid_token"' if has else "Bearer"
    text = "The token is not right." if has else "A bearer token is needed."
    return with_fields(plain(401, text), ("WWW-Authenticate", challenge))
