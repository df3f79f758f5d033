"""A request and an answer of HTTP as plain records, and the fields that WHIP and WHEP need.

Whoever mounts the handlers reads requests from wherever they come and writes the answers there;
here is no I/O.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wirescope.errors import UsageError
from wirescope.transports.webrtc.options import IceServer

SDP = "application/sdp"

BODY_LIMIT = 256 << 10
"""Bytes that a body may have."""

MAX_ICE_SERVERS = 32

_LINK_LIMIT = 16 << 10
"""Characters of a Link field that are looked at."""

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request.

    Attributes:
        method: as it came, as `POST`.
        path: the path of its target, without a query.
        headers: names and values in the order of the wire.
        body: what it carried.
        url: the whole address, for the record; empty where it is not known.
    """

    method: str
    path: str
    headers: Fields = ()
    body: bytes = b""
    url: str = ""

    def get(self, name: str) -> str | None:
        """Give the value of a field, those of several joined; None without one."""
        values = [value for field, value in self.headers if field.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer."""

    status: int
    headers: Fields = ()
    body: bytes = b""


def head_text(fields: Iterable[tuple[str, str]]) -> str:
    """Write the fields of a head, a line a field."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields)


def media_type(value: str | None) -> str:
    """Give a media type without its parameters, in lower case (RFC 9110 section 8.3.1)."""
    return (value or "").partition(";")[0].strip().lower()


def accepts(value: str | None, wanted: str) -> bool:
    """Whether an Accept field lets a media type through (RFC 9110 section 12.5.1)."""
    if value is None or not value.strip():
        return True
    ranges = ("*/*", f"{wanted.partition('/')[0]}/*", wanted)
    weights: dict[str, bool] = {}
    for element in value.split(","):
        name, *parameters = (part.strip().lower() for part in element.split(";"))
        weights[name] = not any(re.fullmatch(r"q=0(\.0{0,3})?", each) for each in parameters)
    named = [weights[each] for each in ranges if each in weights]
    return bool(named) and named[-1]  # the most specific range decides


def ice_server_link(server: IceServer) -> tuple[str, str]:
    """Write an ICE server as a Link field (RFC 9725 section 4.6)."""
    value = f'<{server.url}>; rel="ice-server"'
    if server.is_relay:
        value += f"; username={_quoted(server.username)}; credential={_quoted(server.credential)}"
        value += '; credential-type="password"'
    return "Link", value


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


# RFC 8288 section 3: <target>; parameter=token; parameter="quoted"
# A quoted string that does not end takes the rest, which so is looked at once.
_LINK = re.compile(r'<([^<>]*)>((?:[^",]|"(?:[^"\\]|\\.)*+"?)*+)')
_PARAMETER = re.compile(r';\s*([!-:<>-~]+?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))')


def ice_servers_of(links: Iterable[str]) -> tuple[IceServer, ...]:
    """Read the ICE servers among Link fields; what is none, or cannot be used, is passed over."""
    found: dict[IceServer, None] = {}
    for value in links:
        for link in _LINK.finditer(value[:_LINK_LIMIT]):
            server = _ice_server(*link.groups())
            if server is not None:
                found[server] = None
            if len(found) == MAX_ICE_SERVERS:
                return tuple(found)
    return tuple(found)


def _ice_server(target: str, rest: str) -> IceServer | None:
    parameters = {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain
        for name, quoted, plain in _PARAMETER.findall(rest)
    }
    if "ice-server" not in parameters.get("rel", "").lower().split():
        return None
    try:
        return IceServer(
            target.strip(), parameters.get("username", ""), parameters.get("credential", "")
        )
    except UsageError:
        return None
