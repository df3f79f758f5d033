"""MessagePack, read with msgspec.

Timestamps become ISO 8601, other extensions `{"extension": code, "data": bytes}`. Before anything
long is unfolded, its heads alone are counted, since sixteen megabytes of empty arrays are a
gigabyte of lists.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import MAX_VALUES, Tree, brief, check_length, readable
from wirescope.errors import ComposeError, DecodeError

_NEED_NO_COUNTING = 256 << 10

# Head byte: bytes of its length field, what is to be added to that length, values per item.
_BLOBS = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1),
          0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}  # fmt: skip
_FIXED = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8,
          0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}  # fmt: skip
_COLLECTIONS = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}


def read_messagepack(data: bytes) -> Any:
    """Read one MessagePack value that came over the wire.

    Raises:
        DecodeError: it is none, or unfolds to too much.
    """
    check_length(data)
    if len(data) > _NEED_NO_COUNTING and unfolds_beyond(MAX_VALUES, data):
        raise DecodeError(f"It has more than {MAX_VALUES:,} values.")
    try:
        return msgspec.msgpack.decode(data)
    except RecursionError:
        raise DecodeError("It is nested too deep.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, TypeError, OverflowError) as error:
        message, _, place = str(error).removesuffix(")").partition(" (byte ")
        where = f"byte {place}" if place else ""
        raise DecodeError(f"It is not MessagePack: {message}.", where=where) from None


def unfolds_beyond(count: int, data: bytes) -> bool:
    """Whether MessagePack has more values than that, by their heads alone."""
    return any(number > count for number, _ in enumerate(_heads(data)))


def _heads(data: bytes) -> Iterator[int]:
    """Yield where each value begins, however they are nested."""
    at = 0
    while at < len(data):
        yield at
        head = data[at]
        if head in _BLOBS:
            size, more = _BLOBS[head]
            at += 1 + size + more + int.from_bytes(data[at + 1 : at + 1 + size], "big")
        elif 0xA0 <= head <= 0xBF:
            at += 1 + (head & 0x1F)
        else:
            at += 1 + _FIXED.get(head, _COLLECTIONS.get(head, 0))


class MessagePackDecoder:
    """One MessagePack value."""

    name = "messagepack"
    priority = 0
    subprotocols: tuple[str, ...] = ("msgpack", "messagepack")

    def recognises(self, payload: Payload) -> float:
        """Look whether a binary message begins as an array or a map."""
        if payload.kind != "binary" or len(payload.data) < 2:
            return 0.0
        head = payload.data[0]
        return 0.3 if 0x81 <= head <= 0x9F or head in _COLLECTIONS else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read the value."""
        value = readable(read_messagepack(payload.data))
        return Decoded(format=self.name, summary=brief(value), value=value)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a binary message."""
        return [Payload(data=write_messagepack(value), kind="binary", direction="sent")]


def write_messagepack(value: Tree) -> bytes:
    """Write a tree as MessagePack.

    Raises:
        ComposeError: an integer has more than 64 bits, or it is nested too deep.
    """
    try:
        return msgspec.msgpack.encode(_with_extensions(value))
    except (OverflowError, RecursionError, TypeError, ValueError) as error:
        raise ComposeError(f"MessagePack cannot hold it: {error}.") from None


def _with_extensions(value: Tree) -> Any:
    if isinstance(value, dict):
        code, data = value.get("extension"), value.get("data")
        if value.keys() == {"extension", "data"} and isinstance(code, int):
            if isinstance(data, bytes) and -128 <= code <= 127:
                return msgspec.msgpack.Ext(code, data)
            raise ComposeError("An extension has a code from -128 to 127 and bytes.")
        return {key: _with_extensions(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_extensions(each) for each in value]
    return value
