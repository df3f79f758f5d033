"""A filter expression read into a tree.

::

    expression = both { ("or" | "||") both }
    both       = not { ("and" | "&&") not }
    not        = ("not" | "!") not | "(" expression ")" | comparison
    comparison = field operator value | field "in" "(" value { "," value } ")" | truth field

What a value means is the field's business: `text` beside `opcode` is an opcode, beside `kind` a
word. So a word needs no quotes. A field is one of a list, or a path into JSON (`json_values`).
"""

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

from wirescope.capture.filter.fields import FIELDS, Field, Kind, Value
from wirescope.capture.filter.json_values import WORDS, json_field
from wirescope.capture.filter.lexer import JSON, PATHS, Token, json_path, tokens
from wirescope.capture.filter.lexer import Kind as TokenKind
from wirescope.errors import FilterSyntaxError
from wirescope.events import opcode_from_name

DEPTH_LIMIT = 50


class Comparison(NamedTuple):
    """A field against values: several for `in`, one for every other operator."""

    field: Field
    operator: str
    values: tuple[Value, ...]


class Not(NamedTuple):
    """What the part does not let through."""

    part: "Node"


class All(NamedTuple):
    """What every part lets through."""

    parts: "tuple[Node, ...]"


class Any(NamedTuple):
    """What some part lets through."""

    parts: "tuple[Node, ...]"


Node = Comparison | Not | All | Any

_ORDER = ("==", "!=", "<", "<=", ">", ">=")
_OPERATORS = {
    Kind.TEXT: (*_ORDER, "~", "~*"),
    Kind.BYTES: (*_ORDER, "~", "~*"),
    Kind.NUMBER: _ORDER,
    Kind.SIZE: _ORDER,
    Kind.DURATION: _ORDER,
    Kind.TRUTH: ("==", "!="),
    Kind.OPCODE: _ORDER,
    Kind.JSON: (*_ORDER, "~", "~*"),
}

_DECIMAL_SIZES = {"": 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_BINARY_SIZES = {"kiB": 1 << 10, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZES = _DECIMAL_SIZES | _BINARY_SIZES
_SHORT_DURATIONS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6}
_DURATIONS = _SHORT_DURATIONS | {"s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
_JSON_NUMBER = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MEASURE = re.compile(r"(\d[\d_]*)(?:\.(\d+))?([A-Za-zµμ]*)", re.ASCII)


def parse(expression: str) -> Node | None:
    """Read an expression; None for the empty one. FilterSyntaxError when it is malformed."""
    parser = _Parser(expression)
    if parser.peek().kind is TokenKind.END:
        return None
    tree = parser.any_of(0)
    parser.expect_end()
    return tree


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = tokens(expression)
        self._at = 0

    def peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        if token.kind is not TokenKind.END:
            self._at += 1
        return token

    def _takes(self, *texts: str) -> bool:
        token = self.peek()
        if token.kind is TokenKind.QUOTED or token.text.lower() not in texts:
            return False
        self._at += 1
        return True

    def error(self, message: str, token: Token, hint: str = "") -> FilterSyntaxError:
        return FilterSyntaxError(
            message, expression=self._expression, column=token.column, hint=hint
        )

    def expect_end(self) -> None:
        token = self.peek()
        if token.kind is not TokenKind.END:
            raise self.error(
                f"{token.text!r} cannot stand here", token, "Join comparisons with and or or."
            )

    def any_of(self, depth: int) -> Node:
        if depth > DEPTH_LIMIT:
            raise self.error(f"More than {DEPTH_LIMIT} levels of parentheses", self.peek())
        parts = [self._all_of(depth)]
        while self._takes("or", "||"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all_of(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._takes("and", "&&"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Node:
        inverted = False
        while self._takes("not", "!"):
            inverted = not inverted
        if self._takes("("):
            node = self.any_of(depth + 1)
            if not self._takes(")"):
                raise self.error("A closing parenthesis is missing", self.peek())
        else:
            node = self._comparison()
        return Not(node) if inverted else node

    def _comparison(self) -> Comparison:
        name = self._next()
        field = self._field(name)
        if self._takes("in"):
            return Comparison(field, "in", self._list(field))
        operator = self.peek()
        if operator.kind is not TokenKind.OPERATOR or operator.text in ("(", ")", ",", "!"):
            if field.kind is Kind.TRUTH:
                return Comparison(field, "==", (True,))
            raise self.error(f"An operator is missing after {name.text}", operator, _usable(field))
        self._at += 1
        if operator.text not in _OPERATORS[field.kind]:
            message = f"{operator.text} is not an operator for {field.name}"
            raise self.error(message, operator, _usable(field))
        contains = operator.text.startswith("~")
        return Comparison(field, operator.text, (self._value(field, part=contains),))

    def _field(self, token: Token) -> Field:
        if token.kind is TokenKind.WORD and token.text in FIELDS:
            return FIELDS[token.text]
        if token.kind is TokenKind.WORD and token.text.startswith(JSON):
            return json_field(token.text, json_path(token, self._expression))
        if token.kind is TokenKind.END:
            raise self.error("The expression ends where a field is expected", token)
        if token.kind is not TokenKind.WORD:
            raise self.error(f"A field is expected, not {token.text!r}", token)
        hint = _nearest(token.text, FIELDS) or f"Fields: {', '.join(FIELDS)}, {JSON}PATH."
        if token.text == JSON.rstrip("."):
            hint = PATHS
        raise self.error(f"There is no field {token.text!r}", token, hint)

    def _list(self, field: Field) -> tuple[Value, ...]:
        if not self._takes("("):
            raise self.error("A list in parentheses is expected after in", self.peek())
        values = [self._value(field)]
        while self._takes(","):
            values.append(self._value(field))
        if not self._takes(")"):
            raise self.error("A comma or a closing parenthesis is missing", self.peek())
        return tuple(values)

    def _value(self, field: Field, *, part: bool = False) -> Value:
        token = self._next()
        if token.kind in (TokenKind.END, TokenKind.OPERATOR):
            raise self.error(f"A value for {field.name} is missing", token, _wanted(field))
        if token.kind is TokenKind.WORD and field.kind in (Kind.SIZE, Kind.DURATION):
            token = self._with_unit(token)
        try:
            return _read_value(field, token, part=part)
        except ValueError:
            pass
        hint = _nearest(token.text, field.choices) or _wanted(field)
        raise self.error(f"{token.text!r} is not a value for {field.name}", token, hint)

    def _with_unit(self, token: Token) -> Token:
        unit = self.peek()
        if unit.kind is TokenKind.WORD and (unit.text in _SIZES or unit.text in _DURATIONS):
            self._at += 1
            return token._replace(text=token.text + unit.text)
        return token


def _read_value(field: Field, token: Token, *, part: bool) -> Value:
    """Read a value, or a part of one, as the field's kind wants it; ValueError if it is not one."""
    text, quoted = token.text, token.kind is TokenKind.QUOTED
    match field.kind:
        case Kind.TEXT:
            if field.choices and text not in field.choices and not part:
                raise ValueError(text)
            return text
        case Kind.BYTES:
            is_hex = text.startswith("0x") and not quoted
            return bytes.fromhex(text[2:]) if is_hex else text.encode()
        case Kind.TRUTH:
            return ("false", "true").index(text.lower())
        case Kind.JSON:
            return _json_value(text, is_text=quoted or part)
        case Kind.OPCODE:
            return int(text) if text in map(str, range(16)) else opcode_from_name(text)
        case Kind.NUMBER:
            return _measure(text, {"": 1})
        case Kind.SIZE:
            return _measure(text, _SIZES)
        case Kind.DURATION:
            return _measure(text, _DURATIONS)


def _json_value(text: str, *, is_text: bool) -> Value:
    if is_text:
        return text
    if text in WORDS:
        return WORDS[text]
    if not _JSON_NUMBER.fullmatch(text):
        return text
    return float(text) if set(text) & set(".eE") else int(text)


def _measure(text: str, units: dict[str, int]) -> int:
    match = _MEASURE.fullmatch(text)
    if match is None or match.group(3) not in units:
        raise ValueError(text)
    whole, fraction, unit = match.groups()
    if len(whole) + len(fraction or "") > 40:
        raise ValueError(text)
    scale = units[unit]
    parts: int = int(fraction or "0") * scale // 10 ** len(fraction or "")
    return int(whole) * scale + parts


def _usable(field: Field) -> str:
    return f"Operators for {field.name}: {' '.join(_OPERATORS[field.kind])} in."


def _wanted(field: Field) -> str:
    if field.choices:
        return f"{field.name} is one of {', '.join(field.choices)}."
    return f"{field.name} is {field.kind.value}."


def _nearest(text: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(text, names, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else ""
