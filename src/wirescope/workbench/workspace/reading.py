"""From nodes to records: every value is checked against the type of its field, each at its place.

All that is wrong is found in one go. A text field takes a plain scalar as it is written, so that
`value: 0123` and `value: no` are what they look like. Keys that the model does not know are
reported and otherwise left alone.
"""

import types
from collections.abc import Mapping as MappingABC
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from wirescope.workbench.workspace.nodes import Mapping, Node, Scalar, Sequence, core_value
from wirescope.workbench.workspace.problems import Problem, Problems, Severity

StructT = TypeVar("StructT", bound=msgspec.Struct)


class _Invalid:
    """Stands for a value that could not be read."""


_INVALID = _Invalid()


def read(node: Node | None, type_: type[StructT]) -> tuple[StructT | None, tuple[Problem, ...]]:
    """Return what a document says as a record, None where it cannot, and all that is wrong.

    Errors come before warnings, each in the order of the text.
    """
    reader = _Reader()
    value = reader.struct(node, type_)
    worst_first = sorted(reader.problems.told(), key=lambda problem: problem.severity)
    return (None if isinstance(value, _Invalid) else value), tuple(worst_first)


def fields_of(type_: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the types of a record's fields by name, with their bounds."""
    return {
        name: hint
        for name, hint in get_type_hints(type_, include_extras=True).items()
        if name in type_.__struct_fields__
    }


def members(hint: Any) -> tuple[Any, ...]:
    """Return what a type is one of: the members of a union, else itself."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


class _Reader:
    """Reads one document."""

    def __init__(self) -> None:
        self.problems = Problems()

    def struct(self, node: Node | None, type_: type[msgspec.Struct]) -> Any:
        if node is None or _is_null(node):
            node = Mapping(node.span, flow=False) if node is not None else None
        elif not isinstance(node, Mapping):
            return self._wrong(node, "keys with values", node)
        hints = fields_of(type_)
        entries = node.entries if node is not None else []
        given = {
            key.text: self._value(value, hints[key.text], key.text)
            for key, value in entries
            if key.text in hints
        }
        for key, _ in entries:
            if key.text not in hints:
                self._unknown(key, hints)
        required = [field.name for field in msgspec.structs.fields(type_) if field.required]
        for missing in (name for name in required if name not in given):
            self._missing(node, missing)
            given[missing] = _INVALID
        if any(isinstance(value, _Invalid) for value in given.values()):
            return _INVALID
        return type_(**given)

    def _value(self, node: Node, hint: Any, name: str) -> Any:
        """Read a value of a type; `name` is the key that it belongs to."""
        kinds = members(hint)
        if _is_null(node) and type(None) in kinds:
            return None
        kind = next(kind for kind in kinds if kind is not type(None))
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self.struct(node, kind)
        if get_origin(kind) is tuple:
            return self._items(node, get_args(kind)[0], name)
        if get_origin(kind) is dict:
            return self._texts(node, name)
        return self._scalar(node, hint, name)

    def _items(self, node: Node, hint: Any, name: str) -> Any:
        if _is_null(node):
            return ()
        if not isinstance(node, Sequence):
            return self._wrong(node, f"a list of items that begin with '- ' for {name}", node)
        items = tuple(self._value(item, hint, f"an item of {name}") for item in node.items)
        return _INVALID if any(isinstance(item, _Invalid) for item in items) else items

    def _texts(self, node: Node, name: str) -> Any:
        if _is_null(node):
            return {}
        if not isinstance(node, Mapping):
            return self._wrong(node, f"names with values for {name}", node)
        texts = {key.text: self._value(value, str, key.text) for key, value in node.entries}
        invalid = any(isinstance(value, _Invalid) for value in texts.values())
        return _INVALID if invalid else texts

    def _scalar(self, node: Node, hint: Any, name: str) -> Any:
        if not isinstance(node, Scalar):
            return self._wrong(node, f"{describe(hint)} for {name}", node)
        if str in members(hint):
            return node.text
        try:
            return msgspec.convert(core_value(node.text) if node.plain else node.text, hint)
        except msgspec.ValidationError:
            return self._wrong(node, f"{describe(hint)} for {name}", node)

    def _wrong(self, node: Node, expected: str, got: Node) -> _Invalid:
        shown = {Mapping: "keys with values", Sequence: "a list"}.get(type(got))
        if isinstance(got, Scalar):
            shown = _shown(got)
        self._add(node, f"Expected {expected}, found {shown}.")
        return _INVALID

    def _unknown(self, key: Scalar, hints: MappingABC[str, Any]) -> None:
        if self.problems.is_full("warning"):  # a guess of what was meant takes its time
            self.problems.leave_out("warning")
            return
        near = get_close_matches(key.text, hints, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"The keys here are {', '.join(hints)}."
        message = f"The key {key.text!r} is not known; it is kept and does nothing."
        self._add(key, message, hint=hint, severity="warning")

    def _missing(self, node: Node | None, name: str) -> None:
        self._add(node, f"The key {name!r} is missing.", hint=f"Add a line {name}: …")

    def _add(
        self, node: Node | None, message: str, *, hint: str = "", severity: Severity = "error"
    ) -> None:
        line, column = (node.span.line, node.span.column) if node is not None else (1, 1)
        self.problems.add(
            Problem(message=message, line=line, column=column, hint=hint, severity=severity)
        )


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and core_value(node.text) is None


def _shown(scalar: Scalar) -> str:
    if _is_null(scalar):
        return "nothing"
    text = scalar.text if len(scalar.text) <= 40 else scalar.text[:37] + "…"
    return repr(text)


_NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


def describe(hint: Any) -> str:
    """Say in words what a type takes.

    >>> describe(int | None)
    'a whole number or null'
    """
    return " or ".join(map(_describe_one, members(hint)))


def _describe_one(hint: Any) -> str:
    if get_origin(hint) is Literal:
        *others, last = map(str, get_args(hint))
        return f"{', '.join(others)} or {last}" if others else last
    if get_origin(hint) is Annotated:
        kind, meta = get_args(hint)
        return _NAMES[kind] + _bounds(meta)
    return _NAMES[hint]


def _bounds(meta: msgspec.Meta) -> str:
    if meta.gt is not None:
        return f" above {meta.gt}, at most {meta.le:,}"
    return f" from {meta.ge} to {meta.le:,}"
