"""RFC 6455 client and server: our own frame-exact codec on asyncio."""

from wirescope.transports.websocket.client import check, connect
from wirescope.transports.websocket.connection import WebSocketConnection
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
from wirescope.transports.websocket.routing import (
    Acceptance,
    Handler,
    Refusal,
    Request,
    Route,
)
from wirescope.transports.websocket.server import Server, serve
from wirescope.transports.websocket.settings import LOOPBACK_NAMES, ServerOptions, Settings

__all__ = [
    "LOOPBACK_NAMES",
    "Acceptance",
    "BasicAuth",
    "BearerAuth",
    "ConnectOptions",
    "DigestAuth",
    "Handler",
    "Refusal",
    "Request",
    "ResolveOverride",
    "RetryPolicy",
    "Route",
    "Server",
    "ServerOptions",
    "Settings",
    "TLSOptions",
    "WebSocketConnection",
    "check",
    "connect",
    "parse_header",
    "serve",
]
