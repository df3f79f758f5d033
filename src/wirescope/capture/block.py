"""A block: the events of one commit (or a part of it) as one row of the capture.

A row an event would make the writer compete for the interpreter with the connection that it
records; a block costs one encoding for thousands of events. Its events are a MessagePack array of
the records as they are, payloads raw in it, so a text can be looked for without decoding.

A message whose payload its frames carry already is stored without it (`stored_form`); `payloads`
puts it back. A block is trusted only as far as its checksum holds.
"""

import zlib
from collections.abc import Sequence
from operator import attrgetter
from struct import Struct
from struct import error as StructError  # noqa: N812 -- it is a class
from typing import Any, NamedTuple

import msgspec

from wirescope.capture.redaction import Secrets, redact
from wirescope.capture.summary import Group, Summary, decode_summary, encode_summary, summarise
from wirescope.errors import CaptureFormatError
from wirescope.events import (
    INLINE_LIMIT,
    PREVIEW_LENGTH,
    AnyEvent,
    WebSocketFrame,
    WebSocketMessage,
)

DUPLICATE_LIMIT = 4096
"""A message whose frames stand in an earlier block keeps its payload up to this length: some bytes
twice, but a search does not have to put the block together."""

_numbers = Struct(">qqqqq")
_at_ns = attrgetter("at_ns")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[AnyEvent]).decode


class Block(NamedTuple):
    """One row of the table `block`, in the order of its columns.

    Attributes:
        first_seq: the number of its first event.
        last_seq: the number of its last event; blocks never overlap.
        number: 1, 2, 3 … within the capture: where one is missing, a block is missing.
        first_at_ns: the earliest time in it.
        last_at_ns: the latest time in it.
        summary: what it contains, see `summary`.
        checksum: CRC-32 of all the other columns.
        events: its events.
    """

    first_seq: int
    last_seq: int
    number: int
    first_at_ns: int
    last_at_ns: int
    summary: bytes
    checksum: int | None
    events: bytes

    @property
    def intact(self) -> bool:
        """Whether the block is as it was written."""
        if self.checksum is None:
            return False
        return self.checksum == _checksum(self[:5], self.summary, self.events)

    def renumbered(self, number: int) -> "Block":
        """Return the same block as the capture's `number`-th."""
        moved = self._replace(number=number)
        return moved._replace(checksum=_checksum(moved[:5], moved.summary, moved.events))

    def decode_events(self) -> list[AnyEvent]:
        """Read the events as stored; CaptureFormatError when they are not as they were written."""
        if not self.intact:
            raise CaptureFormatError(f"Events {self.first_seq} to {self.last_seq} are damaged.")
        try:
            return _decode(self.events)
        except (msgspec.DecodeError, RecursionError):
            raise CaptureFormatError(
                f"Events {self.first_seq} to {self.last_seq} are none that this program knows."
            ) from None

    def groups(self) -> list[Group]:
        """Read the groups of the summary; CaptureFormatError when they cannot be read."""
        return self.decode_summary().groups

    def decode_summary(self) -> Summary:
        """Read the summary; CaptureFormatError when it cannot be read."""
        return read_summary(self.summary, self.first_seq)


def read_summary(data: bytes, first_seq: int) -> Summary:
    """Read a summary that was fetched alone; CaptureFormatError when it cannot be read."""
    try:
        return decode_summary(data)
    except msgspec.DecodeError:
        raise CaptureFormatError(f"The summary of the block at {first_seq} is damaged.") from None


def _checksum(numbers: tuple[int, ...], summary: bytes, events: bytes) -> int | None:
    try:
        head = _numbers.pack(*numbers)
        return zlib.crc32(events, zlib.crc32(summary, zlib.crc32(head)))
    except (StructError, TypeError):  # a damaged row may hold anything in any column
        return None


def pack_block(
    events: Sequence[AnyEvent], *, number: int, secrets: Secrets, whole_messages: bool = False
) -> tuple[Block, bool]:
    """Make a block of events that are ordered by number; secrets are blotted out on the way.

    With `whole_messages`, messages keep their payload though their frames may carry it, too.

    Returns also whether payloads are hidden in it, see `Summary`.
    """
    first_seq, last_seq = events[0].seq, events[-1].seq
    stored, hidden = stored_form(events, secrets, whole_messages=whole_messages)
    times = list(map(_at_ns, events))
    numbers = (first_seq, last_seq, number, min(times), max(times))
    summary = encode_summary(Summary(hidden, summarise(events)))
    blob = _encode(stored)
    return Block(*numbers, summary, _checksum(numbers, summary, blob), blob), hidden


def stored_form(
    events: Sequence[AnyEvent], secrets: Secrets, *, whole_messages: bool = False
) -> tuple[list[Any], bool]:
    """Take out what is stored already or must not be stored.

    Returns the records to encode and whether any payload in them is hidden from a search of the
    encoded bytes. A message stands as the tuple that its record would be encoded as: building a
    tuple takes half as long as building a record.
    """
    first_seq = events[0].seq
    stored: list[Any] = []
    append = stored.append
    hidden = False
    for event in events:
        if type(event) is WebSocketFrame:
            append(event)
        elif type(event) is WebSocketMessage:
            frames = event.frames
            if whole_messages or not frames:
                append(event)
                continue
            if event.compressed or len(frames) > 1 or frames[0] < first_seq:
                if _is_worth_storing_twice(event, first_seq):
                    append(event)
                    continue
                hidden = True
            append(_without_payload(event))
        else:
            append(redact(event, secrets))
    return stored, hidden


def _is_worth_storing_twice(message: WebSocketMessage, first_seq: int) -> bool:
    elsewhere = message.frames[0] < first_seq
    return elsewhere and message.length <= DUPLICATE_LIMIT and not message.truncated


def _without_payload(message: WebSocketMessage) -> tuple[object, ...]:
    return (
        "websocket.message",
        message.seq,
        message.at_ns,
        message.connection,
        message.direction,
        message.kind,
        message.length,
        message.wire_length,
        message.compressed,
        message.frames,
        # Of a long one the beginning is kept, so that a list can show it without its frames.
        message.payload[:PREVIEW_LENGTH] if message.length > INLINE_LIMIT else b"",
    )
