"""RFC 6455 client and server: our own frame-exact codec on asyncio."""

from wirescope.transports.websocket.authentication import secrets_of
from wirescope.transports.websocket.client import check, connect
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.looking import (
    TLSLook,
    first_hop,
    look_at_tls,
    look_up,
    open_way,
    reach,
)
from wirescope.transports.websocket.options import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    ResolveOverride,
    RetryPolicy,
    TLSOptions,
    parse_header,
)
from wirescope.transports.websocket.proxy_choice import choose_proxy
from wirescope.transports.websocket.retry import OnRetry, with_retries
from wirescope.transports.websocket.routing import (
    Acceptance,
    Handler,
    Refusal,
    Request,
    Resource,
    Response,
    Route,
)
from wirescope.transports.websocket.server import Server, serve
from wirescope.transports.websocket.settings import LOOPBACK_NAMES, ServerOptions, Settings
from wirescope.transports.websocket.trust import client_context
from wirescope.transports.websocket.url import ProxyURL, WebSocketURL, parse_url

__all__ = [
    "LOOPBACK_NAMES",
    "Acceptance",
    "BasicAuth",
    "BearerAuth",
    "ConnectOptions",
    "DigestAuth",
    "Handler",
    "OnRetry",
    "ProxyURL",
    "Refusal",
    "Request",
    "ResolveOverride",
    "Resource",
    "Response",
    "RetryPolicy",
    "Route",
    "Server",
    "ServerOptions",
    "Settings",
    "TLSLook",
    "TLSOptions",
    "WebSocketConnection",
    "WebSocketURL",
    "check",
    "choose_proxy",
    "client_context",
    "connect",
    "first_hop",
    "look_at_tls",
    "look_up",
    "open_way",
    "parse_header",
    "parse_url",
    "reach",
    "secrets_of",
    "serve",
    "with_retries",
]
