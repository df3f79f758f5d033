"""A block: the events of one commit (or a part of it) as one row of the capture.

A row an event would make the writer compete for the interpreter with the connection that it
records; a block costs one row for thousands of events. Its events are a MessagePack array of the
records as they are, payloads raw in it, so a text can be looked for without decoding. They are
encoded as they come in, while they are still in the processor's cache, each batch behind the ones
before it in one buffer: a payload of 64 KiB is copied once.

A message whose payload its frames carry already is stored without it; `payloads` puts it back. One
that is exactly what its one frame says is stored as nil. A block is trusted only as far as its
checksum holds.
"""

import zlib
from collections.abc import Callable, Sequence
from operator import attrgetter
from struct import Struct
from struct import error as StructError  # noqa: N812 -- it is a class
from typing import Any, NamedTuple

import msgspec

from wirescope.capture.redaction import Secrets, redact
from wirescope.capture.summary import (
    WHOLE_FRAME_KINDS,
    FrameRun,
    Group,
    GroupCounter,
    Summary,
    decode_summary,
    encode_summary,
)
from wirescope.errors import CaptureFormatError
from wirescope.events import (
    INLINE_LIMIT,
    PREVIEW_LENGTH,
    AnyEvent,
    DataChannelMessage,
    WebSocketFrame,
    WebSocketMessage,
)

DUPLICATE_LIMIT = 4096
"""A message whose frames stand in an earlier block keeps its payload up to this length: some bytes
twice, but a search does not have to put the block together."""

_numbers = Struct(">qqqqq")
_array_header = Struct(">BI")
_ARRAY_32 = 0xDD  # MessagePack's array of up to 2^32-1 elements
_at_ns = attrgetter("at_ns")
_encode_into = msgspec.msgpack.Encoder().encode_into
_decode = msgspec.msgpack.Decoder(list[AnyEvent | None]).decode


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
    events: bytes | bytearray

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
            return _with_whole_frames(_decode(self.events))
        except (msgspec.DecodeError, RecursionError, LookupError):
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


def _checksum(numbers: tuple[int, ...], summary: bytes, events: bytes | bytearray) -> int | None:
    try:
        head = _numbers.pack(*numbers)
        return zlib.crc32(events, zlib.crc32(summary, zlib.crc32(head)))
    except (StructError, TypeError):  # a damaged row may hold anything in any column
        return None


def _with_whole_frames(stored: list[AnyEvent | None]) -> list[AnyEvent]:
    """Put a message in the place of each nil, in the list itself; LookupError if there is none."""
    previous: AnyEvent | None = None
    for index, event in enumerate(stored):
        if event is None:
            if type(previous) is not WebSocketFrame:
                raise LookupError("a nil that follows no frame")
            event = stored[index] = WebSocketMessage(
                previous.seq + 1,
                previous.at_ns,
                previous.connection,
                previous.direction,
                WHOLE_FRAME_KINDS[previous.header[0]],  # type: ignore[arg-type]
                len(previous.payload),
                len(previous.header) + len(previous.payload),
                False,  # noqa: FBT003 -- by position, which takes half the time
                (previous.seq,),
                previous.payload,
            )
        previous = event
    return stored  # type: ignore[return-value]


class BlockBuilder:
    """Makes one block of events that are added in the order of their numbers.

    Args:
        number: the block's, see `Block`.
        secrets: are blotted out on the way.
        whole_messages: how it begins, see there.
        on_compressed: is called with each compressed message.

    Attributes:
        count: how many events were added.
        size: bytes that they take, encoded.
        whole_messages: whether messages keep their payload though their frames may carry it, too.
    """

    def __init__(
        self,
        number: int,
        *,
        secrets: Secrets = None,
        whole_messages: bool = False,
        on_compressed: Callable[[WebSocketMessage], None] = lambda _: None,
    ) -> None:
        self.number = number
        self.count = 0
        self.size = 0
        self._secrets = secrets
        self.whole_messages = whole_messages
        self._on_compressed = on_compressed
        self._blob = bytearray(_array_header.size)  # the header is put in at the end
        self._counter = GroupCounter()
        self._hidden = False
        self._first_seq = self._last_seq = 0
        self._first_at_ns = self._last_at_ns = 0
        self._run = FrameRun("", "", 0, 0)  # the frames like the last one
        self._previous: WebSocketFrame | None = None

    def add(self, events: Sequence[AnyEvent]) -> int:
        """Add events; return how many bytes they take."""
        times = list(map(_at_ns, events))
        if not self.count:
            self._first_seq, self._first_at_ns = events[0].seq, times[0]
        self._first_at_ns = min(self._first_at_ns, *times)
        self._last_at_ns = max(self._last_at_ns, *times)
        length = self._append(self._stored(events))
        self.count += len(events)
        self.size += length
        self._last_seq = events[-1].seq
        return length

    def _append(self, stored: Sequence[Any]) -> int:
        """Encode behind what is there, without the header of an array; return how many bytes.

        The header is written over the last bytes of what is there, which are then put back.
        """
        blob = self._blob
        end = len(blob)
        start = end - _array_header_length(len(stored))
        covered = blob[start:]
        try:
            _encode_into(stored, blob, start)
        except BaseException:
            blob[start:] = covered  # what stands already stays as it is
            raise
        blob[start:end] = covered
        return len(blob) - end

    def finish(self) -> Block:
        """Put the block together."""
        numbers = (
            *(self._first_seq, self._last_seq, self.number),
            *(self._first_at_ns, self._last_at_ns),
        )
        summary = encode_summary(Summary(self._hidden, self._counter.groups()))
        blob = self._blob
        _array_header.pack_into(blob, 0, _ARRAY_32, self.count)
        return Block(*numbers, summary, _checksum(numbers, summary, blob), blob)

    def _stored(self, events: Sequence[AnyEvent]) -> Sequence[Any]:
        """Return what to encode of the events, and count them.

        This runs for each event that is recorded. Nearly all are frames that are a whole message
        each, with that message behind them, so these are not handed to other functions. Messages of
        data channels come many at a time, with nothing else among them.
        """
        if type(events[0]) is DataChannelMessage and {*map(type, events)} == {DataChannelMessage}:
            self._counter.channel_messages(events)  # type: ignore[arg-type]
            self._previous = None
            return events
        stored: list[Any] = []
        append = stored.append
        counter, run, frame = self._counter, self._run, self._previous
        for event in events:
            if type(event) is WebSocketFrame:
                header = event.header
                length = header[1] & 0x7F
                if length == 126:
                    length = header[2] << 8 | header[3]
                elif length == 127:
                    length = event.payload_length
                if not (
                    header[0] == run.first_byte
                    and len(header) == run.header_length
                    and event.direction == run.direction
                    and event.connection == run.connection
                ):
                    run = counter.frames_like(event)
                run.lengths.append(length)
                append(event)
                frame = event
            elif type(event) is WebSocketMessage:
                if (  # the message is just what the frame before it says
                    frame is not None
                    and event.payload == frame.payload
                    and event.kind == run.kind
                    and event.length == len(event.payload)
                    and event.wire_length == run.header_length + event.length
                    and event.at_ns == frame.at_ns
                    and event.frames == (frame.seq,)
                    and event.seq == frame.seq + 1
                    and event.direction == run.direction
                    and event.connection == run.connection
                    and not event.compressed
                ):
                    run.whole_lengths.append(event.length)
                    append(None)
                else:
                    append(self._stored_message(event))
                frame = None
            elif type(event) is DataChannelMessage:
                counter.channel_messages([event])
                append(event)
                frame = None
            else:
                frame = None
                counter.other(event)
                append(redact(event, self._secrets))
        self._run, self._previous = run, frame
        return stored

    def _stored_message(self, message: WebSocketMessage) -> AnyEvent | tuple[object, ...]:
        """Return a message as it is stored: without what can be had from its frames.

        As a tuple it is encoded the same as its record, but made in half the time.
        """
        self._counter.message(message)
        if message.compressed:
            self._on_compressed(message)
        frames = message.frames
        if self.whole_messages or not frames:
            return message
        elsewhere = frames[0] < self._first_seq
        if message.compressed or len(frames) > 1 or elsewhere:
            if elsewhere and message.length <= DUPLICATE_LIMIT and not message.truncated:
                return message
            self._hidden = True
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
            frames,
            # Of a long one the beginning is kept, so that a list can show it without its frames.
            message.payload[:PREVIEW_LENGTH] if message.length > INLINE_LIMIT else b"",
        )


def _array_header_length(count: int) -> int:
    """Say how many bytes MessagePack puts before an array's elements."""
    return 1 if count < 16 else 3 if count < 0x10000 else 5
