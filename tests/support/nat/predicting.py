"""Whether two ends find a path, worked out from what stands before them and the servers they have.

A small world of translators, clients and a relay, in which checks are sent as ICE sends them (RFC
8445 section 7): from each socket to each address that the end knows of, told or learned from a
check that came (section 7.3.1.3), until nothing new happens. The translators keep conversations, as
the kernel does: what answers leaves from the outer port at which it was asked, so that a check that
has come through is answered, and both ends have a path.

Pure. Not here: time, and paths over TCP between the two ends, which the engine does not offer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from tests.support.nat.sides import Behaviour, Nat, Side

Transport = Literal["udp", "tcp", "tcp-443", "tls"]
Path = Literal["", "direct", "relayed"]
Address = tuple[str, int]

RELAY_HOST = "the relay"
STUN: Address = ("a server", 3478)
TCP_PORTS: dict[Transport, int] = {"tcp": 3478, "tcp-443": 443, "tls": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The servers that both ends are given.

    Attributes:
        stun: there is one for STUN.
        turn: the transports over which there is one for TURN.
        only_relay: paths through TURN are wanted alone.
    """

    stun: bool = False
    turn: tuple[Transport, ...] = ()
    only_relay: bool = False


class _Translator:
    """One translator with what it remembers."""

    def __init__(self, nat: Nat, outer: str) -> None:
        self.nat, self.outer = nat, outer
        self._ports = count(1)
        self._mappings: dict[tuple[Address, object], int] = {}
        self._conversations: dict[tuple[Address, Address], int] = {}
        self._inner: dict[int, Address] = {}
        self._spoken: set[tuple[int, object]] = set()

    def out(self, inner: Address, remote: Address) -> Address:
        """Translate what goes out; its outer address and port."""
        port = self._conversations.get((inner, remote))
        if port is None:
            key = (inner, _part(self.nat.mapping, remote))
            port = self._mappings.get(key)
            if port is None:
                port = self._mappings[key] = next(self._ports)
                self._inner[port] = inner
            self._conversations[inner, remote] = port
        self._spoken.add((port, _part(self.nat.filtering, remote)))
        return self.outer, port

    def into(self, port: int, remote: Address) -> Address | None:
        """Translate what comes in; the inner address and port, None where it is not let in."""
        inner = self._inner.get(port)
        allowed = (port, _part(self.nat.filtering, remote)) in self._spoken
        if inner is None or not allowed:
            return None
        self._conversations.setdefault((inner, remote), port)
        return inner

    def across(self, port: int) -> Address | None:
        """Translate what comes by the hairpin, which is not filtered."""
        return self._inner.get(port) if self.nat.hairpin else None


class _Firewall(_Translator):
    """What stands before a client of IPv6: it translates nothing, and lets in what answers."""

    def __init__(self, own: str) -> None:
        super().__init__(Nat(), own)

    def out(self, inner: Address, remote: Address) -> Address:
        """Let it out as it is."""
        self._spoken.add((inner[1], remote))
        self._inner[inner[1]] = inner
        return inner


def _part(behaviour: Behaviour, remote: Address) -> object:
    """Give the part of a remote address that a translator goes by."""
    match behaviour:
        case Behaviour.ENDPOINT_INDEPENDENT:
            return None
        case Behaviour.ADDRESS_DEPENDENT:
            return remote[0]
        case Behaviour.ADDRESS_AND_PORT_DEPENDENT:
            return remote


@dataclass(slots=True, eq=False)
class _Socket:
    """What an end sends from: its own socket, or an address that the relay has given it."""

    end: "_End"
    address: Address
    is_relay: bool = False
    permitted: set[str] = field(default_factory=set)  # RFC 8656 section 9: hosts


@dataclass(slots=True, eq=False)
class _End:
    """One end and what stands before it, the translator next to it first."""

    side: Side
    chain: list[_Translator]
    own: str
    sockets: list[_Socket] = field(default_factory=list)
    known: set[Address] = field(default_factory=set)


class _World:
    """Two ends, their translators, and a relay."""

    def __init__(self, one: Side, two: Side, *, together: bool) -> None:
        first = _end(one, "1")
        second = _end(two, "2")
        if together:
            second.chain = first.chain
        self.ends = (first, second)

    def find(self, address: Address) -> _Socket | None:
        """Find the socket that has an address."""
        for end in self.ends:
            for socket in end.sockets:
                if socket.address == address:
                    return socket
        return None

    def send(self, socket: _Socket, to: Address) -> tuple[_Socket, Address] | None:
        """Send a check; who gets it and from where it seems to come, None where it is lost."""
        source = socket.address
        if not socket.is_relay:
            end = socket.end
            if not end.side.blocked.lets_udp or (end.side.family == 6) != (to[0][0] == "6"):
                return None
            for at, each in enumerate(end.chain):
                if to[0] == each.outer:
                    inner, outer = each.across(to[1]), each.out(source, to)
                    return self._inward(reversed(end.chain[:at]), inner, outer)
                source = each.out(source, to)
        return self._arrive(source, to)

    def _arrive(self, source: Address, to: Address) -> tuple[_Socket, Address] | None:
        """Let a packet arrive that is on the public network."""
        if to[0] == RELAY_HOST:
            relay = self.find(to)
            known = relay is not None and source[0] in relay.permitted
            return (relay, source) if relay is not None and known else None
        for end in self.ends:
            outermost = end.chain[-1].outer if end.chain else end.own
            if to[0] == outermost and end.side.blocked.lets_udp:
                return self._inward(reversed(end.chain), to, source)
        return None

    def _inward(
        self, chain: Iterable[_Translator], to: Address | None, source: Address
    ) -> tuple[_Socket, Address] | None:
        for each in chain:
            to = None if to is None else each.into(to[1], source)
        found = None if to is None else self.find(to)
        return None if found is None else (found, source)


def _end(side: Side, name: str) -> _End:
    own = f"{side.family} client {name}"
    if side.family == 6:
        return _End(side, [_Firewall(own)], own)
    chain = [_Translator(nat, f"4 router {name} {at}") for at, nat in enumerate(side.nats)]
    return _End(side, chain, own)


def _gather(end: _End, servers: Servers, ports: Iterator[int]) -> set[Address]:
    """Give an end its sockets; what addresses it tells the other (RFC 8445 section 5.1.1)."""
    told: set[Address] = set()
    blocked = end.side.blocked
    if not servers.only_relay:
        own = _Socket(end, (end.own, next(ports)))
        end.sockets.append(own)
        told.add(own.address)
        if blocked.lets_udp and (servers.stun or "udp" in servers.turn):
            mapped = own.address
            for each in end.chain:
                mapped = each.out(mapped, STUN)
            told.add(mapped)
    for transport in servers.turn:
        port = TCP_PORTS.get(transport)
        if blocked.lets_udp if port is None else blocked.lets_tcp_to(port):
            relayed = _Socket(end, (RELAY_HOST, next(ports)), is_relay=True)
            end.sockets.append(relayed)
            told.add(relayed.address)
    return told


def predicted(one: Side, two: Side, servers: Servers, *, together: bool = False) -> Path:
    """Say whether two ends find a path, and whether one leads straight from one to the other.

    Args:
        one: before the one.
        two: before the other.
        servers: that both have.
        together: both are behind the very same translator.
    """
    world, ports = _World(one, two, together=together), count(1)
    first, second = world.ends
    second.known = _gather(first, servers, ports)
    first.known = _gather(second, servers, ports)
    found: set[tuple[_Socket, _Socket]] = set()
    for _ in range(4):  # what is learned in one round is tried in the next
        for end in world.ends:
            for socket in end.sockets:
                socket.permitted |= {host for host, _ in end.known}
        for end in world.ends:
            for socket, to in [(a, b) for a in end.sockets for b in sorted(end.known)]:
                arrived = world.send(socket, to)
                if arrived is not None and arrived[0].end is not end:
                    found.add((socket, arrived[0]))
                    arrived[0].end.known.add(arrived[1])
    if any(not a.is_relay and not b.is_relay for a, b in found):
        return "direct"
    return "relayed" if found else ""
