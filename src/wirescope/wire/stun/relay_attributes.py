"""The attributes of TURN (RFC 8656 section 18); which messages they belong in is `wire.turn`'s."""

from struct import pack
from typing import Self

from wirescope.wire.stun.values import (
    BytesValue,
    FamilyValue,
    FlagValue,
    Value,
    XorAddressValue,
    pack_code,
    unpack_code,
)


class ChannelNumber(Value, frozen=True, gc=False):
    """The channel that shall stand for a peer.

    Attributes:
        number: 0x4000 to 0x4fff.
    """

    TYPE = 0x000C
    NAME = "CHANNEL-NUMBER"
    CLAUSE = "RFC 8656 18.1"

    number: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read 16 bits; 16 more are reserved."""
        return cls(int.from_bytes(cls.take(value, 4)[:2], "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write 16 bits and 16 that are reserved."""
        return self.number.to_bytes(2, "big") + bytes(2)


class Lifetime(Value, frozen=True, gc=False):
    """How long an allocation shall last, or will; 0 in a Refresh request ends it."""

    TYPE = 0x000D
    NAME = "LIFETIME"
    CLAUSE = "RFC 8656 18.2"

    seconds: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read 32 bits."""
        return cls(int.from_bytes(cls.take(value, 4), "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write 32 bits."""
        return self.seconds.to_bytes(4, "big")


class XorPeerAddress(XorAddressValue, frozen=True, gc=False):
    """A peer as the server sees it."""

    TYPE = 0x0012
    NAME = "XOR-PEER-ADDRESS"
    CLAUSE = "RFC 8656 18.3"


class Data(BytesValue, frozen=True, gc=False):
    """What goes to a peer, or came from one."""

    TYPE = 0x0013
    NAME = "DATA"
    CLAUSE = "RFC 8656 18.4"


class XorRelayedAddress(XorAddressValue, frozen=True, gc=False):
    """The address that a server has allocated to a client: the relayed transport address."""

    TYPE = 0x0016
    NAME = "XOR-RELAYED-ADDRESS"
    CLAUSE = "RFC 8656 18.5"


class RequestedAddressFamily(FamilyValue, frozen=True, gc=False):
    """The family that the relayed address shall be of."""

    TYPE = 0x0017
    NAME = "REQUESTED-ADDRESS-FAMILY"
    CLAUSE = "RFC 8656 18.6"


class EvenPort(Value, frozen=True, gc=False):
    """The relayed address shall have an even port.

    Attributes:
        reserve_next: the port after it shall be kept for another allocation.
    """

    TYPE = 0x0018
    NAME = "EVEN-PORT"
    CLAUSE = "RFC 8656 18.7"

    reserve_next: bool

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the highest bit."""
        return cls(bool(cls.take(value, 1)[0] & 0x80))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the highest bit."""
        return bytes((self.reserve_next << 7,))


class RequestedTransport(Value, frozen=True, gc=False):
    """The transport between server and peers.

    Attributes:
        protocol: as in an IP header; 17, UDP, is the only one that RFC 8656 allows, and 6, TCP,
            is RFC 6062's.
    """

    TYPE = 0x0019
    NAME = "REQUESTED-TRANSPORT"
    CLAUSE = "RFC 8656 18.8"

    protocol: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read a byte; three more are reserved."""
        return cls(cls.take(value, 4)[0])

    def pack(self, transaction_id: bytes) -> bytes:
        """Write a byte and three that are reserved."""
        return bytes((self.protocol, 0, 0, 0))


class DontFragment(FlagValue, frozen=True, gc=False):
    """What is relayed to a peer shall not be fragmented."""

    TYPE = 0x001A
    NAME = "DONT-FRAGMENT"
    CLAUSE = "RFC 8656 18.9"


class ReservationToken(BytesValue, frozen=True, gc=False):
    """Stands for a port that a server has kept."""

    TYPE = 0x0022
    NAME = "RESERVATION-TOKEN"
    CLAUSE = "RFC 8656 18.10"
    LENGTHS = (8,)


class AdditionalAddressFamily(FamilyValue, frozen=True, gc=False):
    """An IPv6 address is wanted beside the IPv4 address."""

    TYPE = 0x8000
    NAME = "ADDITIONAL-ADDRESS-FAMILY"
    CLAUSE = "RFC 8656 18.11"


class AddressErrorCode(Value, frozen=True, gc=False):
    """Why one of two families could not be had.

    Attributes:
        family: 1 for IPv4, 2 for IPv6.
        code: 440 or 508.
        reason: for people, at most 127 characters.
    """

    TYPE = 0x8001
    NAME = "ADDRESS-ERROR-CODE"
    CLAUSE = "RFC 8656 18.12"

    family: int
    code: int
    reason: str = ""

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the family, the code and the reason."""
        code, reason = unpack_code(cls, value)
        return cls(value[0], code, reason)

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the family, the code and the reason."""
        return pack_code(self.family, self.code, self.reason)


class Icmp(Value, frozen=True, gc=False):
    """What came back by ICMP for a datagram that was relayed.

    Attributes:
        icmp_type: 7 bits, as the RFC draws it.
        icmp_code: 9 bits.
        error_data: the MTU of the next hop where the datagram was too long for it, otherwise 0.
    """

    TYPE = 0x8004
    NAME = "ICMP"
    CLAUSE = "RFC 8656 18.13"

    icmp_type: int
    icmp_code: int
    error_data: int = 0

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read type, code and data after 16 bits that are reserved."""
        cls.take(value, 8)
        both = value[2] << 8 | value[3]
        return cls(both >> 9, both & 0x1FF, int.from_bytes(value[4:], "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write type, code and data after 16 bits that are reserved."""
        if not (0 <= self.icmp_type < 1 << 7 and 0 <= self.icmp_code < 1 << 9):
            raise ValueError("the ICMP type or code does not fit into its field")
        return pack("!HHI", 0, self.icmp_type << 9 | self.icmp_code, self.error_data)
