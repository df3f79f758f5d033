"""YAML 1.2 text as nodes that know where they stand; the least of YAML that the files need.

ruamel.yaml splits the text into events; nothing of it builds objects, so that no tag and no text
can run anything. Mappings have plain keys, each once. Tags, anchors and aliases are refused: files
do without them, and an alias of an alias unfolds without end. What a plain scalar means is decided
by the reader from the type that it expects; `core_value` is YAML's own view, the core schema
(YAML 1.2.2 section 10.3).
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any, NoReturn, TypeAlias

from wirescope.errors import BrokenFileError
from wirescope.workbench.workspace.problems import Problem, Problems

MAX_SIZE = 1 << 20
"""Bytes of a file; a larger one is none that a person keeps."""

_MAX_DEPTH = 16
_MAX_NODES = 20_000
_MAX_DIGITS = 400
"""Of a whole number; a longer one is beyond every bound, and Python refuses one of thousands."""

_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)
_LONG_ESCAPE = re.compile(r"\\U([0-9a-fA-F]{8})")
_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@dataclass(slots=True)
class Span:
    """Where a node stands: offsets into the text, and the 1-based line and column of its start."""

    start: int
    end: int
    line: int
    column: int


@dataclass(slots=True)
class Scalar:
    """A single value.

    Attributes:
        text: its content, without quotes and escapes.
        plain: whether it stands without quotes, so that it may mean a number, a truth or nothing.
        span: where.
    """

    text: str
    plain: bool
    span: Span


@dataclass(slots=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    span: Span
    flow: bool
    entries: list[tuple[Scalar, "Node"]] = field(default_factory=list)

    def get(self, name: str) -> "tuple[Scalar, Node] | None":
        """Return the key of that name with its value."""
        return next((entry for entry in self.entries if entry[0].text == name), None)


@dataclass(slots=True)
class Sequence:
    """Items, in order."""

    span: Span
    flow: bool
    items: list["Node"] = field(default_factory=list)


Node: TypeAlias = Scalar | Mapping | Sequence


Path: TypeAlias = tuple[str | int, ...]
"""The way to a node: keys, and numbers of items."""


def node_at(node: Node | None, path: Path) -> Node | None:
    """Go a way from a node, as far as the text has it."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = node.get(step)
            node = entry[1] if entry else node
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
    return node


def core_value(text: str) -> str | int | float | bool | None:
    """Say what a plain scalar means by YAML's core schema.

    >>> [core_value(text) for text in ("", "true", "0x1f", "1e3", "yes", "2026-01-01")]
    [None, True, 31, 1000.0, 'yes', '2026-01-01']
    """
    if _NULL.fullmatch(text):
        return None
    if truth := _BOOL.fullmatch(text):
        return truth[1] is not None
    if _INT.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            return inf
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def parse(text: str) -> Node | None:
    """Read one document; None where there is nothing but comments.

    Raises:
        BrokenFileError: it is not YAML, or has what is refused; the problem says where.
    """
    _refuse_conflicts(text)
    return _Parser(text).document()


def _refuse_conflicts(text: str) -> None:
    marks = (mark for mark in _CONFLICT.finditer(text) if mark[1][0] != "=")
    problems, line, counted = Problems(), 1, 0
    for mark in marks:
        line += text.count("\n", counted, mark.start())
        counted = mark.start()
        problems.add(
            Problem(
                message="There is a mark of a merge that was not finished:"
                f" {mark[0].strip()[:60]!r}.",
                line=line,
                column=1,
                hint="Keep one of the two versions, and take the lines with <<<<<<<, ======= and"
                " >>>>>>> out.",
            )
        )
    if told := problems.told():
        raise BrokenFileError(told)


class _Parser:
    """Reads ruamel's events of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events = _events(text)
        self._nodes = 0

    def document(self) -> Node | None:
        from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

        next(self._events)
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            return None
        node = self._node(next(self._events), 0)
        next(self._events)
        event = next(self._events)
        if isinstance(event, DocumentStartEvent):
            _refuse(event, "There is a second document.", "Put it into a file of its own.")
        return node

    def _node(self, event: Any, depth: int) -> Node:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent

        self._nodes += 1
        if depth > _MAX_DEPTH or self._nodes > _MAX_NODES:
            _refuse(
                event,
                f"There are more than {_MAX_DEPTH} levels or {_MAX_NODES} values.",
                "Put long content into one text.",
            )
        if isinstance(event, AliasEvent) or event.anchor is not None:
            _refuse(event, "There is an anchor or an alias (& or *).", _WRITE_OUT)
        if event.ctag is not None:
            _refuse(event, f"There is a tag, {event.ctag}.", "Write the value without it.")
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth)
        return self._sequence(event, depth)

    def _scalar(self, event: Any) -> Scalar:
        span = _span(event)
        if event.style in ("|", ">"):
            span.end = self._end_of_block(span)
        return Scalar(_whole(event), not event.style, span)

    def _end_of_block(self, span: Span) -> int:
        """Leave out the lines below a block scalar that are not content."""
        kept = self._text[span.start : span.end]
        header = kept.partition("\n")[0].partition("#")[0]
        return span.start + len(kept if "+" in header else kept.rstrip())

    def _mapping(self, event: Any, depth: int) -> Mapping:
        from ruamel.yaml.events import MappingEndEvent

        mapping = Mapping(_span(event), bool(event.flow_style))
        names: set[str] = set()
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                _refuse(event, "A key is not a plain name.", "Write it as name: value.")
            if key.text in names:
                _refuse(event, f"The key {key.text!r} stands there twice.", "Leave one out.")
            names.add(key.text)
            value = self._node(next(self._events), depth + 1)
            if isinstance(value, Scalar) and value.plain and not value.text:
                # For ruamel, nothing stands where the next thing begins; in flow style there may
                # be no colon.
                colon = self._text.find(":", key.span.end, value.span.start)
                value.span.start = value.span.end = max(colon + 1, key.span.end)
            mapping.entries.append((key, value))
        self._end(mapping, event, [value for _, value in mapping.entries])
        return mapping

    def _sequence(self, event: Any, depth: int) -> Sequence:
        from ruamel.yaml.events import SequenceEndEvent

        sequence = Sequence(_span(event), bool(event.flow_style))
        while not isinstance(event := next(self._events), SequenceEndEvent):
            sequence.items.append(self._node(event, depth + 1))
        self._end(sequence, event, sequence.items)
        return sequence

    def _end(self, node: Mapping | Sequence, event: Any, children: list[Node]) -> None:
        # A block ends, for ruamel, where the next thing begins; comments in between are not its.
        last = children[-1].span.end if children else node.span.end
        node.span.end = event.end_mark.index if node.flow else last


def _whole(event: Any) -> str:
    """Return a scalar's text; JSON writes what is beyond U+FFFF as two escapes (RFC 8259 7)."""
    text: str = event.value
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            _refuse(event, "There is half of a character, a lone surrogate.", "Take it out.")
    return text


_WRITE_OUT = "Write the value out in each place."


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise BrokenFileError((_syntax_problem(error),)) from None
    except ReaderError as error:
        before = text[: error.position]
        problem = Problem(
            message=f"There is a character that YAML does not allow: U+{error.character:04X}.",
            line=before.count("\n") + 1,
            column=len(before) - (before.rfind("\n") + 1) + 1,
            hint='Write it in double quotes as an escape, as "\\x07".',
        )
        raise BrokenFileError((problem,)) from None
    except (ValueError, OverflowError):  # it makes a character of any number
        raise BrokenFileError((_escape_problem(text),)) from None


def _escape_problem(text: str) -> Problem:
    escapes = (each for each in _LONG_ESCAPE.finditer(text) if int(each[1], 16) > sys.maxunicode)
    found = next(escapes, None)
    at = found.start() if found else 0
    return Problem(
        message=f"There is an escape that is no character{f': {found[0]}' if found else ''}.",
        line=text.count("\n", 0, at) + 1,
        column=at - text.rfind("\n", 0, at),
        hint="The last character is \\U0010FFFF.",
    )


def _syntax_problem(error: Any) -> Problem:
    mark = error.problem_mark or error.context_mark
    parts = [part.strip() for part in (error.context, error.problem) if part]
    return Problem(
        message=f"This is not YAML: {', '.join(parts) or 'it cannot be read'}.",
        line=mark.line + 1 if mark else 0,
        column=mark.column + 1 if mark else 0,
        hint="Look at the indentation and the quotes there and in the line above.",
    )


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.index, end.index, start.line + 1, start.column + 1)


def _refuse(event: Any, message: str, hint: str) -> NoReturn:
    span = _span(event)
    raise BrokenFileError(
        (Problem(message=message, line=span.line, column=span.column, hint=hint),)
    )
