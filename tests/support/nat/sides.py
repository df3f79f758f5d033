"""What stands between a client and the public network, as frozen records in the words of RFC 4787.

A `Side` is what one end of a call has in front of it: its address translators from the client
outwards, what is blocked, its version of IP. Pure; `rig` builds it, `predicting` says what it lets
through, `truth` finds out what it does.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Behaviour(StrEnum):
    """What a translator goes by: nothing, the other end's address, or its address and port.

    RFC 4787 section 4.1 has it of mapping, section 5 of filtering.
    """

    ENDPOINT_INDEPENDENT = "endpoint-independent"
    ADDRESS_DEPENDENT = "address-dependent"
    ADDRESS_AND_PORT_DEPENDENT = "address and port-dependent"

    @property
    def short(self) -> str:
        """A letter or two for a table: `E`, `A`, `AP`."""
        return {"endpoint-independent": "E", "address-dependent": "A"}.get(self.value, "AP")


class Blocked(StrEnum):
    """What a side's firewall swallows, without a word to anybody."""

    NOTHING = "nothing"
    UDP = "UDP"
    ALL_BUT_TCP_443 = "all but TCP to port 443"

    def lets_tcp_to(self, port: int) -> bool:
        """Whether a connection of TCP to that port gets through."""
        return self is not Blocked.ALL_BUT_TCP_443 or port == 443

    @property
    def lets_udp(self) -> bool:
        """Whether UDP gets through."""
        return self is Blocked.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Nat:
    """One network address translator.

    Attributes:
        mapping: for whom an inner address and port keeps its outer ones (section 4.1).
        filtering: who is let in to an outer port (section 5).
        hairpin: whether one inner client reaches another by its outer address (section 6). What
            comes so is not filtered.
    """

    mapping: Behaviour = Behaviour.ENDPOINT_INDEPENDENT
    filtering: Behaviour = Behaviour.ADDRESS_AND_PORT_DEPENDENT
    hairpin: bool = False

    def __str__(self) -> str:
        """Name mapping and filtering, as `E/AP`."""
        return f"{self.mapping.short}/{self.filtering.short}{' hairpin' * self.hairpin}"


CONE = Nat()
"""The usual one: what it lets in has to be an answer, the mapping is the same for everybody."""

SYMMETRIC = Nat(mapping=Behaviour.ADDRESS_AND_PORT_DEPENDENT)
"""Each conversation has a mapping of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a client has in front of it.

    Attributes:
        nats: its translators, the one next to the client first; none where its address is public.
        blocked: what its firewall swallows.
        family: its version of IP. With 6 there is no translator, only a firewall that lets in what
            answers (RFC 6092).
        mtu: bytes that a packet may have on the link to the public network; the client's own link
            takes 1500 and the router says so when a packet is too large.
        clients: how many there are, 1 or 2; the second is on a network of its own, from which only
            the outer address of the first can be reached, if that.
    """

    nats: tuple[Nat, ...] = ()
    blocked: Blocked = Blocked.NOTHING
    family: Literal[4, 6] = 4
    mtu: int = 1500
    clients: int = 1

    def __post_init__(self) -> None:
        if self.family == 6 and self.nats:
            raise ValueError("With IPv6 there are no translators here.")
        if self.clients > 1 and len(self.nats) != 1:
            raise ValueError("Two clients need one translator between them.")
        if len(self.nats) > 2:
            raise ValueError("There are at most two translators one behind the other.")


ALL_NATS = tuple(
    Nat(mapping=mapping, filtering=filtering) for mapping in Behaviour for filtering in Behaviour
)
"""Every combination of mapping and filtering."""
