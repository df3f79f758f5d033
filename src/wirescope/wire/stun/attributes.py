"""The attributes of RFC 8489 section 14, one record each."""

from collections.abc import Iterator
from struct import iter_unpack, pack
from typing import Self

import msgspec

from wirescope.wire.stun.values import (
    AddressValue,
    BytesValue,
    TextValue,
    Value,
    XorAddressValue,
    pack_code,
    unpack_code,
)


class MappedAddress(AddressValue, frozen=True, gc=False):
    """Where a request came from, as the server saw it; for clients of RFC 3489."""

    TYPE = 0x0001
    NAME = "MAPPED-ADDRESS"
    CLAUSE = "RFC 8489 14.1"


class XorMappedAddress(XorAddressValue, frozen=True, gc=False):
    """Where a request came from, as the server saw it: the reflexive transport address."""

    TYPE = 0x0020
    NAME = "XOR-MAPPED-ADDRESS"
    CLAUSE = "RFC 8489 14.2"


class Username(TextValue, frozen=True, gc=False):
    """Who sends, by name; in ICE the receiver's user name fragment, a colon, the sender's."""

    TYPE = 0x0006
    NAME = "USERNAME"
    CLAUSE = "RFC 8489 14.3"
    MOST_BYTES = 508
    MOST_CHARACTERS = 508


class UserHash(BytesValue, frozen=True, gc=False):
    """Who sends, as SHA-256 of user name and realm, which `user_hash` makes."""

    TYPE = 0x001E
    NAME = "USERHASH"
    CLAUSE = "RFC 8489 14.4"
    LENGTHS = (32,)


class MessageIntegrity(BytesValue, frozen=True, gc=False):
    """HMAC-SHA1 of what stands before it."""

    TYPE = 0x0008
    NAME = "MESSAGE-INTEGRITY"
    CLAUSE = "RFC 8489 14.5"
    LENGTHS = (20,)


class MessageIntegritySha256(BytesValue, frozen=True, gc=False):
    """HMAC-SHA256 of what stands before it, cut to 16 bytes at least where a usage allows it."""

    TYPE = 0x001C
    NAME = "MESSAGE-INTEGRITY-SHA256"
    CLAUSE = "RFC 8489 14.6"
    LENGTHS = (16, 20, 24, 28, 32)


class Fingerprint(Value, frozen=True, gc=False):
    """CRC-32 of what stands before it, XORed with 0x5354554e; the last attribute.

    Attributes:
        checksum: as on the wire, 32 bits.
    """

    TYPE = 0x8028
    NAME = "FINGERPRINT"
    CLAUSE = "RFC 8489 14.7"

    checksum: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read 32 bits."""
        return cls(int.from_bytes(cls.take(value, 4), "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write 32 bits."""
        return self.checksum.to_bytes(4, "big")


class ErrorCode(Value, frozen=True, gc=False):
    """Why a request failed; `error_meaning` says what a code means.

    Attributes:
        code: 300 to 699.
        reason: for people, at most 127 characters.
    """

    TYPE = 0x0009
    NAME = "ERROR-CODE"
    CLAUSE = "RFC 8489 14.8"

    code: int
    reason: str = ""

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the code and the reason."""
        return cls(*unpack_code(cls, value))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the code and the reason."""
        return pack_code(0, self.code, self.reason)


class Realm(TextValue, frozen=True, gc=False):
    """What a server's long-term credentials belong to; one that asks for them says it."""

    TYPE = 0x0014
    NAME = "REALM"
    CLAUSE = "RFC 8489 14.9"


class Nonce(BytesValue, frozen=True, gc=False):
    """What a server wants back with each request; `read_features` says what its beginning means."""

    TYPE = 0x0015
    NAME = "NONCE"
    CLAUSE = "RFC 8489 14.10"


class Algorithm(msgspec.Struct, frozen=True, gc=False):
    """A way to make a key of a password.

    Attributes:
        number: one of `KeyDerivation`, or unknown.
        parameters: what it needs beside; neither of the known ones does.
    """

    number: int
    parameters: bytes = b""


def _pack_algorithm(algorithm: Algorithm) -> bytes:
    parameters = algorithm.parameters
    head = pack("!HH", algorithm.number, len(parameters))
    return head + parameters + bytes(-len(parameters) % 4)


def _read_algorithms(kind: type[Value], value: bytes) -> Iterator[Algorithm]:
    position, end = 0, len(value)
    while position < end:
        if end - position < 4:
            kind.refuse(f"{kind.NAME} ends within an algorithm.", end)
        number = value[position] << 8 | value[position + 1]
        length = value[position + 2] << 8 | value[position + 3]
        position += 4
        # parameters are padded, the last ones, too (section 14.11)
        after = position + length + -length % 4
        if after > end:
            kind.refuse(f"{kind.NAME} ends within the parameters of an algorithm.", end)
        yield Algorithm(number, value[position : position + length])
        position = after


class PasswordAlgorithms(Value, frozen=True, gc=False):
    """The algorithms that a server takes, the best first; a client gives them back as they are."""

    TYPE = 0x8002
    NAME = "PASSWORD-ALGORITHMS"
    CLAUSE = "RFC 8489 14.11"

    algorithms: tuple[Algorithm, ...]

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the list."""
        return cls(tuple(_read_algorithms(cls, value)))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the list."""
        return b"".join(map(_pack_algorithm, self.algorithms))


class PasswordAlgorithm(Value, frozen=True, gc=False):
    """The algorithm that a client has chosen."""

    TYPE = 0x001D
    NAME = "PASSWORD-ALGORITHM"
    CLAUSE = "RFC 8489 14.12"

    algorithm: Algorithm

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the one algorithm."""
        found = tuple(_read_algorithms(cls, value))
        if len(found) != 1:
            cls.refuse(f"{cls.NAME} names {len(found)} algorithms; it names one.", 0)
        return cls(found[0])

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the algorithm."""
        return _pack_algorithm(self.algorithm)


class UnknownAttributes(Value, frozen=True, gc=False):
    """The types of a request's attributes that a server does not know and would have to."""

    TYPE = 0x000A
    NAME = "UNKNOWN-ATTRIBUTES"
    CLAUSE = "RFC 8489 14.13"

    types: tuple[int, ...]

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the list."""
        if len(value) % 2:
            cls.refuse(f"{cls.NAME} ends within a type.", len(value))
        return cls(tuple([number for (number,) in iter_unpack("!H", value)]))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the list."""
        return pack(f"!{len(self.types)}H", *self.types)


class Software(TextValue, frozen=True, gc=False):
    """What program sends, for people."""

    TYPE = 0x8022
    NAME = "SOFTWARE"
    CLAUSE = "RFC 8489 14.14"


class AlternateServer(AddressValue, frozen=True, gc=False):
    """The server to try instead of this one, with the error code 300."""

    TYPE = 0x8023
    NAME = "ALTERNATE-SERVER"
    CLAUSE = "RFC 8489 14.15"


class AlternateDomain(TextValue, frozen=True, gc=False):
    """The name that the alternate server's certificate has to be for."""

    TYPE = 0x8003
    NAME = "ALTERNATE-DOMAIN"
    CLAUSE = "RFC 8489 14.16"
    MOST_BYTES = 255
    MOST_CHARACTERS = 255
