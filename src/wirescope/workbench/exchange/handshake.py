"""The opening handshake between the two ways of writing it: one list of headers, or fields.

Other tools have a URL and a list of headers; an endpoint has fields of their own for the query, the
Origin, cookies, credentials, subprotocols and compression. What every connection makes anew (RFC
6455 section 4.1: Connection, Upgrade, the key, and Host as the URL has it) is left out.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from wirescope.errors import HandshakeError, UsageError
from wirescope.wire.websocket import (
    EXTENSION_NAME,
    DeflateOffer,
    Extension,
    is_token,
    parse_extensions,
    parse_subprotocols,
)
from wirescope.workbench.exchange.model import Tell
from wirescope.workbench.exchange.templates import VARIABLE, between_variables
from wirescope.workbench.workspace import Auth, Compression, Cookie, Endpoint, Header, Parameter

# As the query of an endpoint is encoded when it is sent.
_UNESCAPED = "/?:@!$'()*,;"
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_USER_AND_HOST = re.compile(r"(wss?://)([^/?#@]*)@", re.IGNORECASE)
_MADE_ANEW = ("connection", "upgrade", "sec-websocket-key", "content-length")


@dataclass(slots=True)
class Asked:
    """What a tool wants to be asked for.

    Attributes:
        url: as the tool has it.
        headers: in order.
        query: parameters that the tool keeps beside the URL.
        auth: credentials that the tool keeps beside the headers.
        description: what it is for.
    """

    url: str
    headers: list[Header] = field(default_factory=list)
    query: list[Parameter] = field(default_factory=list)
    auth: Auth = field(default_factory=Auth)
    description: str = ""


def to_endpoint(asked: Asked, place: str, tell: Tell) -> Endpoint:
    """Sort a URL and headers into the fields of an endpoint."""
    url, auth = _without_user(_with_scheme(asked.url.strip(), place, tell), asked.auth)
    url, in_url = _split_query(url)
    sorting = _Sorting(url, auth, place, tell)
    for header in asked.headers:
        sorting.take(header)
    return Endpoint(
        url=url,
        description=asked.description,
        query=(*in_url, *asked.query),
        headers=tuple(sorting.headers),
        origin=sorting.origin,
        cookies=tuple(sorting.cookies),
        auth=sorting.auth,
        subprotocols=tuple(sorting.subprotocols),
        compression=sorting.compression(),
    )


class _Sorting:
    """Takes the headers one after the other."""

    def __init__(self, url: str, auth: Auth, place: str, tell: Tell) -> None:
        self._host = _USER_AND_HOST.sub(r"\1", url)
        self._place, self._tell = place, tell
        self._browsers = self._offers = False
        self._offered = Compression()
        self.auth = auth
        self.headers: list[Header] = []
        self.cookies: list[Cookie] = []
        self.subprotocols: list[str] = []
        self.origin: str | None = None

    def take(self, header: Header) -> None:
        name, value = header.name.lower(), header.value
        if not header.enabled or value is None:
            self.headers.append(header)
        elif name in _MADE_ANEW:
            self._browsers |= name == "sec-websocket-key"
        elif not self._sort(name, value):
            self.headers.append(header)

    def compression(self) -> Compression:
        """A handshake that has a key and offers nothing, offers nothing on purpose."""
        if self._browsers and not self._offers:
            return Compression(offer=False)
        return self._offered

    def _sort(self, name: str, value: str) -> bool:
        match name:
            case "host":
                return self._is_host(value)
            case "origin":
                first, self.origin = self.origin is None, self.origin or value
                return first
            case "cookie":
                return self._take_cookies(value)
            case "authorization":
                return self._take_authorization(value)
            case "sec-websocket-protocol":
                return self._take_subprotocols(value)
            case "sec-websocket-extensions":
                return self._take_extensions(value)
            case "sec-websocket-version":
                return value.strip() == "13"
        return False

    def _is_host(self, value: str) -> bool:
        """A Host that is the URL's own is made of the URL; another one is a header to keep."""
        authority = self._host.partition("://")[2]
        authority = re.split(r"[/?#]", authority, maxsplit=1)[0]
        return value.strip().lower() == authority.lower()

    def _take_cookies(self, value: str) -> bool:
        pairs = [part.strip().partition("=") for part in value.split(";") if part.strip()]
        if not all(equals and is_token(name) for name, equals, _ in pairs):
            return False
        self.cookies += [Cookie(name=name, value=text) for name, _, text in pairs]
        return True

    def _take_authorization(self, value: str) -> bool:
        scheme, _, credentials = value.strip().partition(" ")
        if self.auth.kind != "none" or not credentials:
            return False
        if scheme.lower() == "bearer":
            self.auth = Auth(kind="bearer", token=credentials.strip())
        elif scheme.lower() == "basic":
            self.auth = _basic(credentials.strip())
        return self.auth.kind != "none"

    def _take_subprotocols(self, value: str) -> bool:
        try:
            names = parse_subprotocols([value])
        except HandshakeError:
            return False
        self.subprotocols += names
        return True

    def _take_extensions(self, value: str) -> bool:
        self._offers = True
        try:
            extensions = parse_extensions([value])
        except HandshakeError:
            return False
        kept = [each for each in extensions if each.name.lower() != EXTENSION_NAME]
        offers = [each for each in extensions if each.name.lower() == EXTENSION_NAME]
        if kept or len(offers) != 1 or self._offered != Compression():
            return False
        compression = _compression(offers[0])
        if compression is None:
            return False
        self._offered = compression
        return True


def _compression(offer: Extension) -> Compression | None:
    given = dict(offer.parameters)
    allowed = {"client_max_window_bits": "none"} | {
        name: "" if value is None else value for name, value in given.items()
    }
    try:
        deflate = DeflateOffer.parse(
            ",".join(f"{name}={value}" if value else name for name, value in allowed.items())
        )
    except UsageError:
        return None
    return Compression(
        server_no_context_takeover=deflate.server_no_context_takeover,
        client_no_context_takeover=deflate.client_no_context_takeover,
        server_max_window_bits=deflate.server_max_window_bits,
        client_max_window_bits=deflate.client_max_window_bits,
    )


def _basic(credentials: str) -> Auth:
    try:
        user, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return Auth()
    return Auth(kind="basic", user=user, password=password) if colon else Auth()


def _with_scheme(url: str, place: str, tell: Tell) -> str:
    match = _SCHEME.match(url)
    if match is None:
        if url.startswith("{{"):
            return url  # the variable may hold the scheme
        tell(place, f"The address {url[:80]!r} names no scheme; it became ws://.")
        return f"ws://{url.removeprefix('//')}"
    scheme = _SCHEMES.get(match[1].lower())
    if scheme is None:
        tell(place, f"{match[1]}:// is no scheme of a WebSocket; the address is kept as it is.")
        return url
    return f"{scheme}://{url[match.end() :]}"


def _without_user(url: str, auth: Auth) -> tuple[str, Auth]:
    match = _USER_AND_HOST.match(url)
    if match is None or auth.kind != "none":
        return url, auth
    user, _, password = match[2].partition(":")
    return (
        _USER_AND_HOST.sub(r"\1", url, count=1),
        Auth(kind="basic", user=unquote(user), password=unquote(password)),
    )


def _split_query(url: str) -> tuple[str, list[Parameter]]:
    """Take the query into a table, unless it would be sent with other bytes then."""
    before, mark, rest = url.partition("?")
    query, hash_mark, fragment = rest.partition("#")
    if not mark or not query or "#" in before:
        return url, []
    parameters = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not name or VARIABLE.search(name) or not (_is_plain(name) and _is_plain(value)):
            return url, []
        parameters.append(Parameter(name=unquote(name), value=unquote(value) if equals else None))
    return f"{before}{hash_mark}{fragment}", parameters


def _is_plain(text: str) -> bool:
    return all(
        quote(unquote(part), safe=_UNESCAPED) == part
        for part in VARIABLE.sub("\x00", text).split("\x00")
    )


# The other way


def full_url(endpoint: Endpoint) -> str:
    """Put the enabled parameters behind the URL, variables left as they are."""
    pairs = [
        _encoded(each.name) + ("" if each.value is None else f"={_encoded(each.value)}")
        for each in endpoint.query
        if each.enabled
    ]
    if not pairs:
        return endpoint.url
    before, hash_mark, fragment = endpoint.url.partition("#")
    joint = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
    return f"{before}{joint}{'&'.join(pairs)}{hash_mark}{fragment}"


def full_headers(endpoint: Endpoint, *, with_auth: bool = True) -> list[Header]:
    """Write the fields that other tools have as headers as such, behind the others."""
    headers = [each for each in endpoint.headers if each.value is not None]
    if endpoint.origin is not None:
        headers.append(Header(name="Origin", value=endpoint.origin))
    if endpoint.subprotocols:
        names = ", ".join(endpoint.subprotocols)
        headers.append(Header(name="Sec-WebSocket-Protocol", value=names))
    cookies = "; ".join(f"{each.name}={each.value}" for each in endpoint.cookies if each.enabled)
    if cookies:
        headers.append(Header(name="Cookie", value=cookies))
    if with_auth and (value := authorization(endpoint.auth)):
        headers.append(Header(name="Authorization", value=value))
    return headers


def authorization(auth: Auth) -> str:
    """Write credentials as a header has them; empty where that cannot be done beforehand."""
    if auth.kind == "bearer":
        return f"Bearer {auth.token}"
    # Base64 of a variable's name would not be that of its value.
    if auth.kind == "basic" and not VARIABLE.search(auth.user + auth.password):
        return f"Basic {b64encode(f'{auth.user}:{auth.password}'.encode()).decode()}"
    return ""


def without_path(url: str) -> tuple[str, str]:
    """Part a URL into scheme with host, and the rest.

    >>> without_path("wss://a.example:1/x?y"), without_path("{{base}}/x")
    (('wss://a.example:1', '/x?y'), ('{{base}}', '/x'))
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "", url
    end = next((at for at, char in enumerate(rest) if char in "/?#"), len(rest))
    return f"{scheme}{mark}{rest[:end]}", rest[end:]


def host_of(url: str) -> str:
    """Give the host of a URL for a name; empty where a variable hides it."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _encoded(text: str) -> str:
    return between_variables(text, lambda part: quote(part, safe=_UNESCAPED))
