"""A WebSocket client: from an address to an established connection."""

from wirescope.events import EventSink, Purpose, Timeline
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.establishing import establish
from wirescope.transports.websocket.options import ConnectOptions, TLSOptions
from wirescope.transports.websocket.retry import OnRetry
from wirescope.transports.websocket.settings import Settings
from wirescope.transports.websocket.trust import asked_name, client_context
from wirescope.transports.websocket.url import parse_url


async def connect(
    url: str,
    *,
    options: ConnectOptions | None = None,
    timeline: Timeline,
    sink: EventSink,
    deliver: bool = True,
    on_retry: OnRetry | None = None,
    purpose: Purpose | None = None,
) -> WebSocketConnection:
    """Connect to a WebSocket server.

    Args:
        url: `ws://` or `wss://`.
        options: everything that can be asked of a connection.
        timeline: numbers the events.
        sink: takes them.
        deliver: keep messages for `receive`; without it they are events only.
        on_retry: told the error, the number of the retry and the seconds until it, before the wait.
        purpose: what it is made for; it is written down as that.

    Raises:
        ConnectError: no connection came about.
        UpgradeRefusedError: the server answered with another status than 101.
        HandshakeError: its answer breaks RFC 6455.
        InvalidURLError: the address cannot be connected to.
    """
    options = options or ConnectOptions()
    established = await establish(
        url, options=options, timeline=timeline, sink=sink, on_retry=on_retry, purpose=purpose
    )
    connection = WebSocketConnection(
        established.journal,
        url=established.url,
        role="client",
        handshake=established.handshake,
        compression=established.compression,
        settings=_settings(options, deliver=deliver),
    )
    connection.start(established.transport, established.leftover)
    return connection


def check(url: str, options: ConnectOptions) -> None:
    """Find the user's mistakes that `connect` would find before it opens anything.

    Raises:
        InvalidURLError: the address cannot be connected to.
        UsageError: a file or the name of the TLS options cannot be used.
    """
    address = parse_url(url)
    if address.secure:
        asked_name(options.tls, address.host)
        if options.tls != TLSOptions():
            client_context(options.tls)


def _settings(options: ConnectOptions, *, deliver: bool) -> Settings:
    return Settings(
        auto_pong=options.auto_pong,
        ping_interval_s=options.ping_interval_s,
        ping_timeout_s=options.ping_timeout_s,
        ping_payload=options.ping_payload,
        close_timeout_s=options.close_timeout_s,
        max_message_size=options.max_message_size,
        hold_limit=options.hold_limit,
        strict=options.strict,
        deliver=deliver,
    )
