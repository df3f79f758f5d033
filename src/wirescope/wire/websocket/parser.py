"""Cuts a byte stream into the frames of RFC 6455 section 5.2, whatever they say.

The parser takes any chunking and judges nothing: reserved bits and opcodes, wrong masking, lengths
in too many bytes, a length of 2^64-1 all come out as they stood on the wire, with their header
bytes and their offset. What is illegal about them is `wirescope.wire.websocket.rules`.

A frame whose payload is longer than the limit is never held: it comes out as a `FrameStart`, its
`FramePayload`s as they arrive, and a `FrameEnd`. So the parser holds at most one frame's worth of
bytes below the limit, and whatever was fed in the last call.
"""

import msgspec

from wirescope.events import INLINE_LIMIT
from wirescope.wire.websocket.frames import Frame, FrameEnd, FramePayload, FrameStart, apply_mask

ParsedItem = Frame | FrameStart | FramePayload | FrameEnd

_FRAME_END = FrameEnd()


class IncompleteFrame(msgspec.Struct, frozen=True):
    """What the end of the stream left of a frame.

    Attributes:
        header: its header bytes as far as they came; fewer than two say nothing yet.
        payload: its payload as far as it came, unmasked; empty for one that was being streamed.
        missing: payload bytes that did not come, None when not even the header is complete.
        offset: where it began in the stream.
    """

    header: bytes
    payload: bytes
    missing: int | None
    offset: int


class FrameParser:
    """A parser for one direction of one connection.

    Args:
        stream_above: payloads longer than this many bytes come out in pieces.
    """

    def __init__(self, *, stream_above: int = INLINE_LIMIT) -> None:
        self._stream_above = stream_above
        self._pending = bytearray()
        self._pending_needs = 0
        self._offset = 0
        self._streamed: FrameStart | None = None
        self._streamed_position = 0

    @property
    def offset(self) -> int:
        """How many bytes of the stream belong to frames that came out, or are coming out."""
        return self._offset

    @property
    def pending_length(self) -> int:
        """Bytes held of a frame that is not complete yet."""
        return len(self._pending)

    @property
    def pending_bytes(self) -> bytes:
        """The bytes of that frame, as they came."""
        return bytes(self._pending)

    def feed(self, data: bytes) -> list[ParsedItem]:
        """Take the next bytes of the stream; return what they complete, in order."""
        items: list[ParsedItem] = []
        if self._pending:
            self._pending += data
            if len(self._pending) < self._pending_needs:
                return items
            data = bytes(self._pending)
            self._pending.clear()
        while data:
            if self._streamed is None:
                data = self._parse_whole(data, items)
            else:
                data = self._continue_streamed(self._streamed, data, items)
        return items

    def _parse_whole(self, data: bytes, items: list[ParsedItem]) -> bytes:
        """Cut off whole frames; return what follows the header of one that has to be streamed."""
        position, end = 0, len(data)
        base, stream_above = self._offset, self._stream_above
        append = items.append
        while end - position >= 2:
            second = data[position + 1]
            length = second & 0x7F
            body = position + 2
            if length >= 126:
                extended, body = body, body + (2 if length == 126 else 8)
                if end < body:
                    break
                length = int.from_bytes(data[extended:body], "big")
            if second & 0x80:
                body += 4
                if end < body:
                    break
            if length > stream_above:
                self._streamed = start = FrameStart(data[position:body], base + position)
                self._streamed_position = 0
                self._offset = base + body
                append(start)
                return data[body:]
            after = body + length
            if end < after:
                break
            payload = data[body:after]
            if second & 0x80:
                payload = apply_mask(payload, data[body - 4 : body])
            append(Frame(data[position:body], payload, base + position))
            position = after
        self._offset = base + position
        if position < end:
            self._pending += data[position:] if position else data
            self._pending_needs = self._frame_length(self._pending)
        return b""

    @staticmethod
    def _header_length(pending: bytearray) -> int:
        if len(pending) < 2:
            return 2
        short = pending[1] & 0x7F
        extended = 8 if short == 127 else 2 if short == 126 else 0
        return 2 + extended + (4 if pending[1] & 0x80 else 0)

    def _frame_length(self, pending: bytearray) -> int:
        """How many bytes there must be before another look is worth while."""
        header_length = self._header_length(pending)
        if len(pending) < header_length:
            return header_length
        short = pending[1] & 0x7F
        if short >= 126:
            short = int.from_bytes(pending[2 : 4 if short == 126 else 10], "big")
        return header_length + short

    def _continue_streamed(self, start: FrameStart, data: bytes, items: list[ParsedItem]) -> bytes:
        """Take what belongs to the payload under way; return the rest."""
        left = start.payload_length - self._streamed_position
        piece, rest = (data, b"") if len(data) <= left else (data[:left], data[left:])
        key = start.masking_key
        unmasked = apply_mask(piece, key, position=self._streamed_position) if key else piece
        items.append(FramePayload(unmasked))
        self._streamed_position += len(piece)
        self._offset += len(piece)
        if len(piece) == left:
            self._streamed = None
            items.append(_FRAME_END)
        return rest

    def peek(self) -> IncompleteFrame | None:
        """Look at the frame that is still incomplete, None between two frames.

        It lets a receiver fail early on a payload that is already wrong (RFC 6455 section 8.1), and
        at the end of the stream it is the evidence of what was cut off.
        """
        if self._streamed is not None:
            start = self._streamed
            missing = start.payload_length - self._streamed_position
            return IncompleteFrame(start.header, b"", missing, start.offset)
        if not self._pending:
            return None
        header_length = self._header_length(self._pending)
        if len(self._pending) < header_length:
            return IncompleteFrame(bytes(self._pending), b"", None, self._offset)
        header = bytes(self._pending[:header_length])
        payload = bytes(self._pending[header_length:])
        if header[1] & 0x80:
            payload = apply_mask(payload, header[-4:])
        missing = self._pending_needs - len(self._pending)
        return IncompleteFrame(header, payload, missing, self._offset)
