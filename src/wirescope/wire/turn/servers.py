"""The address of a STUN or TURN server (RFC 7064, RFC 7065), so that it is known by any spelling.

An engine says `turn:host:3478?transport=udp` where it was told `turn:host`.
"""

import re
from dataclasses import dataclass

_URL = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>\[[^\]]*\]|[^:?\s]*)(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>\w+))?",
    re.IGNORECASE,
)

_PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server is, and how it is reached.

    Attributes:
        scheme: `stun`, `stuns`, `turn` or `turns`.
        host: a name or an IP address, IPv6 without brackets.
        port: of it.
        transport: `udp`, `tcp` or `tls`, between this end and the server.
    """

    scheme: str
    host: str
    port: int
    transport: str

    @property
    def is_relay(self) -> bool:
        """Whether it is a TURN server."""
        return self.scheme.startswith("turn")


def read_server(url: str) -> ServerAddress | None:
    """Read a server's address; None of what is none.

    >>> read_server("turn:turn.example.test?transport=tcp")
    ServerAddress(scheme='turn', host='turn.example.test', port=3478, transport='tcp')
    """
    match = _URL.fullmatch(url.strip())
    if match is None:
        return None
    scheme = match["scheme"].lower()
    transport = (match["transport"] or "udp").lower()
    if scheme.endswith("s"):
        transport = "tls"
    port = int(match["port"]) if match["port"] else _PORTS[scheme]
    return ServerAddress(scheme, match["host"].strip("[]").lower(), port, transport)


def same_server(one: str, other: str) -> bool:
    """Whether two addresses name the same server, reached in the same way."""
    read = read_server(one)
    return one == other or (read is not None and read == read_server(other))
