"""STUN messages between bytes and records (RFC 8489 section 5), to the byte in both directions.

A message keeps its attributes as they came: type, value, padding, order, those that nobody knows
included. What a value means is read when it is asked for, with `find` for one kind or `read_value`
for any. What cannot be cut into attributes raises `PacketError`; what can be, but must not be sent
so, is for `check_message`.
"""

import struct
from collections.abc import Container, Iterator
from enum import IntEnum
from struct import Struct
from typing import TypeVar

import msgspec

from wirescope.errors import PacketError
from wirescope.wire.stun.attributes import (
    ErrorCode,
    Fingerprint,
    MessageIntegrity,
    MessageIntegritySha256,
    UnknownAttributes,
)
from wirescope.wire.stun.error_codes import error_meaning
from wirescope.wire.stun.registry import ATTRIBUTES, attribute_name, method_name
from wirescope.wire.stun.values import MAGIC_COOKIE, Value

HEADER_LENGTH = 20

_HEADER = Struct("!HH4s12s")
_ATTRIBUTE = Struct("!HH")
_CLAUSE = "RFC 8489 5"
_ATTRIBUTE_CLAUSE = "RFC 8489 14"
_LONGEST = 0xFFFF

_AFTER_INTEGRITY = frozenset((MessageIntegritySha256.TYPE, Fingerprint.TYPE))
_AFTER_SHA256 = frozenset((Fingerprint.TYPE,))

_Kind = TypeVar("_Kind", bound=Value)


class MessageClass(IntEnum):
    """What a message is in its transaction, by the two bits that say it."""

    REQUEST = 0
    INDICATION = 1
    SUCCESS = 2
    ERROR = 3


_CLASS_NAMES = ("request", "indication", "success response", "error response")


class Attribute(msgspec.Struct, frozen=True, gc=False):
    """An attribute as on the wire.

    Attributes:
        type: 16 bits.
        value: as many bytes as its length says.
        padding: what stands between the value and the next attribute, where that is anything else
            than as many zeros as it takes.
    """

    type: int
    value: bytes
    padding: bytes | None = None

    @property
    def name(self) -> str:
        """What its specification calls it."""
        return attribute_name(self.type)

    @property
    def comprehension_required(self) -> bool:
        """Whether who does not know it cannot take the message."""
        return self.type < 0x8000

    @property
    def padding_bytes(self) -> bytes:
        """What follows the value up to the next attribute."""
        return bytes(-len(self.value) % 4) if self.padding is None else self.padding

    @property
    def wire_length(self) -> int:
        """Bytes on the wire: header, value and padding."""
        return 4 + len(self.value) + len(self.padding_bytes)


class StunMessage(msgspec.Struct, frozen=True, gc=False):
    """A message.

    Attributes:
        message_class: request, indication, success or error response.
        method: 12 bits; `Method` has those that are known.
        transaction_id: 12 bytes.
        attributes: in wire order.
    """

    message_class: MessageClass
    method: int
    transaction_id: bytes
    attributes: tuple[Attribute, ...] = ()

    @property
    def name(self) -> str:
        """What it is, as `Binding request`."""
        return f"{method_name(self.method)} {_CLASS_NAMES[self.message_class]}"

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Of each attribute, where it begins and ends in the message, padding included."""
        position = HEADER_LENGTH
        found: list[tuple[int, int]] = []
        for attribute in self.attributes:
            after = position + attribute.wire_length
            found.append((position, after))
            position = after
        return found

    @property
    def counted(self) -> list[int]:
        """Which attributes count: not those that follow the integrity (section 9).

        What follows MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 is to be ignored, but for the
        latter and FINGERPRINT.
        """
        return [index for index, _ in self._counted()]

    def _counted(self) -> Iterator[tuple[int, Attribute]]:
        allowed: Container[int] | None = None
        for index, attribute in enumerate(self.attributes):
            kind = attribute.type
            if allowed is not None and kind not in allowed:
                continue
            if kind == MessageIntegrity.TYPE:
                allowed = _AFTER_INTEGRITY
            elif kind == MessageIntegritySha256.TYPE:
                allowed = _AFTER_SHA256
            yield index, attribute

    def find(self, kind: type[_Kind]) -> _Kind | None:
        """Read the first attribute of a kind among those that count; None without one.

        Raises:
            PacketError: its value breaks its form; the offset counts from the message's start.
        """
        return next(self._find(kind), None)

    def find_all(self, kind: type[_Kind]) -> list[_Kind]:
        """Read all attributes of a kind among those that count.

        Raises:
            PacketError: a value breaks its form; the offset counts from the message's start.
        """
        return list(self._find(kind))

    def _find(self, kind: type[_Kind]) -> Iterator[_Kind]:
        for index, attribute in self._counted():
            if attribute.type == kind.TYPE:
                try:
                    yield kind.unpack(attribute.value, self.transaction_id)
                except PacketError as error:
                    offset = self.spans[index][0] + 4 + error.offset
                    raise PacketError(error.message, clause=error.clause, offset=offset) from None

    def has(self, kind: type[Value]) -> bool:
        """Whether an attribute of a kind is among those that count."""
        return any(attribute.type == kind.TYPE for _, attribute in self._counted())

    def index(self, kind: type[Value]) -> int | None:
        """Which attribute is the first of a kind among those that count; None without one."""
        indices = (index for index, each in self._counted() if each.type == kind.TYPE)
        return next(indices, None)

    def not_understood(self, known: Container[int] = ATTRIBUTES) -> tuple[int, ...]:
        """The types of those that would have to be known and are not, for error 420.

        Args:
            known: types that the receiver understands; all that are read here by default.
        """
        types = [each.type for _, each in self._counted() if each.comprehension_required]
        return tuple(dict.fromkeys(kind for kind in types if kind not in known))

    def with_values(self, *values: Value | Attribute) -> "StunMessage":
        """Give the message with more attributes after its own.

        Raises:
            ValueError: something does not fit into its field.
        """
        more = [make_attribute(value, self.transaction_id) for value in values]
        return msgspec.structs.replace(self, attributes=(*self.attributes, *more))


def is_stun(data: bytes) -> bool:
    """Tell a STUN message from what else comes on its port (RFC 7983 section 7, RFC 8489 5)."""
    return len(data) >= HEADER_LENGTH and data[0] < 4 and data[4:8] == MAGIC_COOKIE


def parse_stun(data: bytes, *, most_attributes: int = _LONGEST) -> StunMessage:
    """Cut a message into its attributes; `build_stun` gives the same bytes back.

    Args:
        data: the whole message.
        most_attributes: how many are taken; one more is an error.

    Raises:
        PacketError: it is no message of RFC 8489, or shorter or longer than it says, or has more
            attributes than are taken.
    """
    end = len(data)
    if end < HEADER_LENGTH:
        message = f"A STUN header has {HEADER_LENGTH} bytes; {end} came."
        raise PacketError(message, clause=_CLAUSE, offset=end)
    kind, length, cookie, transaction_id = _HEADER.unpack_from(data)
    if kind > 0x3FFF:
        message = "The first two bits are not zero, as those of a STUN message are."
        raise PacketError(message, clause=_CLAUSE, offset=0)
    if cookie != MAGIC_COOKIE:
        message = f"The magic cookie is {cookie.hex()}; it is {MAGIC_COOKIE.hex()}."
        raise PacketError(message, clause=_CLAUSE, offset=4)
    if length != end - HEADER_LENGTH:
        message = f"The message says that {length} bytes follow its header; {end - 20} do."
        raise PacketError(message, clause=_CLAUSE, offset=2)
    # section 5: the class's two bits stand among the method's twelve
    method = kind & 0x0F | kind >> 1 & 0x70 | kind >> 2 & 0xF80
    message_class = MessageClass(kind >> 4 & 1 | kind >> 7 & 2)
    return StunMessage(
        message_class, method, transaction_id, tuple(_attributes(data, most_attributes))
    )


def _attributes(data: bytes, most: int) -> Iterator[Attribute]:
    position, end = HEADER_LENGTH, len(data)
    while position < end:
        if not most:
            message = "There are more attributes than are taken."
            raise PacketError(message, clause=_ATTRIBUTE_CLAUSE, offset=position)
        most -= 1
        if position + 4 > end:
            message = f"{end - position} bytes are left; an attribute takes 4 at least."
            raise PacketError(message, clause=_ATTRIBUTE_CLAUSE, offset=position)
        kind, length = _ATTRIBUTE.unpack_from(data, position)
        start = position + 4
        stop = start + length
        if stop > end:
            message = f"{attribute_name(kind)} has {length} bytes; {end - start} are left."
            raise PacketError(message, clause=_ATTRIBUTE_CLAUSE, offset=position + 2)
        position = stop + (-length & 3)
        padding = data[stop:position]
        usual = padding == bytes(-length & 3)
        yield Attribute(kind, data[start:stop], None if usual else padding)


def build_stun(message: StunMessage) -> bytes:
    """Write a message.

    Raises:
        ValueError: something does not fit into its field.
    """
    method, message_class = message.method, message.message_class
    if not 0 <= method < 1 << 12 or len(message.transaction_id) != 12:
        raise ValueError("a method has 12 bits, a transaction id 12 bytes")
    kind = method & 0x0F | (method & 0x70) << 1 | (method & 0xF80) << 2
    kind |= (message_class & 1) << 4 | (message_class & 2) << 7
    parts: list[bytes] = []
    for attribute in message.attributes:
        value = attribute.value
        if not 0 <= attribute.type <= 0xFFFF or len(value) > _LONGEST:
            raise ValueError(f"{attribute.name} of {len(value)} bytes does not fit")
        parts += (_ATTRIBUTE.pack(attribute.type, len(value)), value, attribute.padding_bytes)
    body = b"".join(parts)
    if len(body) > _LONGEST:
        raise ValueError(f"a message cannot have {len(body)} bytes of attributes")
    return _HEADER.pack(kind, len(body), MAGIC_COOKIE, message.transaction_id) + body


def read_value(attribute: Attribute, transaction_id: bytes) -> Value | None:
    """Read what an attribute says; None of one that is not known.

    Raises:
        PacketError: the value breaks its form; the offset counts from the value's start.
    """
    kind = ATTRIBUTES.get(attribute.type)
    return None if kind is None else kind.unpack(attribute.value, transaction_id)


def make_attribute(value: Value | Attribute, transaction_id: bytes) -> Attribute:
    """Make the attribute that says something; one that is made already is given back.

    Raises:
        ValueError: something does not fit into its field.
    """
    if isinstance(value, Attribute):
        return value
    try:
        return Attribute(value.TYPE, value.pack(transaction_id))
    except (OverflowError, struct.error) as error:
        raise ValueError(f"{value.NAME} does not fit into its field: {error}") from None


def make_message(
    message_class: MessageClass, method: int, transaction_id: bytes, *values: Value | Attribute
) -> StunMessage:
    """Make a message that says something.

    Args:
        message_class: what it is in its transaction.
        method: what it is about.
        transaction_id: 12 bytes; those of a new request are random (section 5).
        values: its attributes, in this order.

    Raises:
        ValueError: something does not fit into its field.
    """
    return StunMessage(message_class, method, transaction_id).with_values(*values)


def make_response(request: StunMessage, *values: Value | Attribute) -> StunMessage:
    """Make the success response to a request (RFC 8489 section 6.3.1.1).

    Raises:
        ValueError: something does not fit into its field.
    """
    kind = MessageClass.SUCCESS
    return make_message(kind, request.method, request.transaction_id, *values)


def make_error(
    request: StunMessage, code: int, *values: Value | Attribute, reason: str = ""
) -> StunMessage:
    """Make the error response to a request (RFC 8489 section 6.3.1.1).

    Args:
        request: what is refused.
        code: 300 to 699.
        values: attributes that follow the error code.
        reason: for people; without one, the code's name.

    Raises:
        ValueError: something does not fit into its field.
    """
    error = ErrorCode(code, reason or error_meaning(code).name)
    kind = MessageClass.ERROR
    return make_message(kind, request.method, request.transaction_id, error, *values)


def make_unknown(request: StunMessage, types: tuple[int, ...]) -> StunMessage:
    """Make the error response that names what was not understood (RFC 8489 section 6.3.1)."""
    return make_error(request, 420, UnknownAttributes(types))
