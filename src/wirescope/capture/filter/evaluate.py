"""A filter applied: to an event, to what a block's summary knows, to a block's stored bytes.

An event is let through or not. Of a group of events the answer may also be "some perhaps": True
means all, False none, None not known. Both follow from one tree.
"""

import operator
from collections.abc import Callable
from typing import Any as Anything
from typing import NamedTuple

from wirescope.capture.filter.fields import Bounds, Kind, Range, Value
from wirescope.capture.filter.json_values import compare_json
from wirescope.capture.filter.parser import All, Any, Comparison, Node, Not
from wirescope.capture.summary import Group
from wirescope.events import AnyEvent

Test = Callable[[AnyEvent], bool]


class Needles(NamedTuple):
    """Bytes of which at least one stands in every event that a filter lets through.

    Attributes:
        parts: the bytes.
        folded: whether A to Z stand in them as a to z, for whatever is stored in either.
    """

    parts: frozenset[bytes]
    folded: bool

    def found_in(self, stored: bytes | bytearray) -> bool:
        """Whether one of them stands in these bytes."""
        searched = stored.lower() if self.folded else stored
        return any(part in searched for part in self.parts)


_COMPARE: dict[str, Callable[[Anything, Anything], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "~": lambda value, part: part in value,
    "~*": lambda value, part: _lower(part) in _lower(value),
    "in": operator.contains,
}


class Filter:
    """A filter expression, ready to be applied.

    Attributes:
        text: the expression as it was written.
        matches: whether an event is let through; pure, for live events as well as stored ones.
        needs_payload: whether it looks at payloads.
        needles: what stands in the stored bytes of every event that is let through, as far as
            payloads are stored as they are; None when nothing is known about them.
    """

    def __init__(self, text: str, tree: Node | None) -> None:
        self.text = text
        self._tree = tree
        self.matches: Test = _test(tree) if tree else lambda _event: True
        self.needs_payload = tree is not None and _needs_payload(tree)
        self.needles: Needles | None = _needles(tree) if tree else None

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"

    def may_match(self, group: Group, bounds: Bounds) -> bool:
        """Whether events of the group may be let through; False only when surely none is."""
        return self._tree is None or _judge(self._tree, group, bounds) is not False

    def found_in(self, stored: bytes | bytearray) -> bool:
        """Whether stored events may contain a match, by their bytes alone."""
        return self.needles is None or self.needles.found_in(stored)


# Events


def _test(node: Node) -> Test:
    match node:
        case Comparison():
            return _comparison_test(node)
        case Not(part):
            test = _test(part)
            return lambda event: not test(event)
        case All(parts):
            tests = [_test(part) for part in parts]
            return lambda event: all(test(event) for test in tests)
        case Any(parts):
            tests = [_test(part) for part in parts]
            return lambda event: any(test(event) for test in tests)


def _comparison_test(node: Comparison) -> Test:
    read = node.field.read
    compare, wanted = _comparator(node)

    def test(event: AnyEvent) -> bool:
        value = read(event)
        return value is not None and compare(value, wanted)

    return test


def _comparator(node: Comparison) -> tuple[Callable[[Anything, Anything], bool], Anything]:
    if node.field.kind is Kind.JSON:
        wanted = node.values if node.operator == "in" else node.values[0]
        return compare_json(node.operator), wanted
    if node.operator == "in":
        return (lambda value, values: value in values), frozenset(node.values)
    return _COMPARE[node.operator], node.values[0]


def _lower(value: Value) -> bytes:
    # Only A to Z, so that the answer does not depend on a version of Unicode.
    data = value.encode() if isinstance(value, str) else value
    assert isinstance(data, bytes)
    return data.lower()


# Groups


def _judge(node: Node, group: Group, bounds: Bounds) -> bool | None:
    match node:
        case Comparison():
            return _judge_comparison(node, group, bounds)
        case Not(part):
            answer = _judge(part, group, bounds)
            return None if answer is None else not answer
        case All(parts):
            return _all([_judge(part, group, bounds) for part in parts])
        case Any(parts):
            answers = [_judge(part, group, bounds) for part in parts]
            inverted = _all([None if answer is None else not answer for answer in answers])
            return None if inverted is None else not inverted


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _judge_comparison(node: Comparison, group: Group, bounds: Bounds) -> bool | None:
    if node.field.absent(group):
        return False
    known = node.field.known(group, bounds)
    if known is None:
        return None
    low, high = known
    if low == high:
        compare, wanted = _comparator(node)
        return compare(low, wanted)
    if node.operator == "in":
        inside = [value for value in node.values if _between(value, known)]
        return None if inside else False
    return _judge_range(node.operator, known, node.values[0])


def _between(value: Anything, known: Range) -> bool:
    low, high = known
    inside: bool = low <= value <= high
    return inside


def _judge_range(name: str, known: Range, value: Value) -> bool | None:
    if name == "==":
        return None if _between(value, known) else False
    if name == "!=":
        return None if _between(value, known) else True
    if name not in ("<", "<=", ">", ">="):
        return None
    # An order is monotonic: what holds at both ends holds between them.
    at_ends = [_COMPARE[name](end, value) for end in known]
    return at_ends[0] if at_ends[0] == at_ends[1] else None


# Payloads


def _needs_payload(node: Node) -> bool:
    match node:
        case Comparison(field):
            return field.kind in (Kind.BYTES, Kind.JSON)
        case Not(part):
            return _needs_payload(part)
        case All(parts) | Any(parts):
            return any(_needs_payload(part) for part in parts)


def _needles(node: Node) -> Needles | None:
    match node:
        case Comparison():
            return _comparison_needles(node)
        case Not():
            return None
        case All(parts):
            known = [needles for needles in map(_needles, parts) if needles is not None]
            return min(known, key=lambda needles: len(needles.parts), default=None)
        case Any(parts):
            return _either([_needles(part) for part in parts])


def _either(every: list[Needles | None]) -> Needles | None:
    known = [needles for needles in every if needles is not None]
    if len(known) < len(every):
        return None
    folded = any(needles.folded for needles in known)
    parts = frozenset[bytes]().union(*(needles.parts for needles in known))
    return Needles(frozenset(map(bytes.lower, parts)) if folded else parts, folded)


def _comparison_needles(node: Comparison) -> Needles | None:
    if node.field.kind is not Kind.BYTES or node.operator not in ("~", "~*", "==", "in"):
        return None
    folded = node.operator == "~*"
    parts = frozenset(_lower(value) if folded else value for value in node.values)
    known = frozenset(part for part in parts if isinstance(part, bytes))
    return None if b"" in known else Needles(known, folded)
