"""What a block of events contains, small enough to be read instead of the events.

A summary counts the events of a block by group: same connection, type, direction and, for frames,
the same first header byte (FIN, RSV1 to RSV3, opcode) and header length, for messages the same kind
and compression, for those of data channels the same kind. Statistics are sums over groups, and a
filter that no group can satisfy skips the block. Nothing here reads or writes a file.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import starmap
from operator import attrgetter

import msgspec

from wirescope.events import (
    AnyEvent,
    DataChannelMessage,
    FrameHeader,
    WebSocketFrame,
    WebSocketMessage,
    opcode_name,
)

MOST = (1 << 64) - 1
"""The largest number that MessagePack has; a single frame may announce that many bytes."""


class Group(msgspec.Struct, FrameHeader, frozen=True, array_like=True):
    """The events of a block that are alike.

    Attributes:
        connection: the connection's id, empty for events of the capture as a whole.
        type: the event type, as in NDJSON.
        direction: `sent`, `received`, or empty where the type has none.
        header: frames: the first two header bytes, with the length and no masking key (the length
            bits say nothing but how long the header is); empty for other types.
        kind: messages: `text` or `binary`; empty for other types.
        compressed: messages: whether permessage-deflate was applied.
        count: how many events.
        payload_bytes: sum of `payload_length` (frames) or `length` (messages), `MOST` at most.
        wire_bytes: sum of `wire_length`, `MOST` at most; 0 of data channels, where it is not known.
        min_length: the smallest length.
        max_length: the largest length.
        histogram: bit length of the length -> how many; 0 -> 0, 1 -> 1, 2 -> 2..3, 3 -> 4..7 …
    """

    connection: str
    type: str
    direction: str
    header: bytes
    kind: str
    compressed: bool
    count: int
    payload_bytes: int
    wire_bytes: int
    min_length: int
    max_length: int
    histogram: dict[int, int]

    @property
    def opcode_name(self) -> str:
        """The name of a frame group's opcode."""
        return opcode_name(self.opcode)


class Summary(msgspec.Struct, frozen=True, array_like=True):
    """What a block contains.

    Attributes:
        hidden: whether a payload of the block cannot be found in its stored bytes as it stands:
            compressed, or put together from frames, some of them perhaps in earlier blocks.
        groups: its events by group.
    """

    hidden: bool
    groups: list[Group]


_channel_key = attrgetter("connection", "direction", "kind")
_length = attrgetter("length")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Summary).decode


def encode_summary(summary: Summary) -> bytes:
    """Write a summary as MessagePack."""
    return _encode(summary)


def decode_summary(data: bytes) -> Summary:
    """Read a summary; msgspec.DecodeError when it is not one."""
    return _decode(data)


_MessageKey = tuple[str, str, str, bool]

WHOLE_FRAME_KINDS = {0x81: "text", 0x82: "binary"}
"""First header byte of a frame that is a whole, uncompressed message -> the message's kind."""


class FrameRun:
    """The lengths of frames that are alike.

    Attributes:
        connection: theirs.
        direction: theirs.
        first_byte: the first byte of their headers.
        header_length: how long these are.
        kind: that of the message that such a frame is, if it is a whole one; else empty.
        lengths: their payloads' lengths.
        whole_lengths: the lengths of messages that are just what one of these frames says.
    """

    __slots__ = (
        *("connection", "direction", "first_byte", "header_length", "kind"),
        *("lengths", "whole_lengths"),
    )

    def __init__(
        self, connection: str, direction: str, first_byte: int, header_length: int
    ) -> None:
        self.connection = connection
        self.direction = direction
        self.first_byte = first_byte
        self.header_length = header_length
        self.kind = WHOLE_FRAME_KINDS.get(first_byte, "")
        self.lengths: list[int] = []
        self.whole_lengths: list[int] = []

    def wire_bytes(self, lengths: Sequence[int]) -> int:
        """Return how many bytes such frames with payloads of these lengths are on the wire."""
        return sum(lengths) + self.header_length * len(lengths)


class _Lengths:
    """The lengths of messages that are alike, and the sum of what they are on the wire."""

    __slots__ = ("lengths", "wire_bytes")

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.wire_bytes = 0


class GroupCounter:
    """Counts events by group while they come.

    All it does for an event is to put its length where it belongs; the arithmetic is done a group
    at a time, in the end.
    """

    def __init__(self) -> None:
        self._frames: dict[tuple[str, str, int, int], FrameRun] = {}
        self._messages: defaultdict[_MessageKey, _Lengths] = defaultdict(_Lengths)
        self._channel_messages: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._others: Counter[tuple[str, str, str]] = Counter()

    def frames_like(self, frame: WebSocketFrame) -> FrameRun:
        """Return the run that a frame's length belongs to; who asks appends it."""
        header = frame.header
        key = (frame.connection, frame.direction, header[0], len(header))
        run = self._frames.get(key)
        if run is None:
            run = self._frames[key] = FrameRun(*key)
        return run

    def message(self, message: WebSocketMessage) -> None:
        """Count a message."""
        key = (message.connection, message.direction, message.kind, message.compressed)
        counted = self._messages[key]
        counted.lengths.append(message.length)
        counted.wire_bytes += message.wire_length

    def channel_messages(self, messages: Sequence[DataChannelMessage]) -> None:
        """Count messages of data channels; mostly all that come at a time are alike."""
        keys = set(map(_channel_key, messages))
        if len(keys) == 1:
            self._channel_messages[keys.pop()].extend(map(_length, messages))
            return
        for message in messages:
            self._channel_messages[_channel_key(message)].append(message.length)

    def other(self, event: AnyEvent) -> None:
        """Count an event that is neither frame nor message."""
        direction: str = getattr(event, "direction", "")
        self._others[event.connection, event.type, direction] += 1

    def groups(self) -> list[Group]:
        """Return what was counted."""
        self._count_whole()
        return [
            *map(_frame_group, self._frames.values()),
            *starmap(_message_group, self._messages.items()),
            *starmap(_channel_group, self._channel_messages.items()),
            *(Group(*key, b"", "", False, n, 0, 0, 0, 0, {}) for key, n in self._others.items()),  # noqa: FBT003
        ]

    def _count_whole(self) -> None:
        """Put the messages that are just what their frame says to the others."""
        for run in self._frames.values():
            if run.whole_lengths:
                counted = self._messages[run.connection, run.direction, run.kind, False]
                counted.lengths += run.whole_lengths
                counted.wire_bytes += run.wire_bytes(run.whole_lengths)
                run.whole_lengths = []


def _frame_group(run: FrameRun) -> Group:
    header = bytes((run.first_byte, _second_byte(run.header_length)))
    return Group(
        *(run.connection, "websocket.frame", run.direction, header, "", False),
        *_measures(run.lengths, run.wire_bytes(run.lengths)),
    )


def _second_byte(header_length: int) -> int:
    """Say in the second byte's bits how long a header is (RFC 6455 section 5.2)."""
    masked = header_length in (6, 8, 14)
    extended = header_length - (4 if masked else 0) - 2
    return (0x80 if masked else 0) | {2: 126, 8: 127}.get(extended, 0)


def _message_group(key: _MessageKey, counted: _Lengths) -> Group:
    connection, direction, kind, compressed = key
    return Group(
        *(connection, "websocket.message", direction, b"", kind, compressed),
        *_measures(counted.lengths, counted.wire_bytes),
    )


def _channel_group(key: tuple[str, str, str], lengths: Sequence[int]) -> Group:
    connection, direction, kind = key
    return Group(
        *(connection, "data_channel.message", direction, b"", kind, False),
        *_measures(lengths, 0),
    )


def _measures(
    lengths: Sequence[int], wire_bytes: int
) -> tuple[int, int, int, int, int, dict[int, int]]:
    histogram: Counter[int] = Counter()
    for length, count in Counter(lengths).items():  # mostly there are few that differ
        histogram[length.bit_length()] += count
    payload_bytes, wire_bytes = min(sum(lengths), MOST), min(wire_bytes, MOST)
    return len(lengths), payload_bytes, wire_bytes, min(lengths), max(lengths), dict(histogram)
