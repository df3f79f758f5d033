"""Clients over TCP and TLS (RFC 8656 section 2.1): a connection is a flow.

Whoever connects has some seconds to show credentials, the handshake of TLS among them, and so many
may do so at once, a quarter of them from one source. Bytes that are no message end the connection.
A client that reads too slowly loses datagrams, as over UDP; one that does not even read its answers
is let go.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from wirescope.errors import PacketError
from wirescope.ice_server.budget import source_of
from wirescope.ice_server.flows import Buffer, Flow, Transport
from wirescope.ice_server.machine import MAX_ATTRIBUTES, IceMachine
from wirescope.transports.secured import SecuredTransport
from wirescope.wire.turn import OLD_CHANNEL_NUMBERS, StreamDeframer

MAX_MESSAGE = 16 << 10
"""Bytes of a message that a client may send; a datagram of a call has 1,500."""

MAX_UNSENT = 256 << 10
"""Bytes that wait for a client which reads slowly, before datagrams for it are dropped."""

SHUTDOWN_S = 2.0

SHARE = 4
"""One source has the room of this part of the connections that have no allocation."""

BACKLOG = 1024
"""Connections that may wait to be taken."""


class Streams:
    """All connections of clients.

    Args:
        machine: the server.
        max_connections: that have no allocation.
        timeout_s: how long one may have none.
        now_ns: tells the time, on a clock that never goes back.
        on_wake: called before what came is handed over.
    """

    def __init__(
        self,
        machine: IceMachine,
        *,
        max_connections: int,
        timeout_s: float,
        now_ns: Callable[[], int],
        on_wake: Callable[[], None],
    ) -> None:
        self.machine = machine
        self.on_wake = on_wake
        self._timeout_ns = round(timeout_s * 1e9)
        self._now_ns = now_ns
        self._max = max_connections
        self._max_of_source = max(1, max_connections // SHARE)
        self._loop = asyncio.get_running_loop()
        self._clients: set[Client] = set()
        self._waiting: dict[Client, int] = {}
        self._of_source: Counter[str] = Counter()
        self._closed = False

    async def listen(self, bound: socket.socket, context: ssl.SSLContext | None) -> asyncio.Server:
        """Take clients at a bound socket."""
        return await self._loop.create_server(
            lambda: self._accept(context), sock=bound, backlog=BACKLOG
        )

    def _accept(self, context: ssl.SSLContext | None) -> asyncio.Protocol:
        if context is None:
            return Client(self, "tcp")
        client = Client(self, "tls")
        transport = _Arriving(
            client,
            context,
            server_side=True,
            handshake_timeout_s=self._timeout_ns / 1e9,
            shutdown_timeout_s=SHUTDOWN_S,
        )
        client.transport = transport
        transport.established.add_done_callback(partial(self._established, client))
        return transport

    def _established(self, client: "Client", shaken: "asyncio.Future[None]") -> None:
        if shaken.cancelled() or shaken.exception() is not None:
            self.end(client)

    def begin(self, client: "Client") -> bool:
        """Note a new client; False where there is no room for it."""
        if self._closed or client in self._clients:
            return not self._closed
        full = self._of_source[client.source] >= self._max_of_source
        if full or len(self._waiting) >= self._max:
            self.machine.counts.turned_away += 1
            self._forget(client.source)
            return False
        self._clients.add(client)
        self._wait(client)
        return True

    def _wait(self, client: "Client") -> None:
        if client not in self._waiting:
            self._waiting[client] = self._now_ns()
            self._of_source[client.source] += 1

    def _wait_no_more(self, client: "Client") -> None:
        if self._waiting.pop(client, None) is not None:
            self._of_source[client.source] -= 1
            self._forget(client.source)

    def _forget(self, source: str) -> None:
        if self._of_source[source] <= 0:
            del self._of_source[source]

    def end(self, client: "Client") -> None:
        """Forget a client."""
        self._clients.discard(client)
        self._wait_no_more(client)

    def heard(self, client: "Client") -> None:
        """Look whether a client has an allocation now."""
        if client.has_allocation:
            self._wait_no_more(client)
        elif client in self._clients:
            self._wait(client)

    def tick(self) -> None:
        """Close what has had no allocation for too long; called about once a second."""
        now_ns = self._now_ns()
        for client in list(self._clients):
            self.heard(client)  # an allocation may have ended by itself
            since_ns = self._waiting.get(client)
            if since_ns is not None and now_ns - since_ns >= self._timeout_ns:
                self.machine.counts.timed_out += 1
                client.abort()

    def close(self) -> None:
        """Close all of them, and take no more."""
        self._closed = True
        for client in list(self._clients):
            client.abort()


class _Arriving(SecuredTransport):
    """TLS of a client, who has to be let in before its handshake begins."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        client = self._protocol
        assert isinstance(client, Client)
        if not client.arrive(transport):
            self.abort()
        super().connection_made(transport)


class Client(asyncio.Protocol):
    """One connection.

    Args:
        streams: all of them.
        kind: how the client comes.

    Attributes:
        transport: the connection, with TLS where there is.
        source: where it comes from, as budgets count it.
    """

    def __init__(self, streams: Streams, kind: Transport) -> None:
        self._streams = streams
        self._kind: Transport = kind
        self._deframer = StreamDeframer(
            max_length=MAX_MESSAGE, channels=OLD_CHANNEL_NUMBERS, most_attributes=MAX_ATTRIBUTES
        )
        self._flow: Flow | None = None
        self.transport: Any = None
        self.source = ""

    def arrive(self, transport: asyncio.BaseTransport) -> bool:
        """Note where the client comes from; whether it may stay."""
        remote = transport.get_extra_info("peername")
        if not remote:  # gone already
            return False
        self.source = source_of(remote[0].partition("%")[0])
        return self._streams.begin(self)

    @property
    def has_allocation(self) -> bool:
        """Whether the client has shown credentials and holds an allocation."""
        return self._flow is not None and self._flow.allocation is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; over TLS its handshake is done."""
        self.transport = transport
        local, remote = (self.transport.get_extra_info(each) for each in ("sockname", "peername"))
        if not local or not self.arrive(transport):
            self.abort()
            return
        self._flow = Flow(
            self._kind,
            local[:2],
            remote,
            send=self._send,
            send_data=self._send_data,
        )

    def data_received(self, data: bytes) -> None:
        """Take bytes, and hand over the messages that they complete."""
        flow, machine = self._flow, self._streams.machine
        if flow is None:
            return
        self._streams.on_wake()
        try:
            for message in self._deframer.feed(data):
                machine.on_message(flow, message)
        except PacketError:
            machine.counts.malformed += 1
            self.abort()
        self._streams.heard(self)

    def _send(self, data: Buffer) -> None:
        if self.transport.get_write_buffer_size() > 2 * MAX_UNSENT:
            self._streams.machine.counts.unsent += 1
            self.abort()
        else:
            self.transport.write(bytes(data))

    def _send_data(self, data: Buffer) -> None:
        if self.transport.get_write_buffer_size() > MAX_UNSENT:
            self._streams.machine.counts.unsent += 1
        else:
            # RFC 8656 section 12.5: padded over a stream; the copy is as the memory is used again
            self.transport.write(bytes(data) + bytes(-len(data) % 4))

    def abort(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End what the client has."""
        self._streams.end(self)
        if self._flow is not None:
            self._streams.on_wake()
            self._streams.machine.on_gone(self._flow)
