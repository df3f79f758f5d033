"""What a connection offers for sending, and when it may: the sent side of `WebSocketConnection`.

Each call waits until no other frame is under way and until the peer and the sink take more; that is
the back-pressure of this direction. What becomes bytes and events is the `Emitter`'s.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Iterable

from wirescope.errors import UsageError
from wirescope.events import (
    PING,
    PONG,
    CloseCause,
    ConnectionClosed,
    LengthEncoding,
    MessageKind,
    Opcode,
)
from wirescope.states import ReadyState
from wirescope.transports.websocket.emission import Emitter
from wirescope.transports.websocket.ending import Ending
from wirescope.transports.websocket.heartbeat import Heartbeat
from wirescope.wire.websocket import MAX_CONTROL_PAYLOAD


class SendingSide(ABC):
    """The sent side of a connection.

    Attributes:
        closed: how the connection ended; None while it has not.
    """

    _emitter: Emitter
    _heartbeat: Heartbeat

    def __init__(self) -> None:
        self.closed: ConnectionClosed | None = None
        self._state = ReadyState.CONNECTING
        self._transport: asyncio.Transport | None = None
        self._ending = Ending()
        self._sink_full = 0
        self._peer_slow = False
        self._writable = asyncio.Event()  # the peer and the sink take more
        self._writable.set()
        self._between_frames = asyncio.Event()  # no frame is being streamed
        self._between_frames.set()
        self._pong_due: bytes | None = None
        self._hung_up = False

    @abstractmethod
    def abort(self, cause: CloseCause = "aborted") -> None:
        """End the connection at once."""

    @abstractmethod
    def _note_close_sent(self) -> None:
        """Begin the closing handshake if a Close frame went out."""

    def _send_due_pong(self) -> None:
        """Answer the last ping, once that is possible.

        A peer that sends pings and does not read would otherwise fill the memory with pongs; it is
        enough to answer the last of several (RFC 6455 section 5.5.3).
        """
        if self._pong_due is None or self._peer_slow or not self._between_frames.is_set():
            return
        payload, self._pong_due = self._pong_due, None
        if self._state is ReadyState.OPEN and self._can_send:
            self._emitter.send_frame(PONG, payload)

    def pause_writing(self) -> None:
        """Take asyncio's word that its write buffer is full."""
        self._peer_slow = True
        self._writable.clear()

    def resume_writing(self) -> None:
        """Take asyncio's word that its write buffer has room."""
        self._peer_slow = False
        self._update_writable()
        self._send_due_pong()

    def _update_writable(self) -> None:
        if self.closed is not None or not (self._peer_slow or self._sink_full):
            self._writable.set()

    @property
    def _can_send(self) -> bool:
        """Whether bytes that are written now can still reach the peer."""
        transport = self._transport
        return transport is not None and not transport.is_closing() and not self._hung_up

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    async def _room(self, *, closing: bool = False) -> None:
        """Wait until a frame can begin, and the peer and the sink can take it.

        Raises:
            ConnectionClosedError: the connection is closed or, unless `closing`, being closed.
        """
        while not (self._writable.is_set() and self._between_frames.is_set()):
            await self._writable.wait()
            await self._between_frames.wait()
        if not self._can_send or not (closing or self._state is ReadyState.OPEN):
            raise self._ending.refusal(self.closed)

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
        self._emitter.send_message("text", payload, check_text=True)
        await self._writable.wait()

    async def send_fragments(
        self, parts: Iterable[str | bytes], *, kind: MessageKind | None = None
    ) -> None:
        """Send one message with a frame for each part.

        `kind` is text if the first part is a str and binary otherwise, unless given: text in bytes
        can be cut inside a character.

        Raises:
            ConnectionClosedError: the connection is closing or closed.
            ValueError: there is no part.
        """
        await self._room()
        listed = list(parts)
        if not listed:
            raise ValueError("a message has at least one part")
        if kind is None:
            kind = "text" if isinstance(listed[0], str) else "binary"
        encoded = [part.encode() if isinstance(part, str) else part for part in listed]
        self._emitter.send_fragments(kind, encoded)
        await self._writable.wait()

    async def send_stream(
        self, length: int, chunks: AsyncIterable[bytes], *, binary: bool = True
    ) -> None:
        """Send one message in one frame of known length whose payload never stands in memory.

        Nothing else can be sent meanwhile: other sends wait, a Close frame too, and pings are
        answered afterwards. A frame that was begun and cannot be completed ends the connection,
        because the peer would take whatever follows for the rest of it.

        Raises:
            ConnectionClosedError: the connection is closing or closed.
            ValueError: the chunks are longer or shorter than `length` together.
        """
        await self._room()
        frame = self._emitter.begin_stream("binary" if binary else "text", length)
        self._between_frames.clear()
        try:
            async for chunk in chunks:
                await self._writable.wait()
                if self._state is not ReadyState.OPEN or not self._can_send:
                    raise self._ending.refusal(self.closed)
                frame.send(chunk)
        finally:
            frame.end()
            self._between_frames.set()
            if frame.remaining:
                self.abort()
            self._send_due_pong()
        if frame.remaining:
            raise ValueError(f"{frame.remaining} bytes fewer came than were announced")
        await self._writable.wait()

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

        `masked` is None for what the role asks. `announced_length` makes the header lie. A Close
        frame begins the closing handshake as `close` does, and other frames can be sent after it.
        """
        await self._room(closing=True)
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
        self._note_close_sent()
        await self._writable.wait()

    async def send_raw(self, data: bytes) -> None:
        """Send bytes as they are, frames or not; a Close frame among them counts as one."""
        await self._room(closing=True)
        self._emitter.send_raw(data)
        self._note_close_sent()
        await self._writable.wait()

    async def ping(self, payload: bytes | None = None, *, timeout_s: float | None = 20) -> float:
        """Send a ping and wait for its pong; return the round trip in seconds.

        Args:
            payload: at most 125 bytes; None makes one that no other ping has.
            timeout_s: how long to wait, for the peer to take the ping too; None for ever.

        Raises:
            UsageError: the payload is too long; `send_frame` sends illegal pings.
            TimeoutError: no pong came in time.
            ConnectionClosedError: the connection is closed, or was while waiting.
        """
        _check_control(payload or b"")
        async with asyncio.timeout(timeout_s):
            await self._room()
            took_s = await self._heartbeat.ping(payload)
        if took_s is None:
            raise self._ending.refusal(self.closed)
        return took_s

    async def pong(self, payload: bytes = b"") -> None:
        """Send a pong that answers nothing (RFC 6455 section 5.5.3), of at most 125 bytes."""
        _check_control(payload)
        await self._room()
        self._emitter.send_frame(PONG, payload)

    def send_ping(self, payload: bytes) -> bool:
        """Send a ping without waiting for anything; False if none can be sent now."""
        possible = self._can_send and self._between_frames.is_set()
        if possible:
            self._emitter.send_frame(PING, payload)
        return possible


def _check_control(payload: bytes) -> None:
    if len(payload) > MAX_CONTROL_PAYLOAD:
        raise UsageError(
            f"The payload has {len(payload)} bytes; a control frame carries at most"
            f" {MAX_CONTROL_PAYLOAD} (RFC 6455 section 5.5).",
            hint="send_frame sends what is illegal, too.",
        )
