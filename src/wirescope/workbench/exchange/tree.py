"""A foreign document read key by key, so that what nobody asked for can be told.

A `Tree` is a value with its place. Reading a key marks it; a value of another type than the format
has is told and passed over; `tell_unread` names what is left.
"""

from collections.abc import Iterator
from typing import Any

from wirescope.workbench.exchange.model import Tell

_TYPES = {
    dict: "a mapping",
    list: "a list",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


class Tree:
    """A value of a document.

    Args:
        value: the value.
        place: where it stands, empty for the whole document.
        tell: where notes go.
    """

    def __init__(self, value: Any, place: str, tell: Tell) -> None:
        self.value = value
        self.place = place
        self._tell = tell
        self._fields: dict[str, Any] = value if isinstance(value, dict) else {}
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._fields

    def at(self, key: str) -> str:
        """Give the place of a key."""
        return f"{self.place}.{key}" if self.place else key

    def get(self, key: str) -> "Tree":
        """Give a value of any type; None where there is none."""
        self._read.add(key)
        return Tree(self._fields.get(key), self.at(key), self._tell)

    def mapping(self, key: str) -> "Tree":
        """Give a mapping; an empty one where there is none."""
        child = self.get(key)
        return child if child.is_a(dict, "a mapping") else Tree({}, child.place, self._tell)

    def entries(self, key: str) -> "list[tuple[str, Tree]]":
        """Give the values of a mapping with their names."""
        return self.mapping(key).children()

    def children(self) -> "list[tuple[str, Tree]]":
        """Give the values of this mapping with their names; none where it is no mapping."""
        return [(name, self.get(name)) for name in self._fields]

    def items(self, key: str) -> "list[Tree]":
        """Give the values of a list."""
        child = self.get(key)
        if not child.is_a(list, "a list"):
            return []
        return child.elements()

    def elements(self) -> "list[Tree]":
        """Give the values of this list; none where it is no list."""
        values = self.value if isinstance(self.value, list) else []
        return [Tree(value, f"{self.place}[{n}]", self._tell) for n, value in enumerate(values)]

    def mappings(self, key: str) -> "Iterator[Tree]":
        """Give the values of a list that are mappings."""
        for item in self.items(key):
            if item.is_a(dict, "a mapping"):
                yield item

    def text(self, key: str, otherwise: str = "") -> str:
        """Give a text; a number or a boolean as it is written in JSON."""
        child = self.get(key)
        text = as_text(child.value)
        if text is None:
            child.is_a(str, "a text")
            return otherwise
        return text

    def flag(self, key: str, *, otherwise: bool) -> bool:
        """Give a boolean."""
        child = self.get(key)
        return bool(child.value) if child.is_a(bool, "true or false") else otherwise

    def number(self, key: str) -> float | None:
        """Give a number; also one that is written as a text."""
        child = self.get(key)
        value = child.value
        if isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                pass
        if isinstance(value, bool) or not child.is_a((int, float), "a number"):
            return None
        return float(value)

    def skip(self, *keys: str) -> None:
        """Pass over keys that mean nothing here, without a word."""
        self._read.update(keys)

    def tell_unread(self, what: str = "has no place in an endpoint and is left out") -> None:
        """Name the keys that were not read and are not empty."""
        for key, value in self._fields.items():
            if key not in self._read and value not in (None, "", [], {}, False):
                self._tell(self.at(key), f"It {what}.")

    def tell(self, text: str) -> None:
        """Say something about this value."""
        self._tell(self.place, text)

    def tell_at(self, place: str, text: str) -> None:
        """Say something about a place in the same document."""
        self._tell(place, text)

    def is_a(self, kind: type | tuple[type, ...], name: str) -> bool:
        """Say whether it is of a type; another one is told, unless there is nothing."""
        if isinstance(self.value, kind):
            return True
        if self.value is not None:
            shown = _TYPES.get(type(self.value), "a text")
            self._tell(self.place, f"It is not {name} but {shown}, and is left out.")
        return False


def as_text(value: Any) -> str | None:
    """Write a scalar as JSON has it; None for what is none.

    >>> as_text(True), as_text(8080), as_text(1.0), as_text([])
    ('true', '8080', '1', None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    return None
