"""What a connection needs to know of its options, client or server; how a server behaves."""

from dataclasses import dataclass

import msgspec

from wirescope.wire.websocket import DeflateParameters


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection needs to know of its options, the same for client and server.

    Attributes:
        auto_pong: answer pings with pongs.
        ping_interval_s: send a ping this often; None never.
        ping_timeout_s: give the connection up when a pong does not come in time; None never.
        ping_payload: the payload of those pings; empty makes a different one each time.
        close_timeout_s: how long to wait for the peer in the closing handshake.
        max_message_size: decoded bytes; None for no limit.
        max_fragments: frames of one message.
        hold_limit: longer messages are not held in memory whole.
        strict: fail the connection on a breach (RFC 6455 section 7.1.7); else note it and go on.
        deliver: keep messages for `receive`; without it they are events only.
    """

    auto_pong: bool = True
    ping_interval_s: float | None = None
    ping_timeout_s: float | None = 20
    ping_payload: bytes = b""
    close_timeout_s: float = 5
    max_message_size: int | None = 16 << 20
    max_fragments: int = 1 << 18
    hold_limit: int = 16 << 20
    strict: bool = True
    deliver: bool = True


LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

_DEFLATE = DeflateParameters()
_SETTINGS = Settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How a server behaves.

    Attributes:
        hosts: the names that requests may address it by, without port, beside the numeric address
            that they came to; others get 403.
        origins: the origins that pages may come from, beside the server's own; "*" is any.
        shared: paths at and below which pages of further origins may use plain HTTP, though not
            WebSocket, each with those origins; what is there has to do CORS itself.
        subprotocols: those it speaks, the preferred one first.
        compression: the parameters of permessage-deflate that it prefers; None declines it.
        settings: the behaviour of its connections.
        head_timeout_s: how long a client may take for its request.
        max_connections: connections at a time; more are refused with 503.
        max_requests: requests to resources that are read or answered at a time; more get 503.
        congestion_control: of TCP, as the system names it (`cubic`); None leaves the system's own.
    """

    hosts: tuple[str, ...] = LOOPBACK_NAMES
    origins: tuple[str, ...] = ()
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()
    subprotocols: tuple[str, ...] = ()
    compression: DeflateParameters | None = _DEFLATE
    settings: Settings = _SETTINGS
    head_timeout_s: float = 10
    max_connections: int = 10_000
    max_requests: int = 64
    congestion_control: str | None = None
