"""Payloads put back together: long ones from their chunks, messages' from their frames.

A message is stored without what its frames carry already. Uncompressed it is its frames' payloads
in a row (RFC 6455 section 5.4); compressed these are inflated (RFC 7692 section 7.2.2), which may
need the messages before it, back to the nearest window that the writer stored.
"""

import sqlite3
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

import msgspec

from wirescope.capture.blocks import Blocks, Decoded
from wirescope.capture.inflate import MAX_INFLATED, InflateError, Inflater
from wirescope.capture.summary import Summary
from wirescope.errors import CaptureError
from wirescope.events import (
    INLINE_LIMIT,
    AnyEvent,
    DataChannelMessage,
    Direction,
    WebSocketFrame,
    WebSocketMessage,
)

_PIECE = 256 << 10

_seq = attrgetter("seq")

_Key = tuple[str, Direction]


class _State(NamedTuple):
    """An inflater, and the last message that it went through."""

    inflater: Inflater
    seq: int


class Payloads:
    """Finds the bytes of frames and messages.

    Reading in order is cheap: each direction's inflater goes on where it stopped. From anywhere
    else it begins at a stored window.
    """

    def __init__(self, database: sqlite3.Connection, blocks: Blocks) -> None:
        self._database = database
        self._blocks = blocks
        self._states: dict[_Key, _State] = {}

    def complete(self, event: AnyEvent, block: Decoded) -> AnyEvent:
        """Give a message that was stored without its payload the payload back.

        One that cannot be rebuilt, because of a gap or damage, stays without (`truncated`).
        """
        if type(event) is not WebSocketMessage or not _lacks_payload(event):
            return event
        try:
            payload = self._whole(event, block, INLINE_LIMIT)
        except CaptureError:
            return event
        return msgspec.structs.replace(event, payload=payload)

    def pieces(self, event: AnyEvent, block: Decoded, *, limit: int) -> Iterator[bytes]:
        """Yield the whole payload of a frame or message; CaptureError when it is not whole."""
        if type(event) is WebSocketFrame:
            yield from self._frame_pieces(event)
        elif type(event) is DataChannelMessage:
            yield event.payload
        elif type(event) is WebSocketMessage:
            if not event.truncated:
                yield event.payload
            elif event.compressed:
                whole = self._whole(event, block, limit)
                yield from (whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))
            else:
                yield from self._checked_pieces(event, block)

    def _checked_pieces(self, message: WebSocketMessage, block: Decoded) -> Iterator[bytes]:
        left = message.length
        for piece in self._wire_pieces(message, block):
            left -= len(piece)
            yield piece
        if left:
            raise CaptureError(f"Message {message.seq} is not whole in this capture.")

    def _whole(self, message: WebSocketMessage, block: Decoded, limit: int) -> bytes:
        if message.compressed:
            payload = self._inflated(message, block, limit)
        else:
            payload = b"".join(self._wire_pieces(message, block))
        if len(payload) != message.length:
            raise CaptureError(f"Message {message.seq} is not whole in this capture.")
        return payload

    def _wire_pieces(self, message: WebSocketMessage, block: Decoded) -> Iterator[bytes]:
        for frame in self._frames(message, block):
            yield from self._frame_pieces(frame)

    def _frames(self, message: WebSocketMessage, block: Decoded) -> Iterator[WebSocketFrame]:
        for seq in message.frames:
            frame = block.by_seq.get(seq)
            if frame is None:
                elsewhere = self._blocks.holding(seq)
                frame = elsewhere.by_seq.get(seq) if elsewhere else None
            if type(frame) is not WebSocketFrame:
                raise CaptureError(f"Frame {seq} of message {message.seq} is not in this capture.")
            yield frame

    def _frame_pieces(self, frame: WebSocketFrame) -> Iterator[bytes]:
        if not frame.payload_id:
            yield frame.payload
            return
        offset = 0
        while row := self._database.execute(
            "SELECT checksum, data FROM payload_chunk WHERE payload_id = ? AND offset = ?",
            (frame.payload_id, offset),
        ).fetchone():
            checksum, data = row
            if zlib.crc32(data) != checksum:
                break
            yield data
            offset += len(data)
        if offset < frame.payload_length:
            raise CaptureError(
                f"Of the {frame.payload_length} bytes of frame {frame.seq},"
                f" {offset} are in this capture."
            )

    # Compressed messages

    def _inflated(self, message: WebSocketMessage, block: Decoded, limit: int) -> bytes:
        key = (message.connection, message.direction)
        data = b"".join(self._wire_pieces(message, block))
        state = self._states.pop(key, None)
        try:
            inflater = self._inflater_before(message, block, state)
            payload = inflater.inflate(data, limit=limit)
            self._states[key] = _State(inflater, message.seq)
        except (InflateError, CaptureError):
            payload = _inflated_alone(message, data, limit)
        return payload

    def _inflater_before(
        self, message: WebSocketMessage, block: Decoded, state: _State | None
    ) -> Inflater:
        """Return an inflater that has gone through all messages before this one."""
        if state is None or not block.first_seq <= state.seq < message.seq:
            state = self._nearest(message, state)
        for earlier, its_block in self._compressed_between(state.seq, message, block):
            data = b"".join(self._wire_pieces(earlier, its_block))
            state.inflater.inflate(data, limit=MAX_INFLATED)
        return state.inflater

    def _nearest(self, message: WebSocketMessage, state: _State | None) -> _State:
        row = self._database.execute(
            "SELECT after_seq, checksum, window FROM inflate_window"
            " WHERE connection = ? AND direction = ? AND after_seq < ?"
            " ORDER BY after_seq DESC LIMIT 1",
            (message.connection, message.direction, message.seq),
        ).fetchone()
        after_seq, checksum, window = row or (0, 0, b"")
        if zlib.crc32(window) != checksum:
            raise CaptureError(f"The window after event {after_seq} is damaged.")
        if state is not None and after_seq <= state.seq < message.seq:
            return state
        return _State(Inflater(window), after_seq)

    def _compressed_between(
        self, after: int, message: WebSocketMessage, block: Decoded
    ) -> Iterator[tuple[WebSocketMessage, Decoded]]:
        key = (message.connection, message.direction)
        for current in self._blocks_between(after, block):
            if any(after < gap.seq < message.seq for gap in current.gaps):
                raise CaptureError("There is a gap before this message.")
            listed = current.compressed.get(key, [])
            start = bisect_right(listed, after, key=_seq)  # there may be thousands, read in order
            for earlier in listed[start : bisect_left(listed, message.seq, key=_seq)]:
                yield earlier, current

    def _blocks_between(self, after: int, block: Decoded) -> Iterator[Decoded]:
        if block.first_seq <= after:
            yield block
            return
        number = None if after else 0
        for head in self._blocks.heads(after=max(0, after - 1), before=block.first_seq + 1):
            if number is not None and head.number > number + 1:
                raise CaptureError("There is a gap before this message.")
            number = head.number
            if head.first_seq == block.first_seq or _matters(head.summary()):
                current = self._blocks.load(head.first_seq)
                if current is not None:
                    yield current


def _matters(summary: Summary) -> bool:
    """Whether later messages may refer to what is in a block, or whether a part of it is missing.

    A compressed message that is stored whole, since its frame was committed before it, hides
    nothing, and those after it refer to it all the same.
    """
    return any(group.compressed or group.type == "capture.gap" for group in summary.groups)


def _inflated_alone(message: WebSocketMessage, data: bytes, limit: int) -> bytes:
    # Without what went before: sound, since a message that refers back to it is an error here.
    try:
        return Inflater().inflate(data, limit=limit)
    except InflateError as error:
        raise CaptureError(
            f"The payload of message {message.seq} cannot be shown: {error}.",
            hint="Its frames are there as they were on the wire.",
        ) from None


def _lacks_payload(message: WebSocketMessage) -> bool:
    return not message.payload and 0 < message.length <= INLINE_LIMIT and bool(message.frames)
