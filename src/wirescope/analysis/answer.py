"""What the answer to a refused opening handshake shows: who gave it, what for, what it said.

A status alone says little: 400 may be a proxy that dropped Upgrade, a port that speaks TLS or a
missing parameter. The headers and the body tell them apart. Words for what is found here are in
`refusal`; this is about HTTP (RFC 9110) and about the gateways that people meet.
"""

import re
from enum import Enum
from html import unescape

import msgspec

_QUOTED = 160  # characters of a body that are shown


class Refusal(Enum):
    """What a refusal is about."""

    TLS_EXPECTED = "the port speaks TLS"
    CLIENT_CERTIFICATE = "a client certificate is wanted"
    CREDENTIALS = "credentials are wanted"
    FORBIDDEN = "it is not allowed"
    NOT_FOUND = "no endpoint is at this path"
    REDIRECT = "the endpoint is elsewhere"
    TOO_MANY = "there are too many connections or requests"
    UNAVAILABLE = "a gateway or the server behind it does not work"
    NOT_WEBSOCKET = "an ordinary page is at this path"
    UPGRADE_LOST = "the request for an upgrade did not arrive"
    VERSION = "another version of WebSocket is wanted"
    OTHER = "something else"


_UNAVAILABLE = {502, 503, 504, *range(520, 528)}
_TO_HTTPS = re.compile(
    rb"plain http|http request (was )?(sent )?to an? ?https|http request was sent to https"
    rb"|ssl-enabled server port",
    re.IGNORECASE,
)
_NO_CERTIFICATE = re.compile(rb"required ssl certificate|ssl certificate error", re.IGNORECASE)
_NO_UPGRADE = re.compile(rb"upgrade|websocket|connection header", re.IGNORECASE)


class Answer(msgspec.Struct, frozen=True):
    """A refusal and the request that it answers.

    Attributes:
        status: its status.
        asked: the request's header fields, names in lower case, of repeated ones the first.
        answered: the answer's, the same way.
        body: the beginning of its body.
        target: the path and query that were asked for.
    """

    status: int
    asked: dict[str, str]
    answered: dict[str, str]
    body: bytes = b""
    target: str = ""

    @property
    def refusal(self) -> Refusal:
        """What it is about."""
        match self.status:
            case 400 | 495 | 496 | 497:
                return self._bad_request()
            case 401 | 407:
                return Refusal.CREDENTIALS
            case 403:
                return Refusal.FORBIDDEN
            case 404 | 405 | 410:
                return Refusal.NOT_FOUND
            case 426:
                return self._other_version() or self._lost_upgrade() or Refusal.OTHER
            case 429:
                return Refusal.TOO_MANY
            case status if status in _UNAVAILABLE:
                return Refusal.UNAVAILABLE
            case status if 200 <= status < 300:
                return Refusal.NOT_WEBSOCKET
            case status if 300 <= status < 400:
                return Refusal.REDIRECT
        return Refusal.OTHER

    def _bad_request(self) -> Refusal:
        if _TO_HTTPS.search(self.body):
            return Refusal.TLS_EXPECTED
        if _NO_CERTIFICATE.search(self.body):
            return Refusal.CLIENT_CERTIFICATE
        return self._other_version() or self._lost_upgrade(_NO_UPGRADE) or Refusal.OTHER

    def _other_version(self) -> Refusal | None:
        # RFC 6455 section 4.4: the answer names the versions that the server speaks
        versions = self.answered.get("sec-websocket-version")
        if versions is None:
            return None
        spoken = [each.strip() for each in versions.split(",")]
        asked = self.asked.get("sec-websocket-version", "")
        return None if asked in spoken else Refusal.VERSION

    def _lost_upgrade(self, pattern: re.Pattern[bytes] | None = None) -> Refusal | None:
        lost = pattern is None or pattern.search(self.body) is not None
        return Refusal.UPGRADE_LOST if lost else None

    @property
    def upgrade_was_asked(self) -> bool:
        """Whether the request had what makes it one for an upgrade, as it left this end."""
        connection = self.asked.get("connection", "").lower()
        return "upgrade" in connection and bool(self.asked.get("upgrade"))

    @property
    def gateway(self) -> str:
        """Who gave the answer, as far as it says so: `nginx/1.22.1`; empty if it does not."""
        via, server = self.answered.get("via", ""), self.answered.get("server", "")
        if "cf-ray" in self.answered:
            return "Cloudflare"
        return server or (f"Via {via}" if via else "")

    @property
    def said(self) -> str:
        """The body's beginning as one line of text, without markup; empty if it is no text."""
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            return ""
        text = re.sub(r"(?is)<(style|script|title)\b.*?</\1>|<[^>]*>", " ", text)
        text = " ".join(unescape(text).split())
        return text if len(text) <= _QUOTED else text[:_QUOTED].rstrip() + " …"


def read_answer(status: int, *, request: str, response: str, body: bytes | None) -> Answer:
    """Read a refusal from the two heads of its handshake."""
    words = request.partition("\r\n")[0].split(" ")
    target = words[1] if len(words) > 1 else ""
    return Answer(status, _fields(request), _fields(response), body or b"", target)


def _fields(head: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields
