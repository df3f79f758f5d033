"""One established WebSocket connection, client or server, on asyncio.

The connection drives the received direction (`Reception`) and the sent one (`Emitter`), answers
pings, carries the closing handshake through and holds the peer back when somebody downstream is
full: the application that does not take its messages, or the sink that cannot keep its events.
Everything that happens is an event; the last one is `connection.closed`, exactly once.

The opening handshake is over when a connection is made; see `client` and `server`.
"""

import asyncio
import contextlib
import socket
from struct import pack
from typing import Any, Literal, Self

import msgspec

from wirescope.errors import UsageError
from wirescope.events import (
    CLOSE,
    PING,
    PONG,
    CloseCause,
    ConnectionClosed,
    ConnectionOpened,
    Full,
    Initiator,
    WebSocketHandshake,
)
from wirescope.states import ReadyState, Trigger, next_state
from wirescope.transports.websocket.emission import Emitter
from wirescope.transports.websocket.ending import close_payload, read_close
from wirescope.transports.websocket.heartbeat import Heartbeat
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.receiving import ReceivingSide
from wirescope.transports.websocket.reception import Reception
from wirescope.transports.websocket.sending import SendingSide
from wirescope.transports.websocket.settings import Settings
from wirescope.wire.websocket import (
    MESSAGE_TOO_BIG,
    PROTOCOL_ERROR,
    Breach,
    DeflateParameters,
    Frame,
    may_be_sent,
)

_ANSWER_TIME_S = 1.0


class WebSocketConnection(ReceivingSide, SendingSide, asyncio.Protocol):
    """An established connection.

    Attributes:
        id: the connection's id in the capture, as `c1`.
        url: where it leads.
        role: `client` or `server`, this end's.
        handshake: the opening handshake.
        compression: what was agreed on permessage-deflate, None without it.
        closed: how it ended; None while it has not.
        times_held_back: how often this end has stopped reading.
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
        super().__init__()
        self.id = journal.connection
        self.url = url
        self.role = role
        self.handshake = handshake
        self.compression = compression
        self._journal = journal
        self._settings = settings
        self._loop = asyncio.get_running_loop()
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
        self._emitter = Emitter(
            journal,
            self._write,
            masked=role == "client",
            deflate=compression,
            on_close_sent=self._on_close_sent,
        )
        self._heartbeat = Heartbeat(self, settings, now_ns=journal.now_ns)
        self._ended: asyncio.Future[ConnectionClosed] = self._loop.create_future()
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
        self._heartbeat.start()
        if leftover:
            self.data_received(leftover)
        if transport.is_closing():  # over TLS, what came may have ended with the peer's end
            self.connection_lost(None)
            return
        if not self.held_back:
            transport.resume_reading()

    @property
    def state(self) -> ReadyState:
        """Where the connection is in its life."""
        return self._state

    @property
    def subprotocol(self) -> str:
        """The subprotocol that was agreed on; empty for none."""
        return self.handshake.subprotocol

    @property
    def tcp_socket(self) -> Any:
        """The socket as asyncio gives it, to ask the system about it; None once it is closed."""
        return None if self._transport is None else self._transport.get_extra_info("socket")

    @property
    def buffered_bytes(self) -> int:
        """Bytes that were sent and that the system has not taken yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        try:
            await self.close()
        finally:
            self.abort()

    def _move(self, trigger: Trigger) -> None:
        self._state = next_state(self._state, trigger)

    # Receiving

    def data_received(self, data: bytes) -> None:
        """Take bytes from asyncio."""
        self._reception.feed(data)
        self._process()

    def on_control(self, frame: Frame) -> None:
        """Take a control frame from the reception."""
        opcode = frame.opcode
        if self._ending.failure is not None and opcode != CLOSE:
            return
        if opcode == PING:
            if self._settings.auto_pong:
                self._pong_due = frame.payload
                self._send_due_pong()
        elif opcode == PONG:
            self._heartbeat.on_pong(frame.payload)
        elif opcode == CLOSE and self._ending.received is None:
            self._on_close(frame.payload)

    def on_breach(self, breach: Breach) -> None:
        """Fail the connection for a breach, if it is strict (RFC 6455 section 7.1.7).

        A limit of this end's is kept to in any case.
        """
        strict = self._settings.strict or breach.close_code == MESSAGE_TOO_BIG
        if not strict or self._state is not ReadyState.OPEN or self._ending.failure:
            return
        self._reception.only_frames()
        self._ending.failure = breach
        if self._inbox or self._handling:
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
        if self.role == "server" or self._reception.close_seen:
            self._hang_up()

    # Flow control

    def _on_sink_full(self, full: Full) -> None:
        self._sink_full += 1
        self._writable.clear()
        self._pause("sink")
        full.add_done_callback(self._on_sink_ready)

    def _on_sink_ready(self, _: object) -> None:
        self._sink_full -= 1
        if not self._sink_full:
            self._update_writable()
            self._resume("sink")

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
        await self._end_of_frame()
        if self._ending.failure is not None:
            self._fail(self._ending.failure)
        if self._state is ReadyState.OPEN and self._can_send:
            self._begin_close(code, reason, initiator="local", cause="close")
        return await self.wait_closed()

    async def _end_of_frame(self) -> None:
        """Wait for the frame that is being streamed; give the connection up if it takes long."""
        if self._between_frames.is_set() or self._state is not ReadyState.OPEN:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.close_timeout_s):
                await self._between_frames.wait()
        if not self._between_frames.is_set():
            self.abort()

    async def wait_closed(self) -> ConnectionClosed:
        """Wait for the connection's end and return how it ended."""
        return await asyncio.shield(self._ended)

    def abort(self, cause: CloseCause = "aborted") -> None:
        """End the connection at once, without a closing handshake."""
        self._ending.give_up(cause)
        self._transport_abort()

    def drop(self) -> None:
        """End the TCP connection without a Close frame, with a FIN, as a proxy does."""
        self._ending.give_up("aborted")
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """End the TCP connection with a RST."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
        self.abort()

    def _begin_close(
        self, code: int | None, reason: str, *, initiator: Initiator, cause: CloseCause
    ) -> None:
        self._ending.begin(initiator, cause)
        self._send_close(code, reason)
        self._resume_for_close()

    def _send_close(self, code: int | None, reason: str) -> None:
        self._move(Trigger.CLOSE_SENT)
        if not self._between_frames.is_set():
            self._transport_abort()  # inside a frame the peer would take it for payload
        elif self._can_send:
            self._emitter.send_frame(CLOSE, close_payload(code, reason))
        self._heartbeat.stop()
        self._arm()

    def _note_close_sent(self) -> None:
        """See whether what was just sent has begun the closing handshake."""
        if self._state is ReadyState.OPEN and self._ending.sent is not None:
            self._ending.begin("local", "close")
            self._move(Trigger.CLOSE_SENT)
            self._heartbeat.stop()
            self._arm()
            self._resume_for_close()

    def _on_close_sent(self, payload: bytes) -> None:
        """Take a Close frame's payload from the emitter."""
        if self._ending.sent is None:
            self._ending.sent = read_close(payload)

    def _hang_up(self) -> None:
        """Say that nothing else will be sent, and read on until the peer hangs up, too.

        To close at once while bytes of the peer's are unread would reset the connection, and a
        reset can overtake the Close frame (RFC 6455 section 7.1.1).
        """
        if not self._can_send or self._transport is None:
            return
        self._hung_up = True
        if not self._transport.can_write_eof():
            self._transport.close()
            return
        try:
            self._transport.write_eof()
        except OSError:  # the peer is gone: what was just sent was answered with a reset
            self._transport.close()

    def _resume_for_close(self) -> None:
        """An application that takes no more messages must not keep the peer's Close from coming."""
        self._settings = msgspec.structs.replace(self._settings, deliver=False)
        if "application" in self._full_for:
            self._resume("application")
        if "user" in self._full_for:
            self._resume("user")

    def _on_close(self, payload: bytes) -> None:
        self._ending.received = code, _ = read_close(payload)
        if self._ending.failure is not None:
            self._fail(self._ending.failure)
        elif self._state is ReadyState.OPEN:
            self._ending.begin("remote", "close")
            self._move(Trigger.CLOSE_RECEIVED)
            answer = code if may_be_sent(code) else PROTOCOL_ERROR
            self._send_close(answer if payload else None, "")
            self._resume_for_close()
        else:
            self._move(Trigger.CLOSE_RECEIVED)
        # RFC 6455 7.1.1: the server closes the TCP connection first; a client gives it the time.
        if self.role == "server":
            self._hang_up()

    def _arm(self) -> None:
        if self._deadline is None:
            timeout_s = self._settings.close_timeout_s
            self._deadline = self._loop.call_later(timeout_s, self._on_deadline)

    def _on_deadline(self) -> None:
        if self._sink_full:  # what the peer sent cannot be read yet, its Close frame perhaps
            self._deadline = None
            self._arm()
            return
        self._ending.expire()
        self._transport_abort()

    def _transport_abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take asyncio's word that the transport is gone."""
        if self._lost:
            return
        self._transport = None
        self._lost, self._ending.error = True, exc
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
        self._emitter.finish()
        self._move(Trigger.LOST)
        self._heartbeat.stop()
        if self._deadline is not None:
            self._deadline.cancel()
        journal = self._journal
        self.closed = self._ending.verdict(journal.next_seq(), journal.now_ns(), self.id)
        journal.emit(self.closed)
        self._ended.set_result(self.closed)
        self._writable.set()
        self._between_frames.set()
        self._inbox.wake()
