"""From an endpoint to a connection: its texts with their variables replaced, as connect options.

What has no place in the file is taken as `wirescope connect` takes it: the proxy and the file of
TLS session secrets from the process's environment, which comes in as an argument. Nothing connects
here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from wirescope.errors import WirescopeError
from wirescope.transports.webrtc import IceServer
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
from wirescope.workbench.addresses import is_call
from wirescope.workbench.calling import parse_address
from wirescope.workbench.workspace.calling import PreparedCall, prepared_call
from wirescope.workbench.workspace.model import TLS, Auth, Compression, Endpoint, Parameter
from wirescope.workbench.workspace.values import Values, encoded
from wirescope.workbench.workspace.variables import Resolver


class Prepared(NamedTuple):
    """All that a WebSocket needs.

    Attributes:
        url: where.
        options: how.
        secrets: texts that a capture has to blot out.
    """

    url: str
    options: ConnectOptions
    secrets: tuple[str, ...]


def prepare_endpoint(
    endpoint: Endpoint,
    resolver: Resolver,
    *,
    root: Path,
    environment: Mapping[str, str],
    own_ice_servers: tuple[IceServer, ...] = (),
) -> Prepared | PreparedCall:
    """Replace an endpoint's variables and check what comes of it; its URL says what it is.

    Args:
        endpoint: the endpoint.
        resolver: what its variables stand for; it belongs to this connection alone.
        root: the workspace's folder; relative paths of files begin there.
        environment: the process's environment.
        own_ice_servers: those of the workbench, which the endpoint may ask for.

    Raises:
        MediaFileError: a file that is to be sent cannot be read.
        UnknownVariableError: a variable has no value.
        UsageError: a value cannot be used; the message names it, and shows no secret.
    """
    values = Values(resolver, root)
    try:
        url = _url(endpoint, values)
        if not is_call(url):
            options = _options(endpoint, values, url, environment)
            check(url, options)
            return Prepared(url, options, secrets_of(options.auth, *values.spelled_secrets()))
        address = parse_address(url)
        signaling = _options(endpoint, values, address.target, environment)
        return prepared_call(endpoint, address, values, signaling, own_ice_servers)
    except WirescopeError as error:
        values.blot(error)
        raise


def _options(
    endpoint: Endpoint, values: Values, url: str, environment: Mapping[str, str]
) -> ConnectOptions:
    """Make the options by which a server is reached, of a WebSocket or of signaling."""
    heartbeat, limits, network = endpoint.heartbeat, endpoint.limits, endpoint.network
    unix_socket = values.path("network.unix_socket", network.unix_socket)
    proxy = values.optional("network.proxy", network.proxy)
    return ConnectOptions(
        headers=tuple(
            (
                values.text(f"headers[{number}].name", header.name),
                values.optional(f"headers[{number}].value", header.value),
            )
            for number, header in enumerate(endpoint.headers)
            if header.enabled
        ),
        origin=values.optional("origin", endpoint.origin),
        cookies=tuple(
            values.text(f"cookies[{number}]", f"{cookie.name}={cookie.value}")
            for number, cookie in enumerate(endpoint.cookies)
            if cookie.enabled
        ),
        auth=_auth(endpoint.auth, values),
        subprotocols=tuple(
            values.text(f"subprotocols[{number}]", name)
            for number, name in enumerate(endpoint.subprotocols)
        ),
        compression=_compression(endpoint.compression),
        ping_interval_s=heartbeat.interval_s,
        ping_timeout_s=heartbeat.timeout_s,
        ping_payload=values.text("heartbeat.payload", heartbeat.payload).encode(),
        auto_pong=heartbeat.auto_pong,
        open_timeout_s=limits.open_timeout_s,
        close_timeout_s=limits.close_timeout_s,
        max_message_size=limits.max_message_size,
        tls=_tls(endpoint.tls, values, environment),
        proxy=choose_proxy(
            url, asked=proxy, environment=environment, by_address=unix_socket is None
        )
        if url
        else None,
        resolve=tuple(
            ResolveOverride.parse(values.text(f"network.resolve[{number}]", line))
            for number, line in enumerate(network.resolve)
        ),
        family=None if network.ip == "any" else network.ip,
        unix_socket=unix_socket,
        max_redirects=network.redirects,
        retry=RetryPolicy(attempts=network.retry.attempts, delay_s=network.retry.delay_s),
        strict=endpoint.strict,
    )


def _url(endpoint: Endpoint, values: Values) -> str:
    url = values.text("url", endpoint.url.strip())
    pairs = [
        _pair(number, parameter, values)
        for number, parameter in enumerate(endpoint.query)
        if parameter.enabled
    ]
    if not pairs:
        return url
    before, hash_mark, fragment = url.partition("#")
    joint = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
    return f"{before}{joint}{'&'.join(pairs)}{hash_mark}{fragment}"


def _pair(number: int, parameter: Parameter, values: Values) -> str:
    name = encoded(values.text(f"query[{number}].name", parameter.name))
    if parameter.value is None:
        return name
    value = values.text(f"query[{number}].value", parameter.value)
    return f"{name}={encoded(value)}"


def _auth(auth: Auth, values: Values) -> BasicAuth | BearerAuth | DigestAuth | None:
    if auth.kind == "none":
        return None
    if auth.kind == "bearer":
        return BearerAuth(values.text("auth.token", auth.token))
    user = values.text("auth.user", auth.user)
    password = values.text("auth.password", auth.password)
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


def _tls(tls: TLS, values: Values, environment: Mapping[str, str]) -> TLSOptions:
    key_log = environment.get("SSLKEYLOGFILE")
    return TLSOptions(
        ca=values.path("tls.ca", tls.ca),
        certificate=values.path("tls.certificate", tls.certificate),
        key=values.path("tls.key", tls.key),
        password=values.optional("tls.key_password", tls.key_password),
        server_name=values.optional("tls.server_name", tls.server_name),
        insecure=tls.insecure,
        key_log=Path(key_log) if key_log else None,
    )
