"""MQTT's data types, read from bytes and written to bytes (MQTT 5 section 1.5), and properties.

A property is a number, which says its name and its type (section 2.2.2.2). MQTT 3 has none.
"""

from collections.abc import Iterator
from typing import Self

from wirescope.decoders.tree import Tree, brief
from wirescope.decoders.varint import read_varint, write_varint
from wirescope.errors import ComposeError, DecodeError

# Name and type: b one byte, 2 and 4 so many, v variable, s text, d data, p a pair of texts.
PROPERTIES = {
    1: ("payload_format_indicator", "b"), 2: ("message_expiry_interval", "4"),
    3: ("content_type", "s"), 8: ("response_topic", "s"), 9: ("correlation_data", "d"),
    11: ("subscription_identifier", "v"), 17: ("session_expiry_interval", "4"),
    18: ("assigned_client_identifier", "s"), 19: ("server_keep_alive", "2"),
    21: ("authentication_method", "s"), 22: ("authentication_data", "d"),
    23: ("request_problem_information", "b"), 24: ("will_delay_interval", "4"),
    25: ("request_response_information", "b"), 26: ("response_information", "s"),
    28: ("server_reference", "s"), 31: ("reason_string", "s"), 33: ("receive_maximum", "2"),
    34: ("topic_alias_maximum", "2"), 35: ("topic_alias", "2"), 36: ("maximum_qos", "b"),
    37: ("retain_available", "b"), 38: ("user_property", "p"), 39: ("maximum_packet_size", "4"),
    40: ("wildcard_subscription_available", "b"), 41: ("subscription_identifier_available", "b"),
    42: ("shared_subscription_available", "b"),
}  # fmt: skip
_NUMBERS = {name: (number, kind) for number, (name, kind) in PROPERTIES.items()}
_REPEATED = ("user_property", "subscription_identifier")
LONGEST = 4
"""Bytes of a variable byte integer."""

_MOST = (1 << 7 * LONGEST) - 1
_SIZES = {"b": 1, "2": 2, "4": 4}


class Fields:
    """Takes fields from the bytes of a packet, in order."""

    def __init__(self, data: bytes, offset: int = 0) -> None:
        self._data = data
        self._at = 0
        self._offset = offset

    @property
    def left(self) -> int:
        """Bytes that are not taken yet."""
        return len(self._data) - self._at

    @property
    def where(self) -> str:
        """The place in the payload."""
        return f"byte {self._offset + self._at}"

    def take(self, count: int) -> bytes:
        """Take so many bytes."""
        if count > self.left:
            raise DecodeError("A field is longer than its packet.", where=self.where)
        self._at += count
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        """Take a byte."""
        return self.take(1)[0]

    def two(self) -> int:
        """Take a two byte integer."""
        return int.from_bytes(self.take(2), "big")

    def binary(self) -> bytes:
        """Take binary data."""
        return self.take(self.two())

    def text(self) -> str:
        """Take a text."""
        return self.binary().decode("utf-8", "backslashreplace")

    def rest(self) -> bytes:
        """Take what is left."""
        return self.take(self.left)

    def variable(self) -> int:
        """Take a variable byte integer (section 1.5.5)."""
        found = read_varint(self._data, self._at, longest=LONGEST)
        if found is None:
            raise DecodeError("A field is longer than its packet.", where=self.where)
        number, self._at = found
        return number

    def properties_into(self, packet: dict[str, Tree]) -> None:
        """Take the properties, where the packet's version has any."""
        if packet["version"] != 5:
            return
        length = self.variable()
        inner = Fields(self.take(length), self._offset + self._at - length)
        found: dict[str, Tree] = {}
        while inner.left:
            inner._property_into(found)
        if found:
            packet["properties"] = found

    def _property_into(self, found: dict[str, Tree]) -> None:
        place, number = self.where, self.variable()
        if number not in PROPERTIES:
            raise DecodeError(f"There is no property {number}.", where=place)
        name, kind = PROPERTIES[number]
        value: Tree
        if kind in _SIZES:
            value = int.from_bytes(self.take(_SIZES[kind]), "big")
        elif kind == "p":
            value = [self.text(), self.text()]
        else:
            value = (
                self.variable() if kind == "v" else self.text() if kind == "s" else self.binary()
            )
        if name in _REPEATED:
            listed = found.setdefault(name, [])
            assert isinstance(listed, list)
            listed.append(value)
        else:
            found[name] = value


class Writer:
    """Writes fields of a value behind each other."""

    def __init__(self, value: dict[str, Tree], *, version: int | None = None) -> None:
        self._value = value
        self.data = b""
        given = value.get("version", 4) if version is None else version
        if not isinstance(given, int) or isinstance(given, bool) or given not in (3, 4, 5):
            raise ComposeError("The version is 3, 4 (MQTT 3.1.1) or 5.", where="version")
        self.version = given

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def add(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.data += data

    def with_length(self) -> bytes:
        """Give what was written, its length before it."""
        return variable(len(self.data)) + self.data

    def flag(self, name: str) -> bool:
        """Give whether a flag is set."""
        return self._value.get(name) is True

    def number(self, name: str, most: int, default: int | None = 0) -> int:
        """Give a field that is a number."""
        value = self._value.get(name, default)
        if not isinstance(value, int) or not 0 <= value <= most:
            raise ComposeError(f"{name} is a number up to {most}.", where=name)
        return int(value)

    def two(self, name: str, default: int | None = None) -> None:
        """Write a two byte integer."""
        self.add(self.number(name, 0xFFFF, default).to_bytes(2, "big"))

    def text(self, name: str, default: str | None = None) -> None:
        """Write a text."""
        value = self._value.get(name, default)
        if not isinstance(value, str):
            raise ComposeError(f"{name} is a text.", where=name)
        self.add(prefixed(value.encode("utf-8", "replace"), name))

    def bytes_of(self, name: str, default: bytes | None = None) -> bytes:
        """Give a field that is bytes or a text."""
        value = self._value.get(name, default)
        if isinstance(value, str):
            return value.encode("utf-8", "replace")
        if not isinstance(value, bytes):
            raise ComposeError(f"{name} is a text or bytes.", where=name)
        return value

    def binary(self, name: str, default: bytes | None = None) -> None:
        """Write binary data."""
        self.add(prefixed(self.bytes_of(name, default), name))

    def inner(self, name: str) -> Self | None:
        """Begin to write a field that has fields of its own; None where it is missing."""
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ComposeError(f"{name} is an object.", where=name)
        return type(self)(value, version=self.version)

    def inner_list(self, name: str) -> Iterator[Self]:
        """Begin to write each of several such fields."""
        value = self._value.get(name)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise ComposeError(f"{name} is an array of objects.", where=name)
        for each in value:
            assert isinstance(each, dict)
            yield type(self)(each, version=self.version)

    def texts(self, name: str) -> list[bytes]:
        """Give a field that is an array of texts, each with its length."""
        value = self._value.get(name)
        if not isinstance(value, list):
            raise ComposeError(f"{name} is an array of texts.", where=name)
        return [_scalar("s", each, name) for each in value]

    def codes(self, name: str) -> bytes:
        """Give a field that is an array of bytes; nothing where it is missing."""
        value = self._value.get(name, [])
        if not isinstance(value, list):
            raise ComposeError(f"{name} is an array of numbers.", where=name)
        return b"".join(_scalar("b", each, name) for each in value)

    def properties(self) -> None:
        """Write the properties, where the version has any."""
        if self.version != 5:
            return
        value = self._value.get("properties") or {}
        if not isinstance(value, dict):
            raise ComposeError("Properties are an object.", where="properties")
        written = b"".join(_property(name, each) for name, each in value.items())
        self.add(variable(len(written)) + written)


def _property(name: str, value: Tree) -> bytes:
    if name not in _NUMBERS:
        raise ComposeError(f"There is no property {brief(name, 40)}.", where="properties")
    number, kind = _NUMBERS[name]
    each = value if name in _REPEATED and isinstance(value, list) else [value]
    return b"".join(variable(number) + _scalar(kind, one, name) for one in each)


def _scalar(kind: str, value: Tree, name: str) -> bytes:
    if kind == "p":
        if not isinstance(value, list) or len(value) != 2:
            raise ComposeError(f"{name} is a pair of texts.", where=name)
        return b"".join(_scalar("s", each, name) for each in value)
    if kind in ("s", "d"):
        if isinstance(value, str):
            return prefixed(value.encode("utf-8", "replace"), name)
        if kind == "d" and isinstance(value, bytes):
            return prefixed(value, name)
        raise ComposeError(f"{name} is a text.", where=name)
    most = _MOST if kind == "v" else 256 ** _SIZES[kind] - 1
    if not isinstance(value, int) or not 0 <= value <= most:
        raise ComposeError(f"{name} is a number up to {most}.", where=name)
    return variable(value) if kind == "v" else int(value).to_bytes(_SIZES[kind], "big")


def prefixed(data: bytes, name: str) -> bytes:
    """Put two bytes of length before data."""
    if len(data) > 0xFFFF:
        raise ComposeError(f"{name} has more than 65,535 bytes.", where=name)
    return len(data).to_bytes(2, "big") + data


def variable(number: int) -> bytes:
    """Write a variable byte integer."""
    if number > _MOST:
        raise ComposeError(f"A packet has at most {_MOST:,} bytes.")
    return write_varint(number)
