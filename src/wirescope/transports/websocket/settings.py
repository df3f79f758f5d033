"""What a connection needs to know of its options, the same for client and server."""

import msgspec


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
