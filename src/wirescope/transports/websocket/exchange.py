"""One HTTP exchange of the opening handshake: a request out, a head back, a refusal's body.

On a 101 what follows the head is kept for the connection that takes the transport over. On any
other status the body is read up to a limit, since it is what tells a person why.
"""

import asyncio
from contextlib import suppress
from typing import Any, cast

import h11

from wirescope.errors import HandshakeError
from wirescope.transports.websocket.explaining import explain_garbage
from wirescope.wire.websocket import HEAD_LIMIT, HeadReader, ResponseHead, parse_response

BODY_LIMIT = 64 << 10
"""Bytes of a refusal's body that are kept."""

BODY_TIME_S = 5.0
"""Seconds that are waited for a refusal's body."""

_AFTER_LIMIT = 1 << 20  # bytes that may come before somebody takes the transport over


def _note_end(head: "asyncio.Future[bytes]") -> None:
    if not head.cancelled():
        head.exception()


class Exchange(asyncio.Protocol):
    """The client's side of one exchange, as an asyncio protocol.

    Attributes:
        received: everything that came, the evidence when no head was complete.
        interim: the heads of interim answers (1xx other than 101) that came before the final one.
    """

    def __init__(self) -> None:
        self.interim = b""
        self._reader = HeadReader(kind="response")
        self._after = bytearray()
        self._head: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._head.add_done_callback(_note_end)  # nobody asks when the opening is given up
        self._transport: asyncio.Transport | None = None
        self._body: _Body | None = None

    @property
    def received(self) -> bytes:
        """Everything that came until the head was complete."""
        return self.interim + self._reader.received

    def take_leftover(self) -> bytes:
        """Stop reading and give what came after the head of a 101."""
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.pause_reading()
        taken, self._after = bytes(self._after), bytearray()
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the answer."""
        if self._head.done():
            self._take_more(data)
            return
        try:
            raw = self._reader.feed(data)
            while raw is not None and _is_interim(raw):
                # RFC 9110 section 15.2: a client passes over any number of interim answers
                self.interim += raw
                if len(self.interim) > HEAD_LIMIT:
                    raise HandshakeError("The interim answers do not end.", clause="RFC 9110 15.2")
                rest, self._reader = self._reader.leftover, HeadReader(kind="response")
                raw = self._reader.feed(rest)
        except HandshakeError as error:
            self._head.set_exception(error)
            return
        if raw is not None:
            self._after += self._reader.leftover
            self._head.set_result(raw)

    def _take_more(self, data: bytes) -> None:
        if self._body is not None:
            self._body.feed(data)
            return
        # reading goes on for a while, so that an end that follows at once is seen
        self._after += data
        if len(self._after) > _AFTER_LIMIT:
            assert self._transport is not None
            self._transport.pause_reading()

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
        try:
            return parse_response(await self._head)
        except HandshakeError as error:
            raise explain_garbage(self.received, error) from None

    async def body(self, head: ResponseHead, *, time_s: float = BODY_TIME_S) -> bytes:
        """Read the body of a refusal as far as it comes within the limits."""
        assert self._transport is not None
        self._body = _Body(head)
        self._body.feed(bytes(self._after))
        if self._transport.is_closing():
            self._body.end()
        else:
            self._transport.resume_reading()
        try:
            async with asyncio.timeout(time_s):
                await self._body.done
        except TimeoutError:
            pass  # what came until now says more than nothing
        return bytes(self._body.data[:BODY_LIMIT])


def _is_interim(raw: bytes) -> bool:
    return 100 <= parse_response(raw).status < 200 and parse_response(raw).status != 101


class _Body:
    """The body of an answer, its framing read by h11 (RFC 9112 section 6).

    Where that is broken, whatever comes is taken for the body.
    """

    def __init__(self, head: ResponseHead) -> None:
        self.data = bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._broken = False
        self._raw = bytearray()
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
        with suppress(h11.RemoteProtocolError):  # said again when something comes
            self._read_events()  # an empty body is complete at once

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
        self._raw += data
        if not self._broken:
            try:
                self._h11.receive_data(data)
                self._read_events()
            except h11.RemoteProtocolError:
                self._broken = True
        if self._broken:
            self.data = self._raw
        over = len(self.data) >= BODY_LIMIT or (self._broken and not data)
        if over and not self.done.done():
            self.done.set_result(None)

    def _read_events(self) -> None:
        while not self.done.done():
            event: Any = self._h11.next_event()
            if isinstance(event, h11.Data):
                self.data += event.data
            if event is h11.NEED_DATA:
                return
            if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                self.done.set_result(None)
