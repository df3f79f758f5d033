"""CBOR (RFC 8949), read with cbor2 where that is installed.

Tags that make times and large integers are followed; all others are shown as
`{"tag": number, "value": …}`: a shared reference could unfold without end, and a regular expression
would be compiled. Simple values are `{"simple": number}`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any

from wirescope.decoders.payload import Conversation, Decoded, Payload
from wirescope.decoders.tree import (
    MAX_DEPTH,
    MAX_VALUES,
    Names,
    Tree,
    brief,
    check_length,
    key_text,
    readable,
)
from wirescope.errors import ComposeError, DecodeError, UnknownDecoderError

_NEED_NO_COUNTING = 256 << 10
_SELF_DESCRIBED = b"\xd9\xd9\xf7"  # section 3.4.6
# Large integers (section 3.4.3) are made last: as keys of a map they could all have one hash.
_INTEGERS = (2, 3)
# Tags that cbor2 would make something else of than it is: RFC 8949 section 3.4 and the registry.
_SHOWN_AS_TAGS = (
    2,
    3,
    4,
    5,
    25,
    28,
    29,
    30,
    35,
    36,
    37,
    52,
    54,
    100,
    256,
    258,
    260,
    261,
    1004,
    43000,
)


class CborDecoder:
    """One CBOR data item."""

    name = "cbor"
    priority = -1
    subprotocols: tuple[str, ...] = ("cbor",)

    def recognises(self, payload: Payload) -> float:
        """Look whether a binary message begins as a map, an array, or says that it is CBOR."""
        data = payload.data
        if payload.kind != "binary" or len(data) < 2:
            return 0.0
        if data.startswith(_SELF_DESCRIBED):
            return 0.45
        if 0xA1 <= data[0] <= 0xBB or data[0] == 0xBF:
            return 0.3
        return 0.2 if 0x81 <= data[0] <= 0x9F else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def decode(self, payload: Payload) -> Decoded:
        """Read the item."""
        value = readable(read_cbor(payload.data))
        return Decoded(format=self.name, summary=brief(value), value=value)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a binary message."""
        try:
            data: bytes = _cbor2().dumps(_with_tags(value))
        except (ValueError, RecursionError) as error:
            raise ComposeError(f"CBOR cannot hold it: {error}.") from None
        return [Payload(data=data, kind="binary", direction="sent")]


def read_cbor(data: bytes) -> Any:
    """Read one CBOR item that came over the wire.

    Raises:
        DecodeError: it is none, or unfolds to too much.
        UnknownDecoderError: cbor2 is not installed.
    """
    check_length(data)
    if len(data) > _NEED_NO_COUNTING and _has_too_many_values(data):
        raise DecodeError(f"It has more than {MAX_VALUES:,} values.")
    library = _cbor2()
    try:
        stream = BytesIO(data)
        found = library.load(stream, max_depth=MAX_DEPTH, semantic_decoders=_tags())
        if stream.tell() < len(data):
            where = f"byte {stream.tell()}"
            raise DecodeError("It is not CBOR: it goes on behind the first item.", where=where)
        return _plain(found, library)
    except library.CBORDecodeEOF:
        raise DecodeError("It is not CBOR: it ends too early.", where=f"byte {len(data)}") from None
    except (library.CBORDecodeError, ValueError, TypeError, OverflowError) as error:
        raise DecodeError(f"It is not CBOR: {error}.") from None
    except RecursionError:
        raise DecodeError("It is nested too deep.") from None


@cache
def _cbor2() -> Any:
    try:
        return import_module("cbor2")
    except ImportError:
        raise UnknownDecoderError(
            "CBOR needs the package cbor2.", hint="Install wirescope[decoders]."
        ) from None


@cache
def _tags() -> Mapping[int, Any]:
    library = _cbor2()

    def keeping(number: int) -> Any:
        return lambda value, _immutable: library.CBORTag(number, value)

    return {number: keeping(number) for number in _SHOWN_AS_TAGS}


def _plain(value: Any, library: Any) -> Any:
    if isinstance(value, library.CBORTag):
        if value.tag in _INTEGERS and isinstance(value.value, bytes):
            number = int.from_bytes(value.value, "big")
            return number if value.tag == 2 else -1 - number
        return {"tag": value.tag, "value": _plain(value.value, library)}
    if isinstance(value, library.CBORSimpleValue):
        return {"simple": value.value}
    if value is library.undefined:
        return {"simple": 23}
    if isinstance(value, Mapping):
        names = Names()
        return {
            names.unlike(_key(key, library)): _plain(each, library) for key, each in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each, library) for each in value]
    return value


def _key(key: Any, library: Any) -> str:
    return key if isinstance(key, str) else key_text(readable(_plain(key, library)))


def _with_tags(value: Tree) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"tag", "value"} and isinstance(number := value["tag"], int):
            return _cbor2().CBORTag(number, _with_tags(value["value"]))
        if value.keys() == {"simple"} and isinstance(number := value["simple"], int):
            return _cbor2().undefined if number == 23 else _cbor2().CBORSimpleValue(number)
        return {key: _with_tags(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_tags(each) for each in value]
    return value


def _has_too_many_values(data: bytes) -> bool:
    """Count the heads of items, however they are nested (RFC 8949 section 3)."""
    at = count = 0
    while at < len(data):
        major, small = data[at] >> 5, data[at] & 31
        size = 1 << (small - 24) if 24 <= small <= 27 else 0
        number = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else small
        at += 1 + size
        if major in (2, 3) and small <= 27:
            at += number
        count += 1
        if count > MAX_VALUES:
            return True
    return False
