"""Addresses of STUN and TURN servers (RFC 7064, RFC 7065).

Credentials do not belong to such an address, but people write them into it, and so does this
program's command line: `turn:user:password@host`. They are taken out of it here.
"""

import re
from dataclasses import dataclass
from typing import Literal

from wirescope.errors import InvalidURLError
from wirescope.wire.turn import Credentials, split_credentials

Transport = Literal["udp", "tcp", "tls"]
"""How a server is reached: UDP, TCP, or TLS over TCP."""

Scheme = Literal["stun", "stuns", "turn", "turns"]

SCHEMES: tuple[Scheme, ...] = ("stun", "stuns", "turn", "turns")

_PLAIN_PORT, _SECURE_PORT = 3478, 5349

_URL = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|[^\s:/?#@\[\]]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:\?transport=(?P<transport>[a-z]+))?",
    re.IGNORECASE,
)
_HINT = "Write it as stun:HOST, turn:HOST:3478?transport=tcp or turns:HOST."


@dataclass(frozen=True, slots=True)
class ServerURL:
    """The address of a server.

    Attributes:
        scheme: `stun`, `stuns`, `turn` or `turns`; with an s it is reached over TLS.
        host: a name or an address, without brackets.
        port: 3478 unless it says so, or 5349 for TLS.
        named: the transport that it names; None where it leaves it open.
    """

    scheme: Scheme
    host: str
    port: int
    named: Literal["udp", "tcp"] | None = None

    @property
    def relays(self) -> bool:
        """Whether it is a TURN server's."""
        return self.scheme.startswith("turn")

    @property
    def secure(self) -> bool:
        """Whether the server is reached over TLS."""
        return self.scheme.endswith("s")

    @property
    def transports(self) -> tuple[Transport, ...]:
        """How it can be reached, the best way first (RFC 7065 section 3.1).

        A `turn:` address that names no transport stands for UDP and TCP, since the server usually
        listens to both; a `stun:` address stands for UDP, which is all that browsers ask.
        """
        if self.secure:
            return ("tls",)
        if self.named is not None:
            return (self.named,)
        return ("udp", "tcp") if self.relays else ("udp",)

    @property
    def authority(self) -> str:
        """Host and port, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        named = f"?transport={self.named}" if self.named else ""
        return f"{self.scheme}:{self.authority}{named}"


def is_server_url(text: str) -> bool:
    """Whether a text begins as the address of a STUN or TURN server does."""
    return text.strip().partition(":")[0].lower() in SCHEMES


def parse_server_url(text: str) -> tuple[ServerURL, Credentials | None]:
    """Read an address, with credentials before an @ or without any.

    >>> url, _ = parse_server_url("turn:ada:pw@turn.example.test?transport=tcp")
    >>> str(url)
    'turn:turn.example.test:3478?transport=tcp'

    Raises:
        InvalidURLError: it is none, or asks for something that is not spoken here.
    """
    scheme, _, rest = text.strip().partition(":")
    rest = rest.removeprefix("//")
    # a password may have an @ of its own, a host has none
    user, at, host = rest.rpartition("@")
    match = _URL.fullmatch(f"{scheme}:{host}")
    if match is None or not 0 < int(match["port"] or 1) <= 65535:
        shown = f"{scheme}:…@{host}" if at else text.strip()
        raise InvalidURLError(f"{shown!r} is not the address of a STUN or TURN server.", hint=_HINT)
    url = _url(match)
    if not at:
        return url, None
    return url, split_credentials(user, is_quoted=True)


def _url(match: re.Match[str]) -> ServerURL:
    scheme: Scheme = next(each for each in SCHEMES if each == match["scheme"].lower())
    secure = scheme.endswith("s")
    port = int(match["port"] or (_SECURE_PORT if secure else _PLAIN_PORT))
    named = (match["transport"] or "").lower()
    if named not in ("", "udp", "tcp"):
        raise InvalidURLError(f"The transport {named!r} is neither udp nor tcp.", hint=_HINT)
    if named and scheme.startswith("stun"):
        # RFC 7064 section 3.1 knows no query
        raise InvalidURLError("The address of a STUN server names no transport.", hint=_HINT)
    if secure and named == "udp":
        raise InvalidURLError(
            "TURN over DTLS is not spoken here, nor by browsers.",
            hint="Ask for TLS over TCP: leave ?transport=udp out.",
        )
    transport: Literal["udp", "tcp"] | None = None
    if named:
        transport = "udp" if named == "udp" else "tcp"
    return ServerURL(scheme, match["host"].strip("[]"), port, transport)
