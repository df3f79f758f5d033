"""Addresses: what to connect to and by way of which proxy (RFC 3986, RFC 6455 section 3).

A URL becomes a record with everything that the next steps need: host for DNS, port, request
target, Host header, credentials. Not here: connecting, and which proxy the environment names.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Literal
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from wirescope.errors import InvalidURLError

_SECURE = {"ws": False, "wss": True, "http": False, "https": True}
_DEFAULT_PORTS = {False: 80, True: 443}
_PROXY_PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}
_EXAMPLE = "Write it as wss://example.test/path or ws://127.0.0.1:8080/path."
# RFC 3986 sections 2.2 and 2.3, and the percent sign of codes that are there already
_PATH_CHARACTERS = "!$&'()*+,/:;=@-._~%[]|\\^`{}\"<>"
_HOST = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_\-]*[0-9A-Za-z_])?")

ProxyScheme = Literal["http", "socks5", "socks5h"]


@dataclass(frozen=True, slots=True)
class WebSocketURL:
    """An address that can be connected to.

    Attributes:
        secure: whether TLS is spoken.
        host: the name in ASCII (IDNA) and lower case, or a numeric address without brackets.
        port: 1 to 65535.
        target: what stands in the request line: path and query, blanks and other characters that
            must not be there as percent codes, everything else as typed.
        user: the user name in the URL, percent codes decoded; None without one.
        password: the password in the URL, percent codes decoded; empty without one.
    """

    secure: bool
    host: str
    port: int
    target: str
    user: str | None = None
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Write the URL without its credentials."""
        return f"{'wss' if self.secure else 'ws'}://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """Host and, unless it is the default, port, as in the Host header (section 4.1, item 4)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.secure] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[bool, str, int]:
        """What has to be equal for credentials to be sent again (RFC 6454 section 4)."""
        return self.secure, self.host, self.port


@dataclass(frozen=True, slots=True)
class ProxyURL:
    """The address of a proxy; `socks5h` leaves the resolving of names to the proxy."""

    scheme: ProxyScheme
    host: str
    port: int
    user: str | None = None
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Write the address without its credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_url(text: str) -> WebSocketURL:
    """Read the address of a WebSocket: ws:, wss:, or http: and https: in their place.

    Raises:
        InvalidURLError: it cannot be connected to; the error says why.
    """
    text = text.strip()
    parts = _split(text, what="address")
    if parts.scheme not in _SECURE or not parts.netloc:
        raise _wrong_scheme(text, parts)
    # RFC 6455 section 3: fragment identifiers MUST NOT be used, and # is written %23
    if "#" in text:
        raise InvalidURLError(
            f"The address {_shown(text)} has a fragment (#{parts.fragment}), which a WebSocket"
            " cannot have (RFC 6455 section 3).",
            hint="Leave it out; if the # belongs to the path or query, write %23.",
        )
    secure = _SECURE[parts.scheme]
    host, port = _host(parts, text), _port(parts, text) or _DEFAULT_PORTS[secure]
    path = _quoted(parts.path or "/", safe=_PATH_CHARACTERS)
    query = f"?{_quoted(parts.query, safe=_PATH_CHARACTERS + '?')}" if "?" in text else ""
    user, password = _credentials(parts)
    return WebSocketURL(secure, host, port, path + query, user, password)


def _quoted(text: str, *, safe: str) -> str:
    # Bytes of a command line that are not UTF-8 come as lone surrogates (PEP 383).
    return quote(text, safe=safe, errors="surrogateescape")


def parse_proxy(text: str) -> ProxyURL:
    """Read the address of a proxy; without a scheme it is http, as in curl.

    Raises:
        InvalidURLError: it is not the address of a proxy of a known kind.
    """
    full = text.strip() if "://" in text else f"http://{text.strip()}"
    parts = _split(full, what="proxy address")
    scheme: ProxyScheme
    match parts.scheme:
        case "http" | "socks5" | "socks5h" as scheme:
            pass
        case "https":
            raise InvalidURLError(
                f"The proxy {parts.netloc.rpartition('@')[2]} is to be reached over TLS (https://),"
                " which is not supported.",
                hint="Use http:// if it takes plain connections too; wss: is encrypted end to end"
                " through it all the same.",
            )
        case other:
            raise InvalidURLError(
                f"The proxy address begins with {other}://, which is not a known kind of proxy.",
                hint="Known are http://, socks5:// and socks5h://.",
            )
    host, port = _host(parts, full), _port(parts, full) or _PROXY_PORTS[scheme]
    user, password = _credentials(parts)
    return ProxyURL(scheme, host, port, user, password)


def join_url(base: WebSocketURL, location: str) -> WebSocketURL:
    """Follow a Location header from a URL (RFC 9110 section 10.2.2); its fragment is dropped.

    Raises:
        InvalidURLError: it does not lead to a WebSocket.
    """
    # urljoin knows http: but not ws:
    origin = f"{'https' if base.secure else 'http'}://{base.authority}{base.target}"
    try:
        joined = urljoin(origin, location.strip())
    except ValueError:
        raise InvalidURLError(f"The address {_shown(location)!r} cannot be read.") from None
    return parse_url(joined.partition("#")[0])


def _split(text: str, *, what: str) -> SplitResult:
    if not text:
        raise InvalidURLError(f"The {what} is empty.", hint=_EXAMPLE)
    # urlsplit would drop line feeds and tabs without a word
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise InvalidURLError(f"The {what} {_shown(text)!r} has a control character in it.")
    try:
        return urlsplit(text)
    except ValueError as error:
        raise InvalidURLError(
            f"The {what} {_shown(text)} cannot be read: {error}.", hint=_EXAMPLE
        ) from None


def _shown(text: str) -> str:
    """Write an address for a message, without the credentials in it (RFC 3986 section 3.2.1)."""
    return re.sub(r"^([a-z][a-z0-9+.\-]*:/*)?[^/?#]*@", r"\1[redacted]@", text, flags=re.IGNORECASE)


def _wrong_scheme(text: str, parts: SplitResult) -> InvalidURLError:
    if "://" not in text:
        if parts.scheme in _SECURE:
            rest = text.partition(":")[2].lstrip("/")
            return InvalidURLError(
                f"The address {_shown(text)} has no host.",
                hint=f"Did you mean {parts.scheme}://{_shown(rest)} ?",
            )
        local = re.match(r"(localhost|127\.|\[::1\]|0\.0\.0\.0)", text)
        scheme = "ws" if local else "wss"
        return InvalidURLError(
            f"The address {_shown(text)} does not say which protocol to speak.",
            hint=f"Did you mean {scheme}://{_shown(text)} ?",
        )
    if parts.scheme in _SECURE:
        return InvalidURLError(f"The address {_shown(text)} has no host.", hint=_EXAMPLE)
    return InvalidURLError(
        f"The address begins with {parts.scheme}://, which is not a WebSocket's.",
        hint="A WebSocket's address begins with ws:// or wss://; http:// and https:// are taken"
        " for these.",
    )


def _host(parts: SplitResult, text: str) -> str:
    try:
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host:
        raise InvalidURLError(f"The address {_shown(text)} has no host.", hint=_EXAMPLE)
    if parts.netloc.rpartition("@")[2].startswith("["):
        return _ipv6(host, text)
    host = unquote(host)
    if not host.isascii():
        return _idna(host, text)
    labels = host.removesuffix(".").split(".")
    if not all(len(label) < 64 and _HOST.fullmatch(label) for label in labels) or len(host) > 254:
        raise InvalidURLError(
            f"{host!r} cannot be the name of a host.",
            hint="An IPv6 address stands in brackets: ws://[::1]:8080/." if ":" in host else "",
        )
    return host.lower()


def _ipv6(host: str, text: str) -> str:
    address, percent, zone = host.partition("%")
    try:
        numeric = ip_address(address)
    except ValueError:
        numeric = None
    if not isinstance(numeric, IPv6Address):
        raise InvalidURLError(f"{address!r} in {_shown(text)} is not an IPv6 address.")
    # RFC 6874 section 2: the zone's own percent sign is written %25
    return f"{numeric}{percent}{zone.removeprefix('25')}" if percent else str(numeric)


def _idna(host: str, text: str) -> str:
    import idna  # few addresses need it

    # Python's own codec knows IDNA 2003 only and would lead to another host than browsers go to
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise InvalidURLError(
            f"The name {host} in {_shown(text)} cannot be written in ASCII: {error}."
        ) from None


def _port(parts: SplitResult, text: str) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise InvalidURLError(
            f"The port in {_shown(text)} is not one.", hint="A port is a number from 1 to 65535."
        )
    return port


def _credentials(parts: SplitResult) -> tuple[str | None, str]:
    userinfo, at, _ = parts.netloc.rpartition("@")
    if not at:
        return None, ""
    user, _, password = userinfo.partition(":")
    return unquote(user), unquote(password)
