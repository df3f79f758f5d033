"""One HTTP exchange of the opening handshake: a request out, a head back, a refusal's body.

On a 101 reading stops at the end of the head, so that the frames that follow go to the connection
that takes the transport over. On any other status the body is read up to a limit, since it is what
tells a person why.
"""

import asyncio
from typing import Any, cast

import h11

from wirescope.errors import HandshakeError
from wirescope.wire.websocket import HeadReader, ResponseHead, parse_response

BODY_LIMIT = 64 << 10
"""Bytes of a refusal's body that are kept."""

_BODY_TIME_S = 5.0


class Exchange(asyncio.Protocol):
    """The client's side of one exchange, as an asyncio protocol.

    Attributes:
        received: everything that came before a head was complete, the evidence when none was.
    """

    def __init__(self) -> None:
        self._reader = HeadReader(kind="response")
        self._head: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._body: _Body | None = None

    @property
    def received(self) -> bytes:
        """Everything that came until the head was complete."""
        return self._reader.received

    @property
    def leftover(self) -> bytes:
        """What came after the head of a 101."""
        return self._reader.leftover

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the answer."""
        if self._head.done():
            if self._body is not None:
                self._body.feed(data)
            return
        try:
            raw = self._reader.feed(data)
        except HandshakeError as error:
            self._head.set_exception(error)
            return
        if raw is not None:
            assert self._transport is not None
            self._transport.pause_reading()
            self._head.set_result(raw)

    def eof_received(self) -> None:
        """Take the end of the answer; asyncio then closes the transport."""
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection."""
        self._end(exc)

    def _end(self, exc: Exception | None) -> None:
        if not self._head.done():
            self._head.set_exception(exc or ConnectionResetError("The connection ended."))
        if self._body is not None:
            self._body.end()

    async def head(self, request: bytes) -> ResponseHead:
        """Send the request and wait for the head of the answer.

        Raises:
            HandshakeError: the answer is not HTTP/1.1.
            OSError: the connection ended before.
        """
        assert self._transport is not None
        self._transport.write(request)
        return parse_response(await self._head)

    async def body(self, head: ResponseHead) -> bytes:
        """Read the body of a refusal as far as it comes within the limits."""
        assert self._transport is not None
        self._body = _Body(head)
        self._body.feed(self._reader.leftover)
        if self._transport.is_closing():
            self._body.end()
        else:
            self._transport.resume_reading()
        try:
            async with asyncio.timeout(_BODY_TIME_S):
                await self._body.done
        except TimeoutError:
            pass  # what came until now says more than nothing
        return bytes(self._body.data[:BODY_LIMIT])


class _Body:
    """The body of an answer, its framing read by h11 (RFC 9112 section 6)."""

    def __init__(self, head: ResponseHead) -> None:
        self.data = bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._h11 = h11.Connection(h11.CLIENT)
        self._h11.send(h11.Request(method="GET", target="/", headers=[("Host", "-")]))
        self._h11.send(h11.EndOfMessage())
        framing = [
            f"{name}: {value}\r\n"
            for name, value in head.headers
            if name.lower() in ("content-length", "transfer-encoding")
        ]
        status = f"HTTP/1.1 {head.status} -\r\n"
        self._h11.receive_data((status + "".join(framing) + "\r\n").encode("latin-1"))

    def feed(self, data: bytes) -> None:
        """Take bytes of the body as they come."""
        if self.done.done() or not data:
            return
        self._take(data)

    def end(self) -> None:
        """Take the end of the connection."""
        if not self.done.done():
            self._take(b"")

    def _take(self, data: bytes) -> None:
        try:
            self._h11.receive_data(data)
            while not self.done.done():
                event: Any = self._h11.next_event()
                if isinstance(event, h11.Data):
                    self.data += event.data
                if event is h11.NEED_DATA:
                    break
                if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                    self.done.set_result(None)
        except h11.RemoteProtocolError:
            self.done.set_result(None)  # a broken framing: what came is kept
        if len(self.data) >= BODY_LIMIT and not self.done.done():
            self.done.set_result(None)
