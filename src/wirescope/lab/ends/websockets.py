"""Ends over WebSocket: a client, a far side, and the server in the middle.

Connections are ours throughout, TCP_NODELAY is on, as it always is with them, and nothing pings.
"""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.lab.ends.carrier import Carrier, taking
from wirescope.lab.ends.orders import (
    Certificate,
    Connecting,
    Facts,
    Join,
    Listen,
    Look,
    Open,
)
from wirescope.lab.ends.recording import Record
from wirescope.lab.ends.usage import tcp_facts
from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    Request,
    ServerOptions,
    Settings,
    TLSOptions,
    WebSocketConnection,
    connect,
    serve,
)
from wirescope.wire.websocket import DeflateOffer, DeflateParameters

CLOSE_TIMEOUT_S = 3.0


class WebSocketCarrier(Carrier):
    """Carries messages over a WebSocket."""

    def __init__(self, connection: WebSocketConnection) -> None:
        super().__init__()
        self.connection: WebSocketConnection = connection

    async def facts(self) -> Facts:
        """Say what is known of the connection."""
        return Facts(
            tcp=tcp_facts(self.connection.tcp_socket),
            compressed=self.connection.compression is not None,
        )

    def look(self) -> Look:
        """See how it stands at this moment."""
        now_ns, buffered = SystemClock.monotonic_ns(), self.connection.buffered_bytes
        tcp = tcp_facts(self.connection.tcp_socket)
        if tcp is None:
            return Look(now_ns, buffered)
        return Look(
            now_ns,
            buffered,
            tcp.unsent_bytes,
            tcp.congestion_window_bytes,
            tcp.rtt_us,
            tcp.retransmits,
        )

    def has_left(self) -> bool:
        """Whether all that was sent has arrived at the other side's system."""
        if self.connection.buffered_bytes:
            return False
        tcp = tcp_facts(self.connection.tcp_socket)
        return tcp is None or not (tcp.unsent_bytes or tcp.unacknowledged_bytes)

    async def close(self) -> None:
        """Close it with a closing handshake."""
        await self.connection.close()
        self.leave.set()


async def dial(order: Open, record: Record) -> WebSocketConnection:
    """Connect to a server.

    Raises:
        WirescopeError: no connection came about.
    """
    host = f"[{order.host}]" if ":" in order.host else order.host
    scheme = "ws" if order.ca is None else "wss"
    return await connect(
        f"{scheme}://{host}:{order.port}/",
        options=ConnectOptions(
            compression=DeflateOffer() if order.compression else None,
            open_timeout_s=order.timeout_s,
            close_timeout_s=CLOSE_TIMEOUT_S,
            tls=TLSOptions(ca=None if order.ca is None else Path(order.ca)),
            congestion_control=order.congestion_control,
        ),
        timeline=record.timeline,
        sink=record.sink,
    )


@asynccontextmanager
async def open_websocket(order: Open, record: Record) -> AsyncIterator[Carrier]:
    """Be a client; the connection is closed when the context ends."""
    began_ns = SystemClock.monotonic_ns()
    async with await dial(order, record) as connection:
        carrier = WebSocketCarrier(connection)
        setup_ns = SystemClock.monotonic_ns() - began_ns
        await carrier.note_opened(setup_ns, transport="websocket", phases_ms=record.phases_ms)
        async with taking(carrier):
            yield carrier


@asynccontextmanager
async def carry_websocket(
    connection: WebSocketConnection, _: Listen | Join, record: Record
) -> AsyncIterator[Carrier]:
    """Be the far side of a client that has come."""
    carrier = WebSocketCarrier(connection)
    await carrier.note_opened(0, transport="websocket", phases_ms=record.phases_ms)
    async with taking(carrier):
        yield carrier


@asynccontextmanager
async def listening(
    order: Connecting,
    record: Record,
    handler: Callable[[WebSocketConnection], Awaitable[None]],
    *,
    tls: Certificate | None,
) -> AsyncIterator[int]:
    """Take clients while the context lasts; gives the port.

    Raises:
        UsageError: the address cannot be listened on, or the certificate cannot be used.
    """

    def route(_: Request) -> Acceptance:
        return Acceptance(handler=handler)

    options = ServerOptions(
        hosts=(f"[{order.host}]" if ":" in order.host else order.host,),
        compression=DeflateParameters() if order.compression else None,
        settings=Settings(close_timeout_s=CLOSE_TIMEOUT_S),
        congestion_control=order.congestion_control,
    )
    try:
        async with serve(
            route,
            host=order.host,
            port=order.port,
            ssl=None if tls is None else _context(tls),
            options=options,
            timeline=record.timeline,
            sink=record.sink,
        ) as server:
            yield int(server.url.rpartition(":")[2])
    except OSError as error:
        raise UsageError(
            f"{order.host} port {order.port} cannot be listened on: {error.strerror or error}.",
            hint="Choose an address of this machine, or of its namespace, and a port that is free.",
        ) from None


def _context(tls: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{tls.certificate} is no certificate to serve with: {error}.") from None
    return context
