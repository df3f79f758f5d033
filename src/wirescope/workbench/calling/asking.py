"""How the server of WHIP and WHEP is asked, made of the options that reach a WebSocket's server.

The way to it is the same: names, addresses, proxies. What the client of HTTP cannot do is refused
with the reason, not passed over.
"""

from base64 import b64encode
from functools import partial
from typing import Any

from wirescope.errors import UsageError
from wirescope.transports.webrtc.signaling import HttpOptions
from wirescope.transports.websocket import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    TLSOptions,
    client_context,
    open_way,
)
from wirescope.workbench.calling.address import Address

REDIRECTS = 5
"""307 and 308 are followed whether asked for or not (RFC 9725 section 4.5)."""


def http_options(
    address: Address, options: ConnectOptions, *, max_redirects: int | None = None
) -> HttpOptions:
    """Make the options of the client of WHIP and WHEP.

    Args:
        address: where it leads.
        options: how its server is reached.
        max_redirects: redirects that are followed; None leaves it to `options`, and where these
            follow none, to the specification.

    Raises:
        UsageError: something is asked for that it cannot do.
    """
    _check(options)
    scheme, token = _credentials(address, options)
    return HttpOptions(
        token=token,
        scheme=scheme,
        headers=_fields(options),
        tls=client_context(options.tls) if options.tls != TLSOptions() else None,
        server_name=options.tls.server_name,
        open_socket=partial(open_way, options=options),
        timeout_s=options.open_timeout_s,
        max_redirects=options.max_redirects or REDIRECTS
        if max_redirects is None
        else max_redirects,
    )


def _check(options: ConnectOptions) -> None:
    impossible = {
        "credentials by digest": isinstance(options.auth, DigestAuth),
        "subprotocols": bool(options.subprotocols),
    }
    for what in (what for what, is_asked in impossible.items() if is_asked):
        raise UsageError(
            f"WHIP and WHEP are asked over HTTP, without {what}.",
            hint="Leave it out; basic and bearer credentials are what there is.",
        )


def _credentials(address: Address, options: ConnectOptions) -> tuple[Any, str]:
    auth = options.auth
    if auth is None and address.user is not None:
        auth = BasicAuth(address.user, address.password)
    match auth:
        case BearerAuth(token):
            return "Bearer", token
        case BasicAuth(user, password):  # RFC 7617 section 2
            return "Basic", b64encode(f"{user}:{password}".encode()).decode()
    return "Bearer", ""


def _fields(options: ConnectOptions) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    if options.user_agent is not None:
        fields.append(("User-Agent", options.user_agent))
    if options.origin is not None:
        fields.append(("Origin", options.origin))
    if options.cookies:
        fields.append(("Cookie", "; ".join(options.cookies)))
    for name, value in options.headers:
        fields = [each for each in fields if each[0].lower() != name.lower()]
        if value is not None:
            fields.append((name, value))
    return tuple(fields)
