"""One established WebSocket connection, client or server, on asyncio.

The connection drives the received direction (`Reception`) and the sent one (`Emitter`), answers
pings, carries the closing handshake through and holds the peer back when somebody downstream is
full: the application that does not take its messages, or the sink that cannot keep its events.
Everything that happens is an event; the last one is `connection.closed`, exactly once.

The opening handshake is over when a connection is made; see `client` and `server`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Literal, Self

import msgspec

from wirescope.errors import ConnectionClosedError, UsageError
from wirescope.events import (
    CLOSE,
    PING,
    PONG,
    CloseCause,
    ConnectionClosed,
    ConnectionOpened,
    Full,
    Initiator,
    LengthEncoding,
    MessageKind,
    Opcode,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.states import ReadyState, Trigger, next_state
from wirescope.transports.websocket.emission import Emitter
from wirescope.transports.websocket.heartbeat import Heartbeat
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.reception import Reception
from wirescope.wire.websocket import (
    ABNORMAL_CLOSURE,
    NO_STATUS,
    Breach,
    DeflateParameters,
    Frame,
    close_code,
)

_QUEUE_BYTES = 4 << 20
_QUEUE_MESSAGES = 8192
_MAX_REASON = 123
_ANSWER_TIME_S = 1.0


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


class WebSocketConnection(asyncio.Protocol):
    """An established connection.

    Attributes:
        id: the connection's id in the capture, as `c1`.
        url: where it leads.
        role: `client` or `server`, this end's.
        handshake: the opening handshake.
        compression: what was agreed on permessage-deflate, None without it.
        closed: how it ended; None while it has not.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        url: str,
        role: Literal["client", "server"],
        handshake: WebSocketHandshake,
        compression: DeflateParameters | None,
        settings: Settings,
    ) -> None:
        self.id = journal.connection
        self.url = url
        self.role = role
        self.handshake = handshake
        self.compression = compression
        self.closed: ConnectionClosed | None = None
        self._journal = journal
        self._settings = settings
        self._state = ReadyState.CONNECTING
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reception = Reception(
            journal,
            self,
            masked=role == "server",
            deflate=compression,
            max_message_size=settings.max_message_size,
            max_fragments=settings.max_fragments,
            hold_limit=settings.hold_limit,
            strict=settings.strict,
        )
        self._emitter = Emitter(journal, self._write, masked=role == "client", deflate=compression)
        self._heartbeat = Heartbeat(self, settings)
        self._messages: deque[WebSocketMessage] = deque()
        self._queued_bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self._full_for: set[str] = set()
        self._sink_full = 0
        self._writable = asyncio.Event()
        self._writable.set()
        self._ended: asyncio.Future[ConnectionClosed] = self._loop.create_future()
        self._close_sent: tuple[int, str] | None = None
        self._close_received: tuple[int, str] | None = None
        self._initiator: Initiator = "network"
        self._cause: CloseCause | None = None
        self._failure: Breach | None = None
        self._handling = False
        self._lost = False
        self._error: Exception | None = None
        self._deadline: asyncio.TimerHandle | None = None
        journal.on_full = self._on_sink_full

    # Life

    def start(self, transport: asyncio.Transport, leftover: bytes = b"") -> None:
        """Take over a transport whose opening handshake is done, and the bytes that came with it.

        The transport must be one that is not reading, so that nothing is lost in between.
        """
        self._transport = transport
        self._move(Trigger.ESTABLISHED)
        journal = self._journal
        journal.emit(ConnectionOpened(journal.next_seq(), journal.now_ns(), self.id))
        transport.set_protocol(self)
        if transport.is_closing():
            self.connection_lost(None)
            return
        self._heartbeat.start()
        if leftover:
            self.data_received(leftover)
        if not self._full_for:
            transport.resume_reading()

    @property
    def state(self) -> ReadyState:
        """Where the connection is in its life."""
        return self._state

    @property
    def subprotocol(self) -> str:
        """The subprotocol that was agreed on; empty for none."""
        return self.handshake.subprotocol

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    def _move(self, trigger: Trigger) -> None:
        self._state = next_state(self._state, trigger)

    # Receiving

    async def receive(self) -> WebSocketMessage:
        """Return the next message, waiting for it.

        Raises:
            ConnectionClosedError: the connection is over and all its messages were taken.
        """
        self._handling = False
        while not self._messages:
            if self._failure is not None:
                self._fail(self._failure)
            if self.closed is not None:
                raise self._closed_error()
            if self._waiter is None or self._waiter.done():
                self._waiter = self._loop.create_future()
            await self._waiter
        message = self._messages.popleft()
        self._handling = True
        self._queued_bytes -= len(message.payload)
        if "application" in self._full_for and self._queued_bytes <= _QUEUE_BYTES // 4:
            self._resume("application")
        return message

    def __aiter__(self) -> AsyncIterator[WebSocketMessage]:
        return self

    async def __anext__(self) -> WebSocketMessage:
        try:
            return await self.receive()
        except ConnectionClosedError:
            raise StopAsyncIteration from None

    def keep_messages(self, *, keep: bool) -> None:
        """Keep messages for `receive` from now on, or forget them: they are events, too."""
        self._settings = msgspec.structs.replace(self._settings, deliver=keep)
        if not keep:
            self._messages.clear()
            self._queued_bytes = 0
            if "application" in self._full_for:
                self._resume("application")

    def pause_receiving(self) -> None:
        """Stop reading from the peer, so that it is held back; `resume_receiving` goes on."""
        self._pause("user")

    def resume_receiving(self) -> None:
        """Go on reading from the peer."""
        self._resume("user")

    def data_received(self, data: bytes) -> None:
        """Take bytes from asyncio."""
        self._reception.feed(data)
        self._process()

    def _process(self) -> None:
        self._reception.process(self._is_full)
        waiter = self._waiter
        if self._messages and waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _is_full(self) -> bool:
        return bool(self._full_for)

    def on_message(self, message: WebSocketMessage) -> None:
        """Take a message from the reception."""
        if not self._settings.deliver:
            return
        self._messages.append(message)
        self._queued_bytes += len(message.payload)
        if self._queued_bytes > _QUEUE_BYTES or len(self._messages) > _QUEUE_MESSAGES:
            self._pause("application")

    def on_control(self, frame: Frame) -> None:
        """Take a control frame from the reception."""
        opcode = frame.opcode
        if self._failure is not None and opcode != CLOSE:
            return
        if opcode == PING:
            if self._settings.auto_pong and self._state is ReadyState.OPEN:
                self._emitter.send_frame(PONG, frame.payload)
        elif opcode == PONG:
            self._heartbeat.on_pong(frame.payload)
        elif opcode == CLOSE and self._close_received is None:
            self._on_close(frame.payload)

    def on_breach(self, breach: Breach) -> None:
        """Fail the connection for a breach, if it is strict (RFC 6455 section 7.1.7)."""
        if not self._settings.strict or self._state is not ReadyState.OPEN or self._failure:
            return
        self._reception.only_frames()
        self._failure = breach
        if self._messages or self._handling:
            # The breach does not overtake the messages that came before it: the application may
            # still answer them. It is given a moment for that.
            self._loop.call_later(_ANSWER_TIME_S, self._fail, breach)
        else:
            self._fail(breach)

    def _fail(self, breach: Breach) -> None:
        if self._state is not ReadyState.OPEN:
            return
        self._begin_close(breach.close_code, breach.message, initiator="local", cause="violation")
        # A server that fails the connection drops it (RFC 6455 section 7.1.7), and so does who
        # was sent a Close frame that is wrong: nothing else will come.
        if self._transport is not None and (self.role == "server" or self._reception.close_seen):
            self._transport.close()

    # Flow control

    def _on_sink_full(self, full: Full) -> None:
        self._sink_full += 1
        self._pause("sink")
        full.add_done_callback(self._on_sink_ready)

    def _on_sink_ready(self, _: object) -> None:
        self._sink_full -= 1
        if not self._sink_full:
            self._resume("sink")

    @property
    def held_back(self) -> bool:
        """Whether this end does not read, so that nothing can be expected from the peer."""
        return bool(self._full_for)

    def _pause(self, who: str) -> None:
        if self._lost and who != "sink":
            return
        if not self._full_for and self._transport is not None:
            self._transport.pause_reading()
        self._full_for.add(who)

    def _resume(self, who: str) -> None:
        self._full_for.discard(who)
        if self._full_for:
            return
        if self._lost or self._reception.backlog:
            self._loop.call_soon(self._process_backlog)
        elif self._transport is not None:
            self._transport.resume_reading()

    def _process_backlog(self) -> None:
        if self._full_for:
            return
        self._process()
        if self._full_for:
            return
        if self._lost:
            self._finish()
        elif self._transport is not None:
            self._transport.resume_reading()

    def pause_writing(self) -> None:
        """Take asyncio's word that its write buffer is full."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Take asyncio's word that its write buffer has room."""
        self._writable.set()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    async def _room(self) -> None:
        """Wait until the peer and the sink can take more."""
        await self._writable.wait()
        if self._state is not ReadyState.OPEN:
            raise self._closed_error()

    # Sending

    async def send(self, data: str | bytes) -> None:
        """Send one message, text for a str and binary for bytes; waits while the peer is slow.

        Raises:
            ConnectionClosedError: the connection is closing or closed.
        """
        await self._room()
        if isinstance(data, str):
            self._emitter.send_message("text", data.encode())
        else:
            self._emitter.send_message("binary", bytes(data))
        await self._writable.wait()

    async def send_text(self, payload: bytes) -> None:
        """Send one text message of bytes that need not be UTF-8, as they are."""
        await self._room()
        self._emitter.send_message("text", payload)
        await self._writable.wait()

    async def send_fragments(self, parts: Iterable[str | bytes]) -> None:
        """Send one message with a frame for each part, text if the first part is a str.

        Raises:
            ConnectionClosedError: the connection is closing or closed.
            ValueError: there is no part.
        """
        await self._room()
        listed = list(parts)
        if not listed:
            raise ValueError("a message has at least one part")
        kind: MessageKind = "text" if isinstance(listed[0], str) else "binary"
        encoded = [part.encode() if isinstance(part, str) else part for part in listed]
        self._emitter.send_fragments(kind, encoded)
        await self._writable.wait()

    async def send_stream(
        self, length: int, chunks: AsyncIterable[bytes], *, binary: bool = True
    ) -> None:
        """Send one message in one frame of known length whose payload never stands in memory.

        Raises:
            ConnectionClosedError: the connection is closing or closed.
            ValueError: the chunks are longer or shorter than `length` together.
        """
        await self._room()
        frame = self._emitter.begin_stream("binary" if binary else "text", length)
        try:
            async for chunk in chunks:
                frame.send(chunk)
                await self._room()
        finally:
            frame.end()
        if frame.remaining:
            raise ValueError(f"{frame.remaining} bytes fewer came than were announced")

    async def send_frame(
        self,
        opcode: Opcode,
        payload: bytes = b"",
        *,
        fin: bool = True,
        rsv1: bool = False,
        rsv2: bool = False,
        rsv3: bool = False,
        masked: bool | None = None,
        length_encoding: LengthEncoding | None = None,
        announced_length: int | None = None,
    ) -> None:
        """Send any frame, legal or not; for the arguments see `wire.websocket.build_header`.

        `masked` is None for what the role asks. `announced_length` makes the header lie. Possible
        until the connection is lost, so that frames after a Close can be tried, too.
        """
        await self._writable.wait()
        if self._state is ReadyState.CLOSED:
            raise self._closed_error()
        self._emitter.send_frame(
            opcode,
            payload,
            fin=fin,
            rsv1=rsv1,
            rsv2=rsv2,
            rsv3=rsv3,
            masked=masked,
            length_encoding=length_encoding,
            announced_length=announced_length,
        )
        await self._writable.wait()

    async def send_raw(self, data: bytes) -> None:
        """Send bytes as they are, frames or not."""
        await self._writable.wait()
        if self._state is ReadyState.CLOSED:
            raise self._closed_error()
        self._emitter.send_raw(data)
        await self._writable.wait()

    async def ping(self, payload: bytes | None = None, *, timeout_s: float = 20) -> float:
        """Send a ping and wait for its pong; return the round trip in seconds.

        Args:
            payload: at most 125 bytes; None makes one that no other ping has.
            timeout_s: how long to wait.

        Raises:
            TimeoutError: no pong came in time.
            ConnectionClosedError: the connection is closed, or was while waiting.
        """
        await self._room()
        async with asyncio.timeout(timeout_s):
            return await self._heartbeat.ping(payload)

    async def pong(self, payload: bytes = b"") -> None:
        """Send a pong that answers nothing (RFC 6455 section 5.5.3)."""
        await self._room()
        self._emitter.send_frame(PONG, payload)

    def send_ping(self, payload: bytes) -> None:
        """Send a ping without waiting for anything."""
        self._emitter.send_frame(PING, payload)

    # Closing

    async def close(self, code: int | None = 1000, reason: str = "") -> ConnectionClosed:
        """Close the connection and wait for its end.

        Args:
            code: any code, legal or not; None sends a Close frame without one.
            reason: cut to the 123 bytes that fit into the frame.

        Returns:
            How it ended; that of an earlier end if it was over already.

        Raises:
            UsageError: the code does not fit into two bytes.
        """
        if code is not None and not 0 <= code <= 0xFFFF:
            raise UsageError(
                f"A close code has two bytes, {code} does not fit.",
                hint="Codes from 1000 to 1014 and from 3000 to 4999 mean something.",
            )
        if self._state is ReadyState.OPEN:
            self._begin_close(code, reason, initiator="local", cause="close")
        return await self.wait_closed()

    async def wait_closed(self) -> ConnectionClosed:
        """Wait for the connection's end and return how it ended."""
        return await asyncio.shield(self._ended)

    def abort(self, cause: CloseCause = "aborted") -> None:
        """End the connection at once, without a closing handshake."""
        if self._cause is None:
            self._cause = cause
            self._initiator = "local" if cause == "aborted" else "network"
        if self._transport is not None:
            self._transport.abort()

    def _begin_close(
        self, code: int | None, reason: str, *, initiator: Initiator, cause: CloseCause
    ) -> None:
        self._initiator, self._cause = initiator, cause
        self._send_close(code, reason)
        self._resume_for_close()

    def _send_close(self, code: int | None, reason: str) -> None:
        payload = b"" if code is None else code.to_bytes(2, "big") + _cut(reason, _MAX_REASON)
        self._close_sent = (NO_STATUS if code is None else code, reason)
        self._move(Trigger.CLOSE_SENT)
        self._emitter.send_frame(CLOSE, payload)
        self._heartbeat.stop()
        self._arm(self._settings.close_timeout_s)

    def _resume_for_close(self) -> None:
        """An application that takes no more messages must not keep the peer's Close from coming."""
        self._settings = msgspec.structs.replace(self._settings, deliver=False)
        if "application" in self._full_for:
            self._resume("application")
        if "user" in self._full_for:
            self._resume("user")

    def _on_close(self, payload: bytes) -> None:
        code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else NO_STATUS
        self._close_received = (code, payload[2:].decode("utf-8", "replace"))
        self._move(Trigger.CLOSE_RECEIVED)
        if self._close_sent is None:
            self._initiator, self._cause = "remote", "close"
            self._send_close(None if code == NO_STATUS else code, "")
        # RFC 6455 7.1.1: the server closes the TCP connection first; a client gives it the time.
        if self.role == "server" and self._transport is not None:
            self._transport.close()

    def _arm(self, timeout_s: float) -> None:
        if self._deadline is None:
            self._deadline = self._loop.call_later(timeout_s, self._on_deadline)

    def _on_deadline(self) -> None:
        if self._close_received is None:
            self._cause = "close-timeout" if self._cause != "violation" else "violation"
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take asyncio's word that the transport is gone."""
        self._transport = None
        self._lost, self._error = True, exc
        self._full_for &= {"sink"}
        if not self._full_for:
            self._finish()

    def _finish(self) -> None:
        """Write down what is left and how it ended; goes on later if the sink is full again."""
        if self.closed is not None:
            return
        self._process()
        if self._reception.backlog:
            return
        self._reception.finish()
        self._move(Trigger.LOST)
        self._heartbeat.stop()
        if self._deadline is not None:
            self._deadline.cancel()
        self.closed = self._verdict()
        self._journal.emit(self.closed)
        self._ended.set_result(self.closed)
        self._writable.set()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _verdict(self) -> ConnectionClosed:
        """Say how it ended (RFC 6455 sections 7.1.4 to 7.1.6)."""
        code, reason = self._close_received or (ABNORMAL_CLOSURE, "")
        clean = self._close_received is not None and self._close_sent is not None
        cause = self._cause or _cause_of(self._error)
        if self._cause == "violation" and self._close_sent is not None:
            code, reason = self._close_sent
        return ConnectionClosed(
            self._journal.next_seq(),
            self._journal.now_ns(),
            self.id,
            code,
            reason,
            self._initiator,
            clean,
            cause,
        )

    def _closed_error(self) -> ConnectionClosedError:
        if self.closed is not None:
            ended = self.closed
            code, reason, initiator, clean = ended.code, ended.reason, ended.initiator, ended.clean
        else:
            code, reason = self._close_received or self._close_sent or (ABNORMAL_CLOSURE, "")
            initiator, clean = self._initiator, False
        return ConnectionClosedError(
            f"The connection is closed with {code} ({close_code(code).name}).",
            code=code,
            reason=reason,
            initiator=initiator,
            clean=clean,
        )


def _cause_of(exc: Exception | None) -> CloseCause:
    if exc is None:
        return "eof"
    return "tls" if "SSL" in type(exc).__name__ else "reset"


def _cut(text: str, length: int) -> bytes:
    """Encode text, cut to a number of bytes between two characters."""
    return text.encode()[:length].decode("utf-8", "ignore").encode()
