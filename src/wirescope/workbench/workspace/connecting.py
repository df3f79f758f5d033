"""From an endpoint to a connection: its texts with their variables replaced, as connect options.

What has no place in the file is taken as `wirescope connect` takes it: the proxy and the file of
TLS session secrets from the process's environment, which comes in as an argument. Nothing connects
here.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from wirescope.capture import REDACTED
from wirescope.errors import UsageError
from wirescope.transports.websocket import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    ResolveOverride,
    RetryPolicy,
    TLSOptions,
    check,
    choose_proxy,
    secrets_of,
)
from wirescope.wire.websocket import DeflateOffer
from wirescope.workbench.workspace.model import TLS, Auth, Compression, Endpoint, Parameter
from wirescope.workbench.workspace.variables import Resolver

_SHORTEST_SECRET = 4
"""Characters; a shorter one is part of any sentence, and is not taken out of a capture either."""


class Prepared(NamedTuple):
    """All that a connection needs.

    Attributes:
        url: where.
        options: how.
        secrets: texts that a capture has to blot out.
    """

    url: str
    options: ConnectOptions
    secrets: tuple[str, ...]


def to_connect_options(
    endpoint: Endpoint, resolver: Resolver, *, root: Path, environment: Mapping[str, str]
) -> Prepared:
    """Replace an endpoint's variables and check what comes of it.

    Args:
        endpoint: the endpoint.
        resolver: what its variables stand for; it belongs to this connection alone.
        root: the workspace's folder; relative paths of files begin there.
        environment: the process's environment.

    Raises:
        UnknownVariableError: a variable has no value.
        UsageError: a value cannot be used; the message names it, and shows no secret.
    """
    try:
        return _prepared(endpoint, resolver, root=root, environment=environment)
    except UsageError as error:
        _blot(error, resolver.used_secrets)
        raise


def _prepared(
    endpoint: Endpoint, resolver: Resolver, *, root: Path, environment: Mapping[str, str]
) -> Prepared:
    reader = _Reader(resolver, root)
    url = _url(endpoint, resolver)
    auth = _auth(endpoint.auth, resolver)
    heartbeat, limits, network = endpoint.heartbeat, endpoint.limits, endpoint.network
    unix_socket = reader.path("network.unix_socket", network.unix_socket)
    proxy = reader.optional("network.proxy", network.proxy)
    options = ConnectOptions(
        headers=tuple(
            (
                reader.text(f"headers[{number}].name", header.name),
                reader.optional(f"headers[{number}].value", header.value),
            )
            for number, header in enumerate(endpoint.headers)
            if header.enabled
        ),
        origin=reader.optional("origin", endpoint.origin),
        cookies=tuple(
            reader.text(f"cookies[{number}]", f"{cookie.name}={cookie.value}")
            for number, cookie in enumerate(endpoint.cookies)
            if cookie.enabled
        ),
        auth=auth,
        subprotocols=tuple(
            reader.text(f"subprotocols[{number}]", name)
            for number, name in enumerate(endpoint.subprotocols)
        ),
        compression=_compression(endpoint.compression),
        ping_interval_s=heartbeat.interval_s,
        ping_timeout_s=heartbeat.timeout_s,
        ping_payload=reader.text("heartbeat.payload", heartbeat.payload).encode(),
        auto_pong=heartbeat.auto_pong,
        open_timeout_s=limits.open_timeout_s,
        close_timeout_s=limits.close_timeout_s,
        max_message_size=limits.max_message_size,
        tls=_tls(endpoint.tls, reader, environment),
        proxy=choose_proxy(
            url, asked=proxy, environment=environment, by_address=unix_socket is None
        ),
        resolve=tuple(
            ResolveOverride.parse(reader.text(f"network.resolve[{number}]", line))
            for number, line in enumerate(network.resolve)
        ),
        family=None if network.ip == "any" else network.ip,
        unix_socket=unix_socket,
        max_redirects=network.redirects,
        retry=RetryPolicy(attempts=network.retry.attempts, delay_s=network.retry.delay_s),
        strict=endpoint.strict,
    )
    check(url, options)
    return Prepared(url, options, secrets_of(auth, *_spellings(resolver.used_secrets)))


class _Reader:
    """Reads values of one endpoint."""

    def __init__(self, resolver: Resolver, root: Path) -> None:
        self._resolver = resolver
        self._root = root

    def text(self, where: str, value: str) -> str:
        return self._resolver.text(value, where=where)

    def optional(self, where: str, value: str | None) -> str | None:
        return None if value is None else self.text(where, value)

    def path(self, where: str, value: str | None) -> Path | None:
        text = self.optional(where, value)
        if not text:
            return None
        try:
            path = self._root / Path(text).expanduser()
        except RuntimeError:
            problem = "there is no such user, or it has no folder"
        else:
            if "\0" not in text:
                return path
            problem = "it has a NUL in it"
        raise UsageError(f"{where} cannot be the path {text!r}: {problem}.")


def _url(endpoint: Endpoint, resolver: Resolver) -> str:
    url = resolver.text(endpoint.url.strip(), where="url")
    pairs = [
        _pair(number, parameter, resolver)
        for number, parameter in enumerate(endpoint.query)
        if parameter.enabled
    ]
    if not pairs:
        return url
    before, hash_mark, fragment = url.partition("#")
    joint = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
    return f"{before}{joint}{'&'.join(pairs)}{hash_mark}{fragment}"


def _pair(number: int, parameter: Parameter, resolver: Resolver) -> str:
    name = _encoded(resolver.text(parameter.name, where=f"query[{number}].name"))
    if parameter.value is None:
        return name
    value = resolver.text(parameter.value, where=f"query[{number}].value")
    return f"{name}={_encoded(value)}"


def _encoded(text: str) -> str:
    """Percent-encode what would end a value or the query (RFC 3986 section 3.4)."""
    return quote(text, safe="/?:@!$'()*,;")


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Yield secrets as they are, and as they stand in the query and in the path of a URL."""
    for secret in secrets:
        yield from (secret, _encoded(secret), quote(secret, safe="/?:@!$'()*,;&=+%"))


def _blot(error: UsageError, secrets: Iterable[str]) -> None:
    """Take secrets out of what an error says, also as Python and URLs spell them."""
    spelled = {form for each in _spellings(secrets) for form in (each, repr(each)[1:-1])}
    for text in sorted(spelled, key=len, reverse=True):
        if len(text) < _SHORTEST_SECRET:
            continue
        error.message = error.message.replace(text, REDACTED)
        error.hint = error.hint.replace(text, REDACTED)
    error.args = (error.message,)


def _auth(auth: Auth, resolver: Resolver) -> BasicAuth | BearerAuth | DigestAuth | None:
    if auth.kind == "none":
        return None
    if auth.kind == "bearer":
        return BearerAuth(resolver.text(auth.token, where="auth.token"))
    user = resolver.text(auth.user, where="auth.user")
    password = resolver.text(auth.password, where="auth.password")
    return (BasicAuth if auth.kind == "basic" else DigestAuth)(user, password)


def _compression(compression: Compression) -> DeflateOffer | None:
    if not compression.offer:
        return None
    return DeflateOffer(
        server_no_context_takeover=compression.server_no_context_takeover,
        client_no_context_takeover=compression.client_no_context_takeover,
        server_max_window_bits=compression.server_max_window_bits,
        client_max_window_bits=compression.client_max_window_bits,
    )


def _tls(tls: TLS, reader: _Reader, environment: Mapping[str, str]) -> TLSOptions:
    key_log = environment.get("SSLKEYLOGFILE")
    return TLSOptions(
        ca=reader.path("tls.ca", tls.ca),
        certificate=reader.path("tls.certificate", tls.certificate),
        key=reader.path("tls.key", tls.key),
        password=reader.optional("tls.key_password", tls.key_password),
        server_name=reader.optional("tls.server_name", tls.server_name),
        insecure=tls.insecure,
        key_log=Path(key_log) if key_log else None,
    )
