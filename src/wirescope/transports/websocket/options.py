"""Everything that can be asked of a client's connection, with its default and its check.

Values are checked when an options record is made, so that nothing is on the network yet when a
mistake is reported. Curl's notations (`--resolve`, `--user`, `--header`) are read here as well.
Not here: what the options do.
"""

from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from wirescope.errors import UsageError
from wirescope.transports.websocket.url import parse_proxy
from wirescope.wire.websocket import MAX_CONTROL_PAYLOAD, DeflateOffer, build_request, is_token

MAX_MESSAGE_SIZE = 16 << 20
"""Bytes that a message may have, decoded, unless told otherwise."""

RequestedHeader = tuple[str, str | None]
"""A header's name and value as typed; None as the value leaves the default of that name out."""


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """A user name and password, sent with the first request (RFC 7617)."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        # RFC 7617 section 2: a user-id containing a colon cannot be told from the password
        if ":" in self.user:
            raise UsageError(f"The user name {self.user!r} has a colon, which Basic cannot carry.")

    @classmethod
    def parse(cls, text: str) -> "BasicAuth":
        """Read curl's `user:password`; without a colon, the password is empty."""
        user, _, password = text.partition(":")
        return cls(user, password)


@dataclass(frozen=True, slots=True)
class DigestAuth:
    """A user name and password that answer a challenge; the password is never sent (RFC 7616)."""

    user: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "DigestAuth":
        """Read curl's `user:password`; without a colon, the password is empty."""
        user, _, password = text.partition(":")
        return cls(user, password)


@dataclass(frozen=True, slots=True)
class BearerAuth:
    """A token, sent with the first request (RFC 6750 section 2.1)."""

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.token or set(self.token) & set(" \t"):
            raise UsageError(
                "The bearer token is empty or has a blank in it.",
                hint="Give the token alone, without the word Bearer.",
            )


@dataclass(frozen=True, slots=True)
class ResolveOverride:
    """Addresses to use for a host and port instead of what DNS says; the host `*` is any.

    Attributes:
        host: the name in the URL, in any case.
        port: the port in the URL.
        addresses: numeric IPv4 or IPv6 addresses, tried as if they came from DNS.
    """

    host: str
    port: int
    addresses: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "ResolveOverride":
        """Read curl's `HOST:PORT:ADDRESS[,ADDRESS]`.

        Raises:
            UsageError: it is not of that form, or an address is not numeric.
        """
        host, rest = _split_host(text)
        port, colon, listed = rest.partition(":")
        addresses = tuple(part.strip(" []") for part in listed.split(","))
        if not host or not colon or not port.isascii() or not port.isdigit():
            raise _bad_override(text, "HOST:PORT:ADDRESS was expected")
        return cls(host.lower(), int(port), addresses)

    def __post_init__(self) -> None:
        shown = f"{self.host}:{self.port}:{','.join(self.addresses)}"
        if not 0 < self.port < 65536:
            raise _bad_override(shown, f"{self.port} is not a port")
        if not self.addresses:
            raise _bad_override(shown, "there is no address")
        for address in self.addresses:
            if not _is_address(address):
                raise _bad_override(shown, f"{address!r} is not an IPv4 or IPv6 address")

    def applies_to(self, host: str, port: int) -> bool:
        """Whether this override is for the host and port of a URL."""
        return self.port == port and self.host.lower() in ("*", host.lower())


def _split_host(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, rest = text.removeprefix("+").partition(":")
    return host, rest


def _bad_override(text: str, what: str) -> UsageError:
    return UsageError(
        f"The resolve override {text!r} cannot be used: {what}.",
        hint="Write it as --resolve example.test:443:127.0.0.1, more addresses after commas.",
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class TLSOptions:
    """How a server is trusted and how this client shows who it is.

    Attributes:
        ca: a file of certificates in PEM form to trust instead of the machine's, or a folder of
            them as OpenSSL's `rehash` makes it.
        certificate: this client's certificate chain, PEM.
        key: the certificate's private key, PEM; None when it is in the same file.
        password: what the private key is encrypted with.
        server_name: the name to ask for (SNI) and to check, instead of the URL's host.
        insecure: check neither the certificate nor the name. The connection can be read and
            changed by anyone in between.
        key_log: a file that the session's secrets are appended to (`SSLKEYLOGFILE`).
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    password: str | None = field(default=None, repr=False)
    server_name: str | None = None
    insecure: bool = False
    key_log: Path | None = None

    def __post_init__(self) -> None:
        if self.key is not None and self.certificate is None:
            raise UsageError(
                "A private key was given without a certificate.",
                hint="Give the client certificate with --cert.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a connection that failed for a passing reason is tried again.

    Attributes:
        attempts: how often to try again after the first failure; 0 never.
        delay_s: seconds before the first try; each further try doubles them.
        max_delay_s: seconds that no delay exceeds.
        jitter: choose each delay at random between 0 and its value, so that many clients do not
            come back at the same moment.
    """

    attempts: int = 0
    delay_s: float = 1
    max_delay_s: float = 30
    jitter: bool = True

    def __post_init__(self) -> None:
        _at_least(self.attempts, 0, "retry attempts")
        _at_least(self.delay_s, 0, "retry delay")
        _at_least(self.max_delay_s, 0, "longest retry delay")


@cache
def default_user_agent() -> str:
    """Name this program and its version."""
    from importlib.metadata import version  # 40 ms, which a start without a connection saves

    return f"wirescope/{version('wirescope')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectOptions:
    """What is asked of one connection.

    Attributes:
        headers: names and values that are sent as typed, in this order, after the defaults; one
            replaces the default of its name, and None as the value leaves that default out.
        origin: the Origin header, as `https://example.test`.
        cookies: `name=value` each; they share one Cookie header.
        user_agent: the User-Agent header; None sends none.
        auth: credentials. Basic and bearer go with the first request, digest answers a 401.
        subprotocols: offered in this order of preference.
        compression: the offer of permessage-deflate; None offers none.
        ping_interval_s: seconds between pings that are sent unasked; None sends none.
        ping_timeout_s: seconds to wait for such a ping's pong before the connection is given up;
            None waits for ever.
        ping_payload: what such pings carry, at most 125 bytes.
        auto_pong: answer a ping at once with a pong, as RFC 6455 section 5.5.2 demands.
        open_timeout_s: seconds for everything up to the end of the opening handshake.
        close_timeout_s: seconds to wait for the other end's Close frame.
        max_message_size: bytes of a received message, decoded; a longer one fails the connection
            with 1009. None sets no limit.
        hold_limit: bytes of a message that are kept in memory; of a longer one only the beginning
            is, and the whole goes out in pieces.
        tls: how the server is trusted.
        proxy: `http://`, `socks5://` (the name is resolved here) or `socks5h://` (the
            proxy resolves it), with `user:password@` where it asks for them. None goes directly.
        resolve: addresses that take the place of DNS.
        family: 4 or 6 uses only IPv4 or IPv6.
        unix_socket: connect to this socket instead of the URL's host and port.
        congestion_control: of TCP, as the system names it (`cubic`); None leaves the system's own.
        max_redirects: how many redirects to follow; 0 none.
        retry: whether and when to try again.
        strict: fail the connection on a violation (RFC 6455 section 7.1.7); False records it and
            goes on where that is possible.
    """

    headers: tuple[RequestedHeader, ...] = ()
    origin: str | None = None
    cookies: tuple[str, ...] = ()
    user_agent: str | None = field(default_factory=default_user_agent)
    auth: BasicAuth | BearerAuth | DigestAuth | None = None
    subprotocols: tuple[str, ...] = ()
    compression: DeflateOffer | None = field(default_factory=DeflateOffer)
    ping_interval_s: float | None = None
    ping_timeout_s: float | None = 20
    ping_payload: bytes = b""
    auto_pong: bool = True
    open_timeout_s: float = 30
    close_timeout_s: float = 5
    max_message_size: int | None = MAX_MESSAGE_SIZE
    hold_limit: int = MAX_MESSAGE_SIZE
    tls: TLSOptions = field(default_factory=TLSOptions)
    proxy: str | None = None
    resolve: tuple[ResolveOverride, ...] = ()
    family: Literal[4, 6] | None = None
    unix_socket: Path | None = None
    congestion_control: str | None = None
    max_redirects: int = 0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    strict: bool = True

    def __post_init__(self) -> None:
        self._check_request()
        self._check_path()
        _above_zero(self.ping_interval_s, "ping interval")
        _above_zero(self.ping_timeout_s, "ping time-out")
        _above_zero(self.open_timeout_s, "time-out for opening")
        _above_zero(self.close_timeout_s, "time-out for closing")
        _above_zero(self.max_message_size, "maximum message size")
        _at_least(self.hold_limit, 0, "hold limit")
        _at_least(self.max_redirects, 0, "maximum number of redirects")
        if len(self.ping_payload) > MAX_CONTROL_PAYLOAD:
            raise UsageError(
                f"The ping payload has {len(self.ping_payload)} bytes; 125 are the most that a"
                " control frame carries (RFC 6455 section 5.5)."
            )

    def _check_request(self) -> None:
        for cookie in self.cookies:
            if "=" not in cookie:
                raise UsageError(f"The cookie {cookie!r} is not of the form name=value.")
        for number, name in enumerate(self.subprotocols):
            # RFC 6455 section 4.1, item 10 of the request: tokens, all of them different
            if not is_token(name) or name in self.subprotocols[:number]:
                what = "named twice" if is_token(name) else "not a token"
                raise UsageError(
                    f"The subprotocol {name!r} cannot be offered: it is {what}.",
                    hint="Give each subprotocol once; to send anything else, give the header"
                    " Sec-WebSocket-Protocol yourself.",
                )
        # the builder knows what must not be in a head
        build_request(
            "/",
            "-",
            "-",
            headers=self.headers,
            origin=self.origin,
            cookies=self.cookies,
            user_agent=self.user_agent,
            authorization=self.auth.token if isinstance(self.auth, BearerAuth) else None,
        )

    def _check_path(self) -> None:
        if self.family not in (None, 4, 6):
            raise UsageError(f"The address family is {self.family!r}; 4 or 6 was expected.")
        if self.proxy is not None:
            parse_proxy(self.proxy)
        if self.proxy is not None and self.unix_socket is not None:
            raise UsageError(
                "A proxy and a Unix socket were given; a connection takes one way.",
                hint="Leave one of them out.",
            )


def parse_header(text: str) -> RequestedHeader:
    """Read a header as curl's `-H` does.

    `Name: value` sends it, `Name;` sends it without a value, `Name:` leaves the default out.

    Raises:
        UsageError: there is neither a colon nor a semicolon after a name.
    """
    name, colon, value = text.partition(":")
    if not colon and text.endswith(";"):
        name, value = text[:-1], ""
    elif not colon:
        raise UsageError(
            f"The header {text!r} has no colon.",
            hint="Write it as 'Name: value'; 'Name;' sends it empty, 'Name:' removes a default.",
        )
    elif not value.strip(" \t"):
        return name, None
    return name, value.strip(" \t")


def _above_zero(value: float | None, what: str) -> None:
    if value is not None and not value > 0:
        raise UsageError(f"The {what} is {value}; a number above 0 was expected.")


def _at_least(value: float, least: float, what: str) -> None:
    if not value >= least:
        raise UsageError(f"The {what} is {value}; a number of at least {least} was expected.")
