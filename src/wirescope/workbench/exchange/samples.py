"""A value that a JSON Schema would take, for a message of which there is no example.

What the schema itself names comes first: an example, the default, a constant, the first of several
choices. Else the plainest value of its type. Schemas may contain themselves, so that depth and
number are bounded; where one does, the value ends.
"""

from typing import Any

from wirescope.workbench.exchange.references import References
from wirescope.workbench.exchange.tree import Tree

_DEEPEST = 8
_MOST = 200
_MOST_OF_ALL = 20_000
"""Values that are made for the messages of one document together."""

_FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "email": "someone@example.com",
    "uuid": "{{$uuid}}",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


class Sampler:
    """Makes values for schemas.

    Args:
        references: what follows `$ref`.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._left = 0
        self._left_of_all = _MOST_OF_ALL
        self._within: list[int] = []

    def sample(self, schema: Tree) -> Any:
        """Give a value that the schema takes, as far as that is easy."""
        self._left = _MOST
        return self._sample(schema, 0)

    def _sample(self, schema: Tree, depth: int) -> Any:
        self._left -= 1
        self._left_of_all -= 1
        if depth > _DEEPEST or min(self._left, self._left_of_all) < 0:
            return None
        schema = self._references.follow(schema)
        if not isinstance(schema.value, dict) or id(schema.value) in self._within:
            return None
        named = named_value(schema)
        if named is not None:
            return named
        self._within.append(id(schema.value))
        value = self._made(schema, depth)
        self._within.pop()
        return value

    def _made(self, schema: Tree, depth: int) -> Any:
        if "allOf" in schema:
            return self._all(schema, depth)
        for choice in ("oneOf", "anyOf"):
            if options := schema.items(choice):
                return self._sample(options[0], depth + 1)
        return self._of_type(schema, depth)

    def _all(self, schema: Tree, depth: int) -> Any:
        merged: dict[str, Any] = {}
        parts = [self._sample(each, depth + 1) for each in schema.items("allOf")]
        parts.append(self._object(schema, depth) if "properties" in schema else {})
        for part in parts:
            if not isinstance(part, dict):
                return part
            merged |= part
        return merged

    def _of_type(self, schema: Tree, depth: int) -> Any:
        kind = schema.get("type").value
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), None)
        if kind is None and "properties" in schema:
            kind = "object"
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                item = self._sample(schema.get("items"), depth + 1)
                return [] if item is None else [item]
            case "string":
                return _FORMATS.get(schema.text("format"), "text")
            case "integer" | "number":
                least = schema.number("minimum")
                return int(least) if least is not None and least.is_integer() else (least or 0)
            case "boolean":
                return False
        return None

    def _object(self, schema: Tree, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, each in schema.entries("properties"):
            value = self._sample(each, depth + 1)
            if value is not None:
                made[name] = value
        return made


def named_value(schema: Tree) -> Any:
    """Give the value that a schema names; None where it names none."""
    for key in ("const", "default", "example"):
        if schema.get(key).value is not None:
            return schema.get(key).value
    for key in ("examples", "enum"):
        values = schema.get(key).value
        if isinstance(values, list) and values:
            return values[0]
    return None
