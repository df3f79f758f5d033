"""The way to a server: a UDP socket, a TCP connection or TLS over one, as messages.

A flow cuts what comes into STUN messages and ChannelData and hands each on; it knows neither
requests nor allocations. What cannot be cut is no message of either: a datagram is passed over and
remembered, a stream is at its end (RFC 8489 section 6.2.2).
"""

import asyncio
import errno
from collections.abc import Callable
from typing import cast

from wirescope.errors import PacketError
from wirescope.transports.turn.url import Transport
from wirescope.wire.stun import StunMessage, parse_stun
from wirescope.wire.turn import (
    ChannelData,
    StreamDeframer,
    build_channel_data,
    is_channel_data,
    pad_for_stream,
    parse_channel_data,
)

Address = tuple[str, int]
"""A host's address and a port."""

OnMessage = Callable[[StunMessage | ChannelData, Address], None]

_KEPT = 64  # bytes of what was no message
_BACKLOG_BYTES = 1 << 20


class Flow:
    """What both kinds have.

    Attributes:
        transport: how the server is reached.
        local: this end's address.
        remote: the server's; None of a socket that is bound to none.
        garbage: the beginning of what came and was no message; empty if nothing did, or if a
            message came as well.
        on_message: gets what comes and where it came from.
        ended: done once nothing will come any more.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport: Transport = transport
        self.local: Address = ("", 0)
        self.remote: Address | None = None
        self.garbage = b""
        self.on_message: OnMessage = _ignore
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._end_error: Exception | None = None

    @property
    def reliable(self) -> bool:
        """Whether what is sent arrives, or the flow ends."""
        return self.transport != "udp"

    @property
    def is_over(self) -> bool:
        """Whether nothing can be sent any more."""
        return self.ended.done()

    @property
    def end_error(self) -> Exception | None:
        """What ended it; None where this end or the other did in order."""
        return self._end_error

    def send(self, data: bytes, to: Address | None = None) -> None:
        """Send one message, dropped where nothing can be sent; `to` on a socket bound to none."""
        raise NotImplementedError

    def send_channel_data(self, message: ChannelData) -> None:
        """Send ChannelData, padded as the transport needs it."""
        self.send(build_channel_data(pad_for_stream(message) if self.reliable else message))

    async def close(self) -> None:
        """End it; returns when it has."""
        raise NotImplementedError

    def _end(self, error: Exception | None) -> None:
        if not self.ended.done():
            self._end_error = error
            self.ended.set_result(None)


def _ignore(*_: object) -> None:
    pass


class DatagramFlow(Flow, asyncio.DatagramProtocol):
    """A UDP socket, connected to a server or not."""

    def __init__(self) -> None:
        super().__init__("udp")
        self._speaks = False
        self._socket: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        # uvloop's transports are no subclass of asyncio's
        self._socket = cast("asyncio.DatagramTransport", transport)
        self.local = _pair(transport.get_extra_info("sockname"))
        peer = transport.get_extra_info("peername")
        self.remote = _pair(peer) if peer else None

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        """Take a datagram."""
        try:
            message = parse_channel_data(data) if is_channel_data(data) else parse_stun(data)
        except PacketError:
            if not self._speaks:
                self.garbage = self.garbage or data[:_KEPT]
            return
        self._speaks, self.garbage = True, b""
        self.on_message(message, _pair(addr))

    def error_received(self, exc: Exception) -> None:
        """Take what came back by ICMP: nobody listens, or there is no way (section 6.2.1)."""
        self._end(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end."""
        self._socket = None
        self._end(exc)
        self._lost.set_result(None)

    def send(self, data: bytes, to: Address | None = None) -> None:
        """Send a datagram; an address that the socket cannot send to ends the flow."""
        if self._socket is None:
            return
        try:
            self._socket.sendto(data, to)
        except ValueError as error:  # uvloop's, for another family; asyncio reports an OSError
            self._end(OSError(errno.EAFNOSUPPORT, str(error)))

    async def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.abort()
            await self._lost


class StreamFlow(Flow, asyncio.Protocol):
    """A TCP connection, or TLS over one."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._stream: asyncio.Transport | None = None
        self._deframer = StreamDeframer()
        self._begun = b""
        self._speaks = False
        self._peer: Address = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._stream = cast("asyncio.Transport", transport)
        self.local = _pair(transport.get_extra_info("sockname"))
        self._peer = _pair(transport.get_extra_info("peername"))
        self.remote = self._peer

    def data_received(self, data: bytes) -> None:
        """Take bytes of the stream."""
        if len(self._begun) < _KEPT:
            self._begun += data[: _KEPT - len(self._begun)]
        try:
            for message in self._deframer.feed(data):
                self._speaks = True
                self.on_message(message, self._peer)
        except PacketError as error:
            self.garbage = self._begun
            self._end(error)
            if self._stream is not None:
                self._stream.abort()
        # "HTTP" begins like ChannelData of 20 KiB, of which the rest never comes
        self.garbage = b"" if self._speaks and not self.is_over else self.garbage or self._begun

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end."""
        self._stream = None
        self._end(exc)
        self._lost.set_result(None)

    def send(self, data: bytes, to: Address | None = None) -> None:
        """Send a message; a server that reads nothing is hung up on at a bound."""
        if self._stream is None or self._stream.is_closing():
            return
        if self._stream.get_write_buffer_size() > _BACKLOG_BYTES:
            self._end(ConnectionAbortedError("The server does not read what is sent to it."))
            self._stream.abort()
            return
        self._stream.write(data)

    @property
    def tls(self) -> object:
        """What TLS knows of the connection; None without it."""
        return None if self._stream is None else self._stream.get_extra_info("ssl_object")

    async def close(self) -> None:
        """Hang up; what was sent before still goes, if the server takes it at once."""
        if self._stream is not None:
            self._stream.close()
            await asyncio.wait([self._lost], timeout=_CLOSING_S)
        if self._stream is not None:
            self._stream.abort()
            await self._lost


_CLOSING_S = 1.0


def _pair(address: object) -> Address:
    """Take host and port out of what a socket says; an IPv6 address has two more."""
    if isinstance(address, tuple) and len(address) >= 2:
        return str(address[0]), int(address[1])
    return "", 0
