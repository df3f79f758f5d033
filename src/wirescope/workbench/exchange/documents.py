"""Foreign JSON and YAML as plain values, within bounds of size, depth and number.

YAML is read as its core schema has it (YAML 1.2.2 section 10.3): texts, numbers, booleans and null;
a date stays the text that it is, and a tag is refused. An alias may stand for a part, but what
comes of all of them is bounded, so that no file of a few lines becomes a billion values. What fails
names the line. A workspace's own files are read elsewhere, and more strictly.
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.encodings import not_utf8, text_of
from wirescope.workbench.workspace.nodes import core_value

MAX_JSON_BYTES = 64 << 20
MAX_YAML_BYTES = 2 << 20
MAX_DEPTH = 100
MAX_VALUES = 500_000

_JSON_BYTE = re.compile(r" ?\(byte (\d+)\)")


def load_document(data: bytes) -> Any:
    """Read JSON, where it begins as JSON does, or YAML.

    Raises:
        ForeignFormatError: it is neither, or too large; `where` is the line.
    """
    return load_json(data) if data.lstrip()[:1] in (b"{", b"[") else load_yaml(data)


def load_json(data: bytes) -> Any:
    """Read JSON.

    Raises:
        ForeignFormatError: it is not JSON, or too large; `where` is the line.
    """
    _check_size(data, MAX_JSON_BYTES)
    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise ForeignFormatError("It is nested too deeply.") from None
    except UnicodeDecodeError:
        raise not_utf8() from None
    except msgspec.DecodeError as error:
        match = _JSON_BYTE.search(str(error))
        what = _JSON_BYTE.sub("", str(error)).removeprefix("JSON is malformed: ")
        line = data[: int(match[1])].count(b"\n") + 1 if match else 0
        where = f"line {line}" if line else ""
        raise ForeignFormatError(f"It is not JSON: {what}.", where=where) from None


def load_yaml(data: bytes) -> Any:
    """Read one YAML document.

    Raises:
        ForeignFormatError: it is not YAML, or too large; `where` is the line.
    """
    _check_size(data, MAX_YAML_BYTES)
    return _Builder(text_of(data)).document()


def _check_size(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise ForeignFormatError(
            f"It is longer than {limit >> 20} MiB.", hint="Export a part of it and import that."
        )


class _Builder:
    """Makes values of the events of a text and counts them, those that aliases repeat included."""

    def __init__(self, text: str) -> None:
        self._events = _events(text)
        self._left = MAX_VALUES
        self._anchors: dict[str, tuple[Any, int]] = {}

    def document(self) -> Any:
        from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

        next(self._events)
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            return None
        value = self._value(next(self._events), 0)
        next(self._events)
        event = next(self._events)
        if isinstance(event, DocumentStartEvent):
            _refuse("There is a second document in it", event)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent

        self._count(1, event)
        if depth > MAX_DEPTH:
            _refuse("It is nested too deeply", event)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if event.ctag is not None and not str(event.ctag).startswith("tag:yaml.org,2002:str"):
            _refuse(f"The tag {event.ctag} is not known", event)
        before = self._left
        if isinstance(event, ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, MappingStartEvent):
            value = self._mapping(depth)
        else:
            value = self._sequence(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, before - self._left + 1)
        return value

    def _alias(self, event: Any) -> Any:
        # An alias within what it stands for is not there yet, so that nothing contains itself.
        if event.anchor not in self._anchors:
            _refuse(f"There is no &{event.anchor} before *{event.anchor}", event)
        value, size = self._anchors[event.anchor]
        self._count(size, event)
        return value

    def _count(self, number: int, event: Any) -> None:
        self._left -= number
        if self._left < 0:
            _refuse(f"It has more than {MAX_VALUES:,} values", event)

    def _mapping(self, depth: int) -> dict[str, Any]:
        from ruamel.yaml.events import MappingEndEvent, ScalarEvent

        made: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                _refuse("A key is not a plain name", event)
            if event.value == "<<" and not event.style:
                _refuse("Merge keys are not a part of YAML 1.2", event)
            if event.value in made:
                _refuse(f"The key {event.value[:40]!r} stands twice", event)
            made[event.value] = self._value(next(self._events), depth + 1)
        return made

    def _sequence(self, depth: int) -> list[Any]:
        from ruamel.yaml.events import SequenceEndEvent

        made = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            made.append(self._value(event, depth + 1))
        return made


def _scalar(event: Any) -> Any:
    if event.style or event.ctag is not None:
        return event.value
    try:
        return core_value(event.value)
    except ValueError:
        return event.value  # a number of thousands of digits is kept as it is written


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or error.context or "it cannot be read").split("\n")[0]
        where = "" if mark is None else f"line {mark.line + 1}"
        raise ForeignFormatError(f"It is not YAML: {what}.", where=where) from None
    except (YAMLError, ValueError) as error:
        first = str(error).split("\n")[0]
        raise ForeignFormatError(f"It is not YAML: {first}.") from None


def _refuse(what: str, event: Any) -> NoReturn:
    raise ForeignFormatError(f"{what}.", where=f"line {event.start_mark.line + 1}")
