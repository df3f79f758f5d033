"""What a block of events contains, small enough to be read instead of the events.

A summary counts the events of a block by group: same connection, type, direction and, for frames,
the same first header byte (FIN, RSV1 to RSV3, opcode) and header length, for messages the same kind
and compression. Statistics are sums over groups, and a filter that no group can satisfy skips the
block. Nothing here reads or writes a file.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from wirescope.events import (
    AnyEvent,
    FrameHeader,
    WebSocketFrame,
    WebSocketMessage,
    WebSocketViolation,
    opcode_name,
)


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
        payload_bytes: sum of `payload_length` (frames) or `length` (messages).
        wire_bytes: sum of `wire_length`.
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


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Summary).decode


def encode_summary(summary: Summary) -> bytes:
    """Write a summary as MessagePack."""
    return _encode(summary)


def decode_summary(data: bytes) -> Summary:
    """Read a summary; msgspec.DecodeError when it is not one."""
    return _decode(data)


_FrameKey = tuple[str, str, int, int]
_MessageKey = tuple[str, str, str, bool]


def summarise(events: Iterable[AnyEvent]) -> list[Group]:
    """Count events by group.

    This runs for each event that is recorded, so the loop only sorts lengths into lists; all
    arithmetic is done a group at a time.
    """
    frames: dict[_FrameKey, list[int]] = {}
    messages: dict[_MessageKey, tuple[list[int], list[int]]] = {}
    others: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        if type(event) is WebSocketFrame:
            header = event.header
            length = header[1] & 0x7F
            if length == 126:
                length = header[2] << 8 | header[3]
            elif length == 127:
                length = event.payload_length
            frame_key = (event.connection, event.direction, header[0], len(header))
            try:
                frames[frame_key].append(length)
            except KeyError:
                frames[frame_key] = [length]
        elif type(event) is WebSocketMessage:
            key = (event.connection, event.direction, event.kind, event.compressed)
            try:
                lengths, wire_lengths = messages[key]
            except KeyError:
                lengths, wire_lengths = messages[key] = ([], [])
            lengths.append(event.length)
            wire_lengths.append(event.wire_length)
        else:
            direction = event.direction if isinstance(event, WebSocketViolation) else ""
            others[event.connection, event.type, direction] += 1
    return [
        *(_frame_group(key, lengths) for key, lengths in frames.items()),
        *(_message_group(key, *lengths) for key, lengths in messages.items()),
        *(Group(*key, b"", "", False, n, 0, 0, 0, 0, {}) for key, n in others.items()),  # noqa: FBT003
    ]


def _frame_group(key: _FrameKey, lengths: Sequence[int]) -> Group:
    connection, direction, first_byte, header_length = key
    wire_bytes = sum(lengths) + header_length * len(lengths)
    header = bytes((first_byte, _second_byte(header_length)))
    return Group(
        *(connection, "websocket.frame", direction, header, "", False),
        *_measures(lengths, wire_bytes),
    )


def _second_byte(header_length: int) -> int:
    """Say in the second byte's bits how long a header is (RFC 6455 section 5.2)."""
    masked = header_length in (6, 8, 14)
    extended = header_length - (4 if masked else 0) - 2
    return (0x80 if masked else 0) | {2: 126, 8: 127}.get(extended, 0)


def _message_group(key: _MessageKey, lengths: Sequence[int], wire_lengths: Sequence[int]) -> Group:
    connection, direction, kind, compressed = key
    return Group(
        *(connection, "websocket.message", direction, b"", kind, compressed),
        *_measures(lengths, sum(wire_lengths)),
    )


def _measures(
    lengths: Sequence[int], wire_bytes: int
) -> tuple[int, int, int, int, int, dict[int, int]]:
    histogram = dict(Counter(map(int.bit_length, lengths)))
    return len(lengths), sum(lengths), wire_bytes, min(lengths), max(lengths), histogram
