"""Where a redirect of the opening handshake leads, and what may be said there.

RFC 6455 section 4.1 lets a client follow redirects (RFC 9110 section 15.4). One from TLS to plain
text is not followed, and what was meant for one server is not told to another.
"""

from dataclasses import replace

from wirescope.errors import ConnectError, InvalidURLError, UpgradeRefusedError
from wirescope.transports.websocket.options import BasicAuth, ConnectOptions
from wirescope.transports.websocket.url import WebSocketURL, join_url

_REDIRECTS = {301, 302, 303, 307, 308}


def next_hop(
    address: WebSocketURL, error: UpgradeRefusedError, options: ConnectOptions, redirects: int
) -> tuple[WebSocketURL, ConnectOptions]:
    """Say where a redirect leads, and what may be said there; what is no redirect is raised."""
    location = next((value for name, value in error.headers if name.lower() == "location"), None)
    if location is None or error.status not in _REDIRECTS or not options.max_redirects:
        raise error
    if redirects > options.max_redirects:
        raise ConnectError(
            f"There are more than {options.max_redirects} redirects; the last leads to {location}.",
            phase="upgrade",
            kind="redirects",
            hint="Allow more with --max-redirects, or connect to the last address itself.",
        )
    try:
        following = join_url(address, location)
    except InvalidURLError as wrong:
        raise ConnectError(
            f"The server redirects to {location}, which is no WebSocket's address.",
            phase="upgrade",
            kind="redirects",
            hint=wrong.hint,
        ) from None
    if address.secure and not following.secure:
        raise ConnectError(
            f"The server redirects from TLS to plain text, to {following}.",
            phase="upgrade",
            kind="redirects",
            hint="That is not followed; connect to that address yourself if you mean it.",
        )
    if following.origin != address.origin:
        options = _for_another_server(options)
    if following.user is not None and options.auth is None:
        options = replace(options, auth=BasicAuth(following.user, following.password))
    return following, options


def _for_another_server(options: ConnectOptions) -> ConnectOptions:
    """Leave out what was meant for the first server: credentials, its name, who this client is."""
    own = ("authorization", "cookie", "proxy-authorization", "host")
    kept = tuple(field for field in options.headers if field[0].lower() not in own)
    tls = replace(options.tls, certificate=None, key=None, password=None, server_name=None)
    return replace(options, auth=None, cookies=(), headers=kept, tls=tls)
