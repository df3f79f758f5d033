"""Attributes of two usages of STUN: ICE (RFC 8445 section 7.1) and finding out what a NAT does.

The latter is RFC 5780; its servers answer from another address, or to another port, when asked to.
"""

from typing import Self

from wirescope.wire.stun.values import AddressValue, BytesValue, FlagValue, Value


class Priority(Value, frozen=True, gc=False):
    """The priority of the candidate that a check may find, if it is a peer-reflexive one.

    Attributes:
        priority: 1 to 2^31 - 1.
    """

    TYPE = 0x0024
    NAME = "PRIORITY"
    CLAUSE = "RFC 8445 7.1.1"

    priority: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read 32 bits."""
        return cls(int.from_bytes(cls.take(value, 4), "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write 32 bits."""
        return self.priority.to_bytes(4, "big")


class UseCandidate(FlagValue, frozen=True, gc=False):
    """The controlling agent nominates the pair that this check goes over."""

    TYPE = 0x0025
    NAME = "USE-CANDIDATE"
    CLAUSE = "RFC 8445 7.1.2"


class _Role(Value, frozen=True, gc=False):
    CLAUSE = "RFC 8445 7.1.3"

    tie_breaker: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read 64 bits."""
        return cls(int.from_bytes(cls.take(value, 8), "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write 64 bits."""
        return self.tie_breaker.to_bytes(8, "big")


class IceControlled(_Role, frozen=True, gc=False):
    """The sender takes itself for controlled; the tie-breaker decides if both sides do."""

    TYPE = 0x8029
    NAME = "ICE-CONTROLLED"


class IceControlling(_Role, frozen=True, gc=False):
    """The sender takes itself for controlling; the tie-breaker decides if both sides do."""

    TYPE = 0x802A
    NAME = "ICE-CONTROLLING"


class ChangeRequest(Value, frozen=True, gc=False):
    """The answer shall come from the server's other address, or its other port, or both."""

    TYPE = 0x0003
    NAME = "CHANGE-REQUEST"
    CLAUSE = "RFC 5780 7.2"

    change_ip: bool
    change_port: bool

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the two bits."""
        flags = cls.take(value, 4)[3]
        return cls(bool(flags & 4), bool(flags & 2))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the two bits."""
        return bytes((0, 0, 0, self.change_ip << 2 | self.change_port << 1))


class Padding(BytesValue, frozen=True, gc=False):
    """Bytes that make a message so long that it has to be fragmented."""

    TYPE = 0x0026
    NAME = "PADDING"
    CLAUSE = "RFC 5780 7.6"


class ResponsePort(Value, frozen=True, gc=False):
    """The port to answer to, where that is not the one that the request came from.

    RFC 5780 section 7.5 leaves open whether the two bytes after the port count as the value's;
    servers in use write four bytes, and both lengths are read.
    """

    TYPE = 0x0027
    NAME = "RESPONSE-PORT"
    CLAUSE = "RFC 5780 7.5"

    port: int

    @classmethod
    def unpack(cls, value: bytes, transaction_id: bytes) -> Self:
        """Read the port."""
        return cls(int.from_bytes(cls.take(value, 2, 4)[:2], "big"))

    def pack(self, transaction_id: bytes) -> bytes:
        """Write the port."""
        return self.port.to_bytes(2, "big") + bytes(2)


class ResponseOrigin(AddressValue, frozen=True, gc=False):
    """Where the answer comes from, as its sender sees it."""

    TYPE = 0x802B
    NAME = "RESPONSE-ORIGIN"
    CLAUSE = "RFC 5780 7.3"


class OtherAddress(AddressValue, frozen=True, gc=False):
    """Where the answer would come from if both address and port were to be changed."""

    TYPE = 0x802C
    NAME = "OTHER-ADDRESS"
    CLAUSE = "RFC 5780 7.4"
