"""What the server has done: counters to look at, and records of what happened, for who listens."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

from wirescope.ice_server.flows import Transport

EndReason = Literal["client", "lifetime", "connection", "server"]
"""Why an allocation ended: the client gave it back, or did not refresh it, or its connection ended,
or the server did."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What has happened since the server began; nothing here ever goes back but `allocations`.

    Attributes:
        allocations: that there are now.
        allocated: that there ever were.
        bindings: Binding requests that were answered.
        succeeded: requests of TURN that were granted.
        refused: requests that were answered with an error, the first 401 of a client among them.
        over_budget: requests that stayed without an answer, as their source, or all of them, had
            had as many as there are for who shows no credentials.
        too_short: requests that stayed without an answer, as it would have been too long for them.
        malformed: messages that are none of STUN or TURN, or of no use to a server.
        to_peers: datagrams relayed to peers.
        to_peers_bytes: their payload.
        to_clients: datagrams relayed to clients.
        to_clients_bytes: their payload.
        unpermitted: datagrams that were dropped, as nothing permits them (RFC 8656 section 9).
        unsent: datagrams and answers that the system did not take, or a client read too slowly.
        turned_away: connections that were closed as there were too many.
        timed_out: connections that were closed as they showed no credentials in time.
    """

    allocations: int = 0
    allocated: int = 0
    bindings: int = 0
    succeeded: int = 0
    refused: int = 0
    over_budget: int = 0
    too_short: int = 0
    malformed: int = 0
    to_peers: int = 0
    to_peers_bytes: int = 0
    to_clients: int = 0
    to_clients_bytes: int = 0
    unpermitted: int = 0
    unsent: int = 0
    turned_away: int = 0
    timed_out: int = 0


class Counts:
    """The counters while they count."""

    __slots__ = tuple(field.name for field in fields(Counters))

    allocations: int
    allocated: int
    bindings: int
    succeeded: int
    refused: int
    over_budget: int
    too_short: int
    malformed: int
    to_peers: int
    to_peers_bytes: int
    to_clients: int
    to_clients_bytes: int
    unpermitted: int
    unsent: int
    turned_away: int
    timed_out: int

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, 0)

    def record(self) -> Counters:
        """Give what they say now."""
        return Counters(*[getattr(self, name) for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class Allocated:
    """A client has a relayed address.

    Attributes:
        client: its address and port.
        transport: how it comes.
        user: the user name that it gave.
        relayed: the address that peers send to.
        lifetime_s: how long it has it, unless it refreshes.
    """

    client: str
    transport: Transport
    user: str
    relayed: str
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class Deallocated:
    """A relayed address is given back.

    Attributes:
        client: whose it was.
        transport: how it came.
        user: the user name that it gave.
        relayed: the address.
        reason: why.
        to_peers: datagrams relayed to peers.
        to_peers_bytes: their payload.
        to_clients: datagrams relayed to the client.
        to_clients_bytes: their payload.
    """

    client: str
    transport: Transport
    user: str
    relayed: str
    reason: EndReason
    to_peers: int
    to_peers_bytes: int
    to_clients: int
    to_clients_bytes: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A request was answered with an error.

    Attributes:
        client: its address and port.
        transport: how it comes.
        user: the user name that it gave, which nothing vouches for where the code is 400, 401 or
            438; empty where it gave none.
        request: what was asked for, as `Allocate`.
        code: of the error (RFC 8489 section 14.8, RFC 8656 section 19). A 401 to a request that is
            not signed is how every client begins.
        reason: what was wrong, in a few words.
        peer: the peer's address that it was refused for; empty where it was not for one.
    """

    client: str
    transport: Transport
    user: str
    request: str
    code: int
    reason: str
    peer: str = ""


IceServerEvent = Allocated | Deallocated | Refused
"""What `on_event` is called with."""

OnEvent = Callable[[IceServerEvent], None]
