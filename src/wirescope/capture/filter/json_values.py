"""A value in a JSON payload as a field of the filter language: `json.params.0.price`.

What stands at the path has a type, so a comparison with a value of another type is false, and only
`!=` is true. True, false, null and what has members are bytes here, which no text or number equals.
"""

import operator
from collections.abc import Callable
from typing import Any

import msgspec

from wirescope.capture.filter.fields import WITH_PAYLOAD, Field, Kind, Value, text_of
from wirescope.events import INLINE_LIMIT, AnyEvent, DataChannelMessage, WebSocketMessage

WORDS: dict[str, bytes] = {"true": b"true", "false": b"false", "null": b"null"}
"""What is neither a text nor a number, by how it is written."""

_BRANCH = b"{"
_MOST_DIGITS = 9
_ABOUT = "a value in a payload that is JSON as a whole"
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def json_field(name: str, path: tuple[str, ...]) -> Field:
    """Make the field of a path; `name` is how it was written."""
    # Whatever a name is escaped with begins with a backslash.
    last = path[-1]
    needle = b"" if last.isdecimal() else last.encode("utf-8", "surrogatepass")

    def read(event: AnyEvent) -> Value | None:
        if isinstance(event, WebSocketMessage | DataChannelMessage) and event.length > INLINE_LIMIT:
            return None  # only its beginning is at hand
        payload = text_of(event)
        if not payload or (needle not in payload and b"\\" not in payload):
            return None
        return _at(path, payload)

    return Field(name, Kind.JSON, _ABOUT, WITH_PAYLOAD, read, lambda *_: None)


def _at(path: tuple[str, ...], payload: bytes) -> Value | None:
    if payload[:64].lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        value = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    for name in path:
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and 0 <= (index := _index(name)) < len(value):
            value = value[index]
        else:
            return None
    return _comparable(value)


def _index(name: str) -> int:
    is_short = len(name) <= _MOST_DIGITS  # no list has more, and long ones take long to read
    return int(name) if name.isdecimal() and is_short else -1


def _comparable(value: Any) -> Value:
    if isinstance(value, bool):
        return WORDS["true" if value else "false"]
    if value is None:
        return WORDS["null"]
    return _BRANCH if isinstance(value, dict | list) else value


def compare_json(name: str) -> Callable[[Value, Any], bool]:
    """Return what an operator does with a value and what it is compared with."""
    if name == "in":
        return lambda value, values: any(_equal(value, each) for each in values)
    if name == "==":
        return _equal
    if name == "!=":
        return lambda value, wanted: not _equal(value, wanted)
    if name == "~":
        return lambda value, part: isinstance(value, str) and part in value
    if name == "~*":
        return lambda value, part: isinstance(value, str) and _folded(part) in _folded(value)
    compare = _ORDER[name]
    return lambda value, wanted: _are_alike(value, wanted) and compare(value, wanted)


def _equal(value: Value, wanted: Value) -> bool:
    return _are_alike(value, wanted) and value == wanted


def _are_alike(value: Value, wanted: Value) -> bool:
    return any(
        isinstance(value, kind) and isinstance(wanted, kind) for kind in (str, bytes, int | float)
    )


def _folded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").lower()  # A to Z alone, as everywhere
