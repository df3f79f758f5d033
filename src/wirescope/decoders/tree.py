"""Trees of values: what decoded payloads look like, whatever library read them.

A tree is like JSON with bytes. Everything is bounded: depth, number of values, bytes of text; a
payload that would unfold into more is refused with a `DecodeError`.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from wirescope.errors import ComposeError, DecodeError

_T = TypeVar("_T")

Tree: TypeAlias = "bool | int | float | str | bytes | list[Tree] | dict[str, Tree] | None"
"""A decoded value. Integers may be of any size; floats may be infinite or not a number."""

MAX_PAYLOAD = 4 << 20
"""Bytes of a payload that are decoded; a longer one is shown as text or hex."""

MAX_DEPTH = 64
"""Values inside of values."""

MAX_VALUES = 200_000
"""Values in a tree, keys not counted."""

MAX_CONTENT = 16 << 20
"""Bytes and characters of all texts, byte strings and keys in a tree."""

MAX_PARTS = 1000
"""Messages of a protocol in one payload."""

_SHOWN_OF_KEY = 100
_WIDE_INTEGER = 1024  # bits; longer ones are written in hex, which takes no quadratic time


class _Budget:
    """What may still be used of the limits."""

    __slots__ = ("content", "values")

    def __init__(self) -> None:
        self.values = MAX_VALUES
        self.content = MAX_CONTENT

    def spend(self, depth: int, content: int = 0) -> None:
        self.values -= 1
        self.content -= content
        if depth > MAX_DEPTH:
            raise DecodeError(f"It is nested deeper than {MAX_DEPTH} levels.")
        if self.values < 0:
            raise DecodeError(f"It has more than {MAX_VALUES:,} values.")
        if self.content < 0:
            raise DecodeError(f"It unfolds to more than {MAX_CONTENT >> 20} MiB.")


def readable(value: object) -> Tree:
    """Make a tree of what a library decoded.

    Times become ISO 8601, other numbers text, keys that are no text are written out.

    Raises:
        DecodeError: it goes beyond a limit.
        TypeError: there is something inside that no tree can hold.
    """
    return _tree(value, 0, _Budget())


def _tree(value: Any, depth: int, budget: _Budget) -> Tree:
    if isinstance(value, str | bytes):
        budget.spend(depth, len(value))
        return value
    budget.spend(depth)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _WIDE_INTEGER else hex(value)
    if isinstance(value, Mapping):
        return _mapping(value, depth, budget)
    if isinstance(value, list | tuple | set | frozenset):
        return [_tree(each, depth + 1, budget) for each in value]
    return _tree(_plain(value), depth + 1, budget)


def _mapping(value: Mapping[Any, Any], depth: int, budget: _Budget) -> dict[str, Tree]:
    made: dict[str, Tree] = {}
    names = Names()
    for key, each in value.items():
        text = key if isinstance(key, str) else key_text(_tree(key, depth + 1, budget))
        name = names.unlike(text)
        budget.content -= len(name)
        made[name] = _tree(each, depth + 1, budget)
    return made


def key_text(key: Tree) -> str:
    """Write a key that is no text; bytes as CBOR's diagnostic notation does (RFC 8949 section 8).

    >>> key_text(b"ab"), key_text([1, None])
    ("h'6162'", '[1,null]')
    """
    return f"h'{key[:_SHOWN_OF_KEY].hex()}'" if isinstance(key, bytes) else brief(key, 200)


class Names:
    """Gives each key of one mapping a name of its own: 1 and "1" are two keys."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def unlike(self, name: str) -> str:
        """Give this name, or, where it is taken, the next one that is made of it."""
        given = name
        while given in self._taken:
            self._taken[name] = number = self._taken.get(name, 0) + 1
            given = f"{name}'" if number == 1 else f"{name}'{number}"
        self._taken[given] = 0
        return given


def _plain(value: object) -> object:
    """Write what JSON has no word for."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds()} s"
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if isinstance(value, msgspec.msgpack.Ext):
        return {"extension": value.code, "data": bytes(value.data)}
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A tree cannot hold a {type(value).__name__}.")


def brief(value: object, limit: int = 120) -> str:
    """Write the beginning of a tree in one line, as JSON with `<3 bytes>`.

    >>> brief({"a": [1, "two", None], "b": b"abc"})
    '{"a":[1,"two",null],"b":<3 bytes>}'
    """
    text, left = [], limit
    for piece in _pieces(value, limit):
        text.append(piece)
        left -= len(piece)
        if left < 0:
            return "".join(text)[:limit] + "…"
    return "".join(text)


def _pieces(value: object, limit: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for number, (key, each) in enumerate(value.items()):
            yield ("," if number else "") + _quoted(str(key), limit) + ":"
            yield from _pieces(each, limit)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, each in enumerate(value):
            if number:
                yield ","
            yield from _pieces(each, limit)
        yield "]"
    else:
        yield _scalar(value, limit)


def _scalar(value: object, limit: int) -> str:
    if isinstance(value, str):
        return _quoted(value, limit)
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > _WIDE_INTEGER:
        return hex(value)[:limit]
    return str(value)


def _quoted(text: str, limit: int) -> str:
    head = text[: limit + 1].encode("utf-8", "replace")
    return msgspec.json.encode(head.decode()).decode()


def tree_to_json(value: Tree, *, indent: int = 0) -> bytes:
    """Write a tree as JSON; bytes as `{"base64": "…"}`, NaN and Infinity as text.

    `tree_from_json` reads it back.
    """
    written = msgspec.json.encode(_with_base64(value))
    return msgspec.json.format(written, indent=indent) if indent else written


def _with_base64(value: Tree) -> Any:
    if isinstance(value, bytes):
        return {"base64": value}
    if isinstance(value, dict):
        return {_clean(key): _with_base64(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_base64(each) for each in value]
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and value.bit_length() > 64:
        wide = value.bit_length() > _WIDE_INTEGER
        return hex(value) if wide else msgspec.Raw(str(value).encode())
    return value


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def tree_from_json(data: str | bytes) -> Tree:
    """Read a tree that a person typed: JSON, where `{"base64": "…"}` and `{"hex": "…"}` are bytes.

    Raises:
        ComposeError: it is not JSON, or the text inside is not base64 or hex.
    """
    try:
        return _without_base64(msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ComposeError(f"The value is not JSON: {error}.") from None


def _without_base64(value: Any) -> Tree:
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(text := next(iter(value.values())), str):
            if "base64" in value:
                return _bytes_of(text, "base64")
            if "hex" in value:
                return _bytes_of(text, "hex")
        return {key: _without_base64(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_base64(each) for each in value]
    made: Tree = value
    return made


def _bytes_of(text: str, form: str) -> bytes:
    try:
        if form == "hex":
            return bytes.fromhex(text)
        return msgspec.convert(text, bytes)
    except (ValueError, msgspec.ValidationError):
        raise ComposeError(f"{brief(text, 40)} is not {form}.", where=form) from None


def read_json(data: str | bytes) -> Any:
    """Read JSON that came over the wire.

    Raises:
        DecodeError: it is not JSON or unfolds to too much.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    check_length(raw)
    # Whatever it unfolds to, each value but the first has one of these before it.
    if len(raw) > MAX_VALUES and sum(map(raw.count, (b",", b"[", b"{"))) > 2 * MAX_VALUES:
        raise DecodeError(f"It has more than {MAX_VALUES:,} values.")
    try:
        return msgspec.json.decode(raw)
    except RecursionError:
        raise DecodeError(f"It is nested deeper than {MAX_DEPTH} levels.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message, _, place = str(error).removesuffix(")").partition(" (byte ")
        where = f"byte {place}" if place else ""
        raise DecodeError(f"It is not JSON: {message}.", where=where) from None


def at_most(count: int, parts: Iterator[_T]) -> Iterator[_T]:
    """Pass parts on, up to a number of them.

    Raises:
        DecodeError: there are more.
    """
    for number, part in enumerate(parts):
        if number >= count:
            raise DecodeError(f"It has more than {count:,} parts.")
        yield part


def check_length(data: bytes) -> None:
    """Refuse a payload that is too long to be decoded."""
    if len(data) > MAX_PAYLOAD:
        raise DecodeError(
            f"It has {len(data):,} bytes; up to {MAX_PAYLOAD >> 20} MiB are decoded.",
        )
