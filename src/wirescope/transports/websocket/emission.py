"""The sent direction of a connection: what is asked for becomes bytes on the wire, and events.

What is typed is what is sent: a frame goes out as it was described, legal or not, and the record of
it is read from the very bytes that went out. Breaches that were sent on purpose are named, too.
"""

import os
from collections.abc import Callable

from wirescope.events import (
    BINARY,
    CLOSE,
    CONTINUATION,
    INLINE_LIMIT,
    PREVIEW_LENGTH,
    TEXT,
    LengthEncoding,
    MessageKind,
    Opcode,
    PayloadChunk,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.transports.websocket.journal import Journal
from wirescope.wire.websocket import (
    Breach,
    DeflateParameters,
    Deflater,
    Frame,
    FrameParser,
    FrameRules,
    MessageAssembler,
    MessageError,
    apply_mask,
    build_header,
    check_close_payload,
    frame_bytes,
)

_NEVER = 1 << 64
_RAW_LIMIT = 16 << 20
"""Bytes of a frame sent raw that are held until it is whole."""


class Emitter:
    """The sent direction of one connection.

    Args:
        journal: takes the events.
        write: takes the bytes.
        masked: whether this end has to mask, so whether it is the client (RFC 6455 section 5.3).
        deflate: makes the deflater, if permessage-deflate was negotiated.
        on_close_sent: takes the payload of each Close frame, however it was sent.
    """

    def __init__(
        self,
        journal: Journal,
        write: Callable[[bytes], None],
        *,
        masked: bool,
        deflate: DeflateParameters | None,
        on_close_sent: Callable[[bytes], None],
    ) -> None:
        self._journal = journal
        self._on_close_sent = on_close_sent
        self._write = write
        self._masked = masked
        self._deflater = _deflater(deflate, from_client=masked)
        self._rules = FrameRules(masked=masked, rsv1_allowed=deflate is not None)
        self._assembler = MessageAssembler(on_bad_text=self._on_bad_text)
        self._current: tuple[int, int] = (0, 0)  # the frame under way: its offset, its event
        self._raw = FrameParser(stream_above=_NEVER)
        self._raw_base = 0
        self._offset = 0

    def send_message(self, kind: MessageKind, payload: bytes, *, check_text: bool = False) -> None:
        """Send one message in one frame, compressed if that was negotiated.

        `check_text` names the breach if it is not UTF-8.
        """
        wire_payload = self._deflater.compress(payload) if self._deflater else payload
        opcode = TEXT if kind == "text" else BINARY
        header = build_header(
            opcode,
            len(wire_payload),
            rsv1=self._deflater is not None,
            masking_key=self.masking_key(),
        )
        self._rules.check_header(Frame(header, b"", 0))
        offset = self._offset
        seq = self._send(header, wire_payload)
        if check_text:
            self._check_text(payload, offset, seq)
        self._emit_message(
            kind,
            payload,
            len(payload),
            len(header) + len(wire_payload),
            frames=(seq,),
            compressed=self._deflater is not None,
        )

    def send_fragments(self, kind: MessageKind, parts: list[bytes]) -> None:
        """Send one message with a frame for each part (section 5.4)."""
        frames, wire_length, opcode = [], 0, TEXT if kind == "text" else BINARY
        for index, part in enumerate(parts):
            final = index == len(parts) - 1
            data = self._deflater.compress(part, final=final) if self._deflater else part
            header = build_header(
                CONTINUATION if index else opcode,
                len(data),
                fin=final,
                rsv1=self._deflater is not None and not index,
                masking_key=self.masking_key(),
            )
            self._rules.check_header(Frame(header, b"", 0))
            frames.append(self._send(header, data))
            wire_length += len(header) + len(data)
        payload = b"".join(parts)
        self._emit_message(
            kind,
            payload,
            len(payload),
            wire_length,
            frames=tuple(frames),
            compressed=self._deflater is not None,
        )

    def send_frame(
        self,
        opcode: Opcode,
        payload: bytes,
        *,
        fin: bool = True,
        rsv1: bool = False,
        rsv2: bool = False,
        rsv3: bool = False,
        masked: bool | None = None,
        length_encoding: LengthEncoding | None = None,
        announced_length: int | None = None,
    ) -> None:
        """Send any frame, legal or not; breaches are written down, and the message it completes."""
        header = build_header(
            opcode,
            len(payload) if announced_length is None else announced_length,
            fin=fin,
            rsv1=rsv1,
            rsv2=rsv2,
            rsv3=rsv3,
            masking_key=self.masking_key(masked=masked),
            length_encoding=length_encoding,
        )
        at_ns = self._journal.now_ns()
        wire = frame_bytes(header, payload)
        self._record(Frame(header, payload, self.write(wire)), at_ns, check=True)

    def _check_text(self, payload: bytes, offset: int, seq: int) -> None:
        try:
            payload.decode()
        except UnicodeDecodeError as error:
            breach = Breach("RFC 6455 8.1", f"The text is not UTF-8 at byte {error.start}.")
            self._journal.violation(breach, "sent", offset=offset, frame=seq)

    def _on_bad_text(self, breach: Breach) -> None:
        offset, seq = self._current
        self._journal.violation(breach, "sent", offset=offset, frame=seq)

    def _assemble(self, frame: Frame, seq: int) -> None:
        self._current = (frame.offset, seq)
        if frame.opcode != CONTINUATION:
            self._assembler.begin(frame.opcode, compressed=False)
        try:
            if self._assembler.under_way:
                self._assembler.add(frame.payload, final=frame.fin)
                message = self._assembler.end_frame(seq, frame.wire_length, fin=frame.fin)
                if message is not None:
                    self._emit_message(
                        message.kind,
                        message.payload,
                        message.length,
                        message.wire_length,
                        frames=message.frames,
                        compressed=False,
                    )
        except MessageError:
            return  # more fragments than a message is followed through

    def send_raw(self, data: bytes) -> None:
        """Send bytes that need not be frames; those that are appear as such, the rest is named.

        A frame may be sent in several such pieces.
        """
        parser = self._raw
        if not parser.pending_length:
            self._raw_base = self._offset - parser.offset
        self._offset += len(data)
        self._write(data)
        for item in parser.feed(data):
            assert isinstance(item, Frame)
            frame = Frame(item.header, item.payload, self._raw_base + item.offset)
            self._record(frame, self._journal.now_ns(), check=True)
        if parser.pending_length > _RAW_LIMIT:
            self.finish()

    def finish(self) -> None:
        """Name raw bytes that did not become a frame: something else follows them, or nothing."""
        parser = self._raw
        if not parser.pending_length:
            return
        rest = parser.pending_bytes
        shown = rest[:32].hex(" ") + (" …" if len(rest) > 32 else "")
        breach = Breach(
            "RFC 6455 5.2", f"{len(rest)} bytes were sent that are no whole frame: {shown}."
        )
        offset = self._raw_base + parser.offset
        self._raw = FrameParser(stream_above=_NEVER)
        self._journal.violation(breach, "sent", offset=offset, frame=0)

    def write(self, data: bytes) -> int:
        """Write bytes to the peer; return where they stand in the stream."""
        self.finish()
        offset = self._offset
        self._offset += len(data)
        self._write(data)
        return offset

    def begin_stream(self, kind: MessageKind, length: int) -> "StreamedFrame":
        """Begin a message of one frame whose payload is given piece by piece, uncompressed."""
        header = build_header(
            TEXT if kind == "text" else BINARY, length, masking_key=self.masking_key()
        )
        self._rules.check_header(Frame(header, b"", 0))
        return StreamedFrame(self, self._journal, kind, header, self.write(header))

    def masking_key(self, *, masked: bool | None = None) -> bytes | None:
        """Make a masking key if this end has to mask, or is told to (section 5.3)."""
        return os.urandom(4) if (self._masked if masked is None else masked) else None

    def _send(self, header: bytes, payload: bytes) -> int:
        at_ns = self._journal.now_ns()
        wire = frame_bytes(header, payload)
        return self._record(Frame(header, payload, self.write(wire)), at_ns)

    def _record(self, frame: Frame, at_ns: int, *, check: bool = False) -> int:
        """Write a frame down that went out; return the number of its event."""
        journal, payload, payload_id = self._journal, frame.payload, 0
        if len(payload) > INLINE_LIMIT:
            payload_id = journal.timeline.next_payload_id()
            for start in range(0, len(payload), INLINE_LIMIT):
                piece = payload[start : start + INLINE_LIMIT]
                journal.emit(PayloadChunk(payload_id, journal.connection, "sent", piece))
            payload = payload[:PREVIEW_LENGTH]
        seq = journal.next_seq()
        journal.emit(
            WebSocketFrame(
                seq,
                at_ns,
                journal.connection,
                "sent",
                frame.header,
                payload,
                frame.offset,
                payload_id,
            )
        )
        if frame.opcode == CLOSE:
            self._on_close_sent(frame.payload)
        if check:
            breaches = self._rules.check_header(frame)
            if frame.opcode == CLOSE:
                breaches += check_close_payload(frame)
            for breach in breaches:
                journal.violation(breach, "sent", offset=frame.offset, frame=seq)
            if not frame.is_control and not breaches and not frame.rsv1:
                self._assemble(frame, seq)
        return seq

    def _emit_message(
        self,
        kind: MessageKind,
        payload: bytes,
        length: int,
        wire_length: int,
        *,
        frames: tuple[int, ...],
        compressed: bool,
    ) -> None:
        journal = self._journal
        journal.emit(
            WebSocketMessage(
                journal.next_seq(),
                journal.now_ns(),
                journal.connection,
                "sent",
                kind,
                length,
                wire_length,
                compressed,
                frames,
                payload,
            )
        )


class StreamedFrame:
    """A frame whose payload is sent piece by piece, so that it never stands in memory whole."""

    def __init__(
        self,
        emitter: Emitter,
        journal: Journal,
        kind: MessageKind,
        header: bytes,
        offset: int,
    ) -> None:
        self._emitter = emitter
        self._journal = journal
        self._kind = kind
        self._frame = Frame(header, b"", offset)
        long = self._frame.payload_length > INLINE_LIMIT
        self._payload_id = journal.timeline.next_payload_id() if long else 0
        self._keep = PREVIEW_LENGTH if long else INLINE_LIMIT
        self._position = 0
        self._kept = bytearray()

    @property
    def remaining(self) -> int:
        """Bytes of payload that were announced and not sent yet."""
        return self._frame.payload_length - self._position

    def send(self, data: bytes) -> None:
        """Send the next piece of the payload.

        Raises:
            ValueError: it is longer than what was announced leaves room for.
        """
        if len(data) > self.remaining:
            raise ValueError(f"{len(data)} bytes do not fit; {self.remaining} remain")
        key = self._frame.masking_key
        wire = apply_mask(data, key, position=self._position) if key else data
        self._emitter.write(wire)
        self._position += len(data)
        self._kept += data[: self._keep - len(self._kept)]
        if self._payload_id:
            chunk = PayloadChunk(self._payload_id, self._journal.connection, "sent", data)
            self._journal.emit(chunk)

    def end(self) -> None:
        """Write the frame and its message down, complete or not."""
        journal, header, kept = self._journal, self._frame.header, bytes(self._kept)
        seq = journal.next_seq()
        at_ns = journal.now_ns()
        journal.emit(
            WebSocketFrame(
                seq,
                at_ns,
                journal.connection,
                "sent",
                header,
                kept,
                self._frame.offset,
                self._payload_id,
            )
        )
        if self.remaining:
            missing = f"A frame was begun and not completed; {self.remaining} bytes are missing."
            breach = Breach("RFC 6455 5.2", missing)
            journal.violation(breach, "sent", offset=self._frame.offset, frame=seq)
        else:
            journal.emit(
                WebSocketMessage(
                    journal.next_seq(),
                    at_ns,
                    journal.connection,
                    "sent",
                    self._kind,
                    self._position,
                    self._frame.wire_length,
                    compressed=False,
                    frames=(seq,),
                    payload=kept,
                )
            )


def _deflater(deflate: DeflateParameters | None, *, from_client: bool) -> Deflater | None:
    if deflate is None:
        return None
    if from_client:
        return Deflater(
            window_bits=deflate.client_max_window_bits,
            context_takeover=not deflate.client_no_context_takeover,
        )
    return Deflater(
        window_bits=deflate.server_max_window_bits,
        context_takeover=not deflate.server_no_context_takeover,
    )
