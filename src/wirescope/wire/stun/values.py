"""The forms that values of STUN attributes have: addresses, texts, bytes, flags, errors.

A record of an attribute is a `Value`: it knows its type, and how its value is read and written. An
attribute's record holds what the value means and no more; the bytes as they came, reserved bits
among them, stay in `wirescope.wire.stun.messages.Attribute`. A value that breaks its form raises
`PacketError`, with an offset into the value.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import ClassVar, NoReturn, Self

import msgspec

from wirescope.errors import PacketError

MAGIC_COOKIE = bytes.fromhex("2112a442")
"""What every message has after its first four bytes (RFC 8489 section 5)."""

IPV4, IPV6 = 1, 2
"""The address families (RFC 8489 section 14.1)."""


class Value(msgspec.Struct, frozen=True, gc=False):
    """What an attribute says.

    Attributes:
        TYPE: the attribute's type.
        NAME: what its specification calls it.
        CLAUSE: the section that defines it.
    """

    TYPE: ClassVar[int]
    NAME: ClassVar[str]
    CLAUSE: ClassVar[str]

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read an attribute's value, without padding.

        Raises:
            PacketError: it breaks its form.
        """
        raise NotImplementedError

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the value, without padding.

        Raises:
            ValueError: something does not fit into its field.
        """
        raise NotImplementedError

    @classmethod
    def refuse(cls, message: str, offset: int) -> NoReturn:
        """Raise the error of a value that breaks its form."""
        raise PacketError(message, clause=cls.CLAUSE, offset=offset)

    @classmethod
    def take(cls, value: bytes, *lengths: int) -> bytes:
        """Give back a value that has one of these lengths, and refuse another."""
        if len(value) not in lengths:
            wanted = " or ".join(map(str, lengths))
            cls.refuse(
                f"{cls.NAME} has {len(value)} bytes; it takes {wanted}.",
                min(len(value), max(lengths)),
            )
        return value

    @classmethod
    def read_text(cls, value: bytes) -> str:
        """Read UTF-8."""
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            cls.refuse(f"{cls.NAME} is not UTF-8.", error.start)


def _pad(transaction_id: bytes) -> int:
    return int.from_bytes(MAGIC_COOKIE + transaction_id, "big")


class AddressValue(Value, frozen=True, gc=False):
    """A transport address as it is (RFC 8489 section 14.1).

    Attributes:
        host: an IPv4 or IPv6 address.
        port: 0 to 65535.
    """

    host: str
    port: int

    @property
    def family(self) -> int:
        """1 of an IPv4 address, 2 of an IPv6 address."""
        return IPV4 if ip_address(self.host).version == 4 else IPV6

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read a family, a port and an address."""
        host, port = cls.read_address(value)
        return cls(str(IPv4Address(host) if len(host) == 4 else IPv6Address(host)), port)

    @classmethod
    def read_address(cls, value: bytes) -> tuple[bytes, int]:
        """Cut a value into address and port."""
        if len(value) < 4:
            cls.take(value, 8, 20)
        family = value[1]
        if family not in (IPV4, IPV6):
            cls.refuse(f"{cls.NAME} is of the family {family}; it is 1 or 2.", 1)
        cls.take(value, 8 if family == IPV4 else 20)
        return value[4:], value[2] << 8 | value[3]

    def pack(self, transaction_id: bytes) -> bytes:
        """Write a family, a port and an address."""
        host = ip_address(self.host).packed
        family = IPV4 if len(host) == 4 else IPV6
        return bytes((0, family)) + self.port.to_bytes(2, "big") + host


class XorAddressValue(AddressValue, frozen=True, gc=False):
    """A transport address that is hidden from middleboxes which rewrite those they find.

    The port is XORed with the first half of the magic cookie, an IPv4 address with the cookie, an
    IPv6 address with the cookie and the transaction id (RFC 8489 section 14.2).
    """

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read a family, a port and an address."""
        host, port = cls.read_address(value)
        pad = _pad(transaction_id)
        number = int.from_bytes(host, "big")
        if len(host) == 4:
            return cls(str(IPv4Address(number ^ pad >> 96)), port ^ pad >> 112)
        return cls(str(IPv6Address(number ^ pad)), port ^ pad >> 112)

    def pack(self, transaction_id: bytes) -> bytes:
        """Write a family, a port and an address."""
        plain = super().pack(transaction_id)
        pad = _pad(transaction_id).to_bytes(16, "big")
        key = pad[:2] + pad[: len(plain) - 4]
        return plain[:2] + bytes([a ^ b for a, b in zip(plain[2:], key, strict=True)])


class TextValue(Value, frozen=True, gc=False):
    """A text in UTF-8.

    Attributes:
        MOST_BYTES: what it may have, encoded.
        MOST_CHARACTERS: what it may have, where that is limited as well.
    """

    MOST_BYTES: ClassVar[int] = 763
    MOST_CHARACTERS: ClassVar[int] = 127

    text: str

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read UTF-8."""
        return cls(cls.read_text(value))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write UTF-8."""
        return self.text.encode()


class BytesValue(Value, frozen=True, gc=False):
    """Bytes that mean something elsewhere.

    Attributes:
        LENGTHS: how many it may have; empty where any number may be.
    """

    LENGTHS: ClassVar[tuple[int, ...]] = ()

    data: bytes

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the bytes."""
        return cls(cls.take(value, *cls.LENGTHS) if cls.LENGTHS else value)

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the bytes."""
        if self.LENGTHS and len(self.data) not in self.LENGTHS:
            raise ValueError(f"{self.NAME} cannot have {len(self.data)} bytes")
        return self.data


class FlagValue(Value, frozen=True, gc=False):
    """An attribute that says something by being there."""

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read nothing."""
        cls.take(value, 0)
        return cls()

    def pack(self, transaction_id: bytes) -> bytes:
        """Write nothing."""
        return b""


class FamilyValue(Value, frozen=True, gc=False):
    """An address family in one byte, and three that are reserved (RFC 8656 section 18.6).

    Attributes:
        family: 1 for IPv4, 2 for IPv6.
    """

    family: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the family, whatever it is."""
        return cls(cls.take(value, 4)[0])

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the family."""
        return bytes((self.family, 0, 0, 0))


def pack_code(first: int, code: int, reason: str) -> bytes:
    """Write an error's four bytes and reason; the hundreds have three bits (section 14.8)."""
    hundreds, number = divmod(code, 100)
    if not 0 <= hundreds <= 7:
        raise ValueError(f"the error code {code} does not fit into its field")
    return bytes((first, 0, hundreds, number)) + reason.encode()


def unpack_code(kind: type[Value], value: bytes) -> tuple[int, str]:
    """Read an error's code and reason."""
    if len(value) < 4:
        kind.refuse(f"{kind.NAME} has {len(value)} bytes; it takes 4 at least.", len(value))
    try:
        reason = value[4:].decode()
    except UnicodeDecodeError as error:
        kind.refuse(f"The reason of {kind.NAME} is not UTF-8.", 4 + error.start)
    if value[3] > 99:
        kind.refuse(f"The number of {kind.NAME} is {value[3]}; it goes from 0 to 99.", 3)
    return 100 * (value[2] & 7) + value[3], reason
