"""A connection to a server until its opening handshake is answered (RFC 6455 section 4.2).

Its request's head is read, the server decides, the answer is sent and written down. What is
accepted goes on as a `WebSocketConnection`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from wirescope.errors import HandshakeError
from wirescope.events import ConnectionFailed, ConnectionOpening, WebSocketHandshake
from wirescope.transports.websocket.agreement import agree_on_compression, choose_subprotocol
from wirescope.transports.websocket.bodies import BodyError, BodyReader
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.peer import note_reached, note_secured
from wirescope.transports.websocket.routing import (
    Acceptance,
    Handler,
    Refusal,
    Request,
    Resource,
)
from wirescope.transports.websocket.settings import ServerOptions
from wirescope.wire.websocket import (
    HeadReader,
    HeadTooLargeError,
    RequestHead,
    build_refusal,
    build_response,
    parse_request,
)

_DRAINED_BYTES = 16 << 20
"""Bytes behind a refused request that are read, so that its answer arrives."""


class Accepting(Protocol):
    """What an opening asks of its server."""

    url: str
    options: ServerOptions

    def begin(self, transport: asyncio.Transport) -> None:
        """Note a client that has not been answered yet."""

    def end(self, transport: asyncio.Transport) -> None:
        """Forget such a client: it was answered, or it is gone."""

    def journal(self) -> Journal:
        """Make the journal of a new connection."""

    def answer(
        self, head: RequestHead, *, local_address: str = ""
    ) -> Acceptance | Refusal | Resource:
        """Decide on a request."""

    def begin_request(self, transport: asyncio.Transport) -> None:
        """Note a request to a resource."""

    def end_request(self, transport: asyncio.Transport) -> None:
        """Forget such a request: it was answered, or its client is gone."""

    def respond(
        self, resource: Resource, head: RequestHead, body: bytes, write: Callable[[bytes], None]
    ) -> None:
        """Let a resource answer; `write` gets the answer as it goes out."""

    def run(self, connection: WebSocketConnection, handler: Handler) -> None:
        """Let a handler have an established connection."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request to a resource whose body is on its way."""

    resource: Resource
    head: RequestHead
    reader: BodyReader


class Opening(asyncio.Protocol):
    """A connection until its opening handshake is answered."""

    def __init__(self, server: Accepting) -> None:
        self._server = server
        self._reader = HeadReader(kind="request")
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._refused = False
        self._wanted: _Wanted | None = None
        self._drained = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client its time for a request."""
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.Transport", transport)
        self._server.begin(self._transport)
        self._arm(self._server.options.head_timeout_s)

    def _arm(self, time_s: float) -> None:
        assert self._transport is not None
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(time_s, self._transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client that is gone."""
        if self._deadline is not None:
            self._deadline.cancel()
        if self._transport is not None:
            self._server.end(self._transport)
            self._server.end_request(self._transport)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take bytes of the request; answer it once its head is whole."""
        assert self._transport is not None
        if self._transport.is_closing():
            return
        if self._refused:
            self._drain(len(data))
            return
        if self._wanted is not None:
            self._take_body(self._wanted, data)
            return
        try:
            raw = self._reader.feed(data)
            if raw is None:
                return
            head = parse_request(raw)
        except HandshakeError as error:
            status = 431 if isinstance(error, HeadTooLargeError) else 400
            self._refuse(Refusal(status, f"{error.message}\n".encode()), None)
            return
        self._transport.pause_reading()
        name = self._transport.get_extra_info("sockname")
        answer = self._server.answer(head, local_address=name[0] if isinstance(name, tuple) else "")
        if isinstance(answer, Refusal):
            self._refuse(answer, head)
        elif isinstance(answer, Resource):
            self._want(answer, head)
        else:
            self._accept(answer, head)

    def _want(self, resource: Resource, head: RequestHead) -> None:
        """Read the body of a request to a resource."""
        assert self._transport is not None
        try:
            reader = BodyReader(head, limit=resource.body_limit)
        except BodyError as error:
            self._refuse(Refusal(error.status or 400, f"{error.message}\n".encode()), None)
            return
        self._server.begin_request(self._transport)
        self._arm(resource.body_time_s)
        if not reader.done and "100-continue" in (head.get("Expect") or "").lower():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._wanted = _Wanted(resource, head, reader)
        self._transport.resume_reading()
        self._take_body(self._wanted, self._reader.leftover)

    def _take_body(self, wanted: "_Wanted", data: bytes) -> None:
        assert self._transport is not None
        assert self._deadline is not None
        try:
            wanted.reader.feed(data)
        except BodyError as error:
            self._refuse(Refusal(error.status or 400, f"{error.message}\n".encode()), None)
            return
        if wanted.reader.done:
            self._transport.pause_reading()
            self._deadline.cancel()  # from here on it is the resource's
            body = bytes(wanted.reader.body)
            self._server.respond(wanted.resource, wanted.head, body, self._respond)

    def _respond(self, raw: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return  # the client has not waited
        self._transport.write(raw)
        self._server.end_request(self._transport)
        self._hang_up()

    def _refuse(self, refusal: Refusal, head: RequestHead | None) -> None:
        assert self._transport is not None
        response = build_refusal(refusal.status, headers=refusal.headers, body=refusal.body)
        self._transport.write(response)
        self._hang_up()
        if head is None or not Request(head, secure=False).wants_websocket:
            return
        journal = self._server.journal()
        self._note_handshake(journal, head, response, refusal.status, "", [])
        journal.emit(
            ConnectionFailed(
                journal.next_seq(),
                journal.now_ns(),
                journal.connection,
                "upgrade",
                "status",
                f"This server refused the opening handshake with {refusal.status}.",
                "",
                refusal.status,
                refusal.body,
            )
        )

    def _hang_up(self) -> None:
        """Say that nothing else will be sent, and read on until the client hangs up, too.

        To close at once while the rest of a request is unread or on its way would reset the
        connection, and a reset can overtake the answer (RFC 9112 section 9.6).
        """
        assert self._transport is not None
        self._refused = True
        self._arm(self._server.options.head_timeout_s)
        try:
            self._transport.write_eof()
        except OSError:  # the client is gone
            self._transport.close()
        else:
            self._transport.resume_reading()

    def _drain(self, count: int) -> None:
        assert self._transport is not None
        self._drained += count
        if self._drained > _DRAINED_BYTES:
            self._transport.close()

    def _note_handshake(
        self,
        journal: Journal,
        head: RequestHead,
        response: bytes,
        status: int,
        subprotocol: str,
        extensions: list[str],
    ) -> WebSocketHandshake:
        url = f"{self._server.url}{head.target}"
        journal.emit(
            ConnectionOpening(
                journal.next_seq(), journal.now_ns(), journal.connection, url, "websocket"
            )
        )
        self._note_client(journal)
        handshake = WebSocketHandshake(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            head.text,
            response.partition(b"\r\n\r\n")[0].decode("latin-1") + "\r\n\r\n",
            status,
            subprotocol,
            extensions,
        )
        journal.emit(handshake)
        return handshake

    def _note_client(self, journal: Journal) -> None:
        """Write down who came, and how it is secured."""
        assert self._transport is not None
        tell = self._transport.get_extra_info
        note_reached(journal, tell("peername"), tell("sockname"), None)
        tls = tell("ssl_object")
        if tls is not None:
            note_secured(journal, tls)

    def _accept(self, acceptance: Acceptance, head: RequestHead) -> None:
        assert self._transport is not None
        assert self._deadline is not None
        self._deadline.cancel()
        options = self._server.options
        subprotocol = acceptance.subprotocol
        if subprotocol is None:
            subprotocol = choose_subprotocol(head, options.subprotocols)
        own = acceptance.compression
        own = options.compression if own == "default" else own
        agreed, agreement = agree_on_compression(head, own)
        extensions = [agreement] if agreement else []
        response = build_response(
            head.get("Sec-WebSocket-Key") or "",
            subprotocol=subprotocol or None,
            extensions=agreement or None,
            headers=acceptance.headers,
        )
        journal = self._server.journal()
        handshake = self._note_handshake(journal, head, response, 101, subprotocol, extensions)
        connection = WebSocketConnection(
            journal,
            url=f"{self._server.url}{head.target}",
            role="server",
            handshake=handshake,
            compression=agreed,
            settings=acceptance.settings or options.settings,
        )
        self._server.end(self._transport)
        self._transport.write(response)
        connection.start(self._transport, self._reader.leftover)
        self._server.run(connection, acceptance.handler)
