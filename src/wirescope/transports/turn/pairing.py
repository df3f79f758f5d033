"""Which pairs of NATs let two peers connect directly, with STUN alone. Pure.

Behaviours are named as RFC 4787 (sections 4.1 and 5) and RFC 5780 have them. The prediction plays
the connectivity checks of ICE (RFC 8445 section 7) between two modelled NATs: each side sends to
every address of the other that it knows, and learns those that checks come from. A check that
arrives is answered, and the answer finds its way back: it leaves from where the check came in,
since translators keep conversations, whatever their mapping is for what begins inside. There is no
table of results; what is predicted follows from the two behaviours alone.
"""

from dataclasses import dataclass
from enum import Enum

_ROUNDS = 6  # what has not worked by then makes new addresses for ever
_STUN = ("server", 0)

Place = tuple[str, int]


class Behaviour(Enum):
    """What a mapping, or a filter, depends on (RFC 4787)."""

    ENDPOINT_INDEPENDENT = "endpoint-independent"
    ADDRESS_DEPENDENT = "address-dependent"
    ADDRESS_AND_PORT_DEPENDENT = "address-and-port-dependent"

    def key(self, peer: Place) -> Place:
        """Give the part of a peer's address that it depends on."""
        match self:
            case Behaviour.ENDPOINT_INDEPENDENT:
                return "", 0
            case Behaviour.ADDRESS_DEPENDENT:
                return peer[0], 0
            case Behaviour.ADDRESS_AND_PORT_DEPENDENT:
                return peer


@dataclass(frozen=True, slots=True)
class NatBehaviour:
    """What a NAT does.

    Attributes:
        mapping: what the outer port of a socket depends on.
        filtering: whose datagrams are let in to it.
        hairpins: whether what is sent to an outer address from within comes in again.
    """

    mapping: Behaviour
    filtering: Behaviour
    hairpins: bool = False


class _Nat:
    """A NAT with one peer behind it, which sends from one socket."""

    def __init__(self, name: str, behaviour: NatBehaviour) -> None:
        self._name = name
        self._behaviour = behaviour
        self._ports: dict[Place, int] = {}
        self._talks: dict[Place, int] = {}
        self._sent: dict[int, set[Place]] = {}

    def send(self, to: Place) -> Place:
        """Send a datagram; where it comes from outside."""
        key = self._behaviour.mapping.key(to)
        port = self._talks.get(to) or self._ports.setdefault(key, len(self._ports) + 1)
        self._talks[to] = port
        self._sent.setdefault(port, set()).add(self._behaviour.filtering.key(to))
        return self._name, port

    def lets_in(self, to: Place, source: Place) -> bool:
        """Whether a datagram to an outer address comes in; a conversation begins then."""
        allowed = self._sent.get(to[1], set())
        if to[0] != self._name or self._behaviour.filtering.key(source) not in allowed:
            return False
        self._talks.setdefault(source, to[1])  # what is sent there now leaves from this port
        return True


class _Side:
    def __init__(self, name: str, behaviour: NatBehaviour) -> None:
        self.nat = _Nat(name, behaviour)
        self.reflexive = self.nat.send(_STUN)
        self.known: list[Place] = []


def can_connect(one: NatBehaviour, other: NatBehaviour) -> bool:
    """Predict whether two peers behind these NATs find a direct path, with a STUN server each.

    The NATs are two, each with one outer address; of peers behind the same one nothing is said.

    >>> open_one = NatBehaviour(Behaviour.ENDPOINT_INDEPENDENT, Behaviour.ENDPOINT_INDEPENDENT)
    >>> closed = Behaviour.ADDRESS_AND_PORT_DEPENDENT
    >>> can_connect(open_one, NatBehaviour(closed, closed))
    True
    >>> can_connect(NatBehaviour(closed, closed), NatBehaviour(closed, closed))
    False
    """
    sides = _Side("one", one), _Side("other", other)
    sides[0].known.append(sides[1].reflexive)
    sides[1].known.append(sides[0].reflexive)
    for _ in range(_ROUNDS):
        for asking, asked in (sides, sides[::-1]):
            if any(_check(asking, asked, place) for place in asking.known[:]):
                return True
    return False


def _check(asking: _Side, asked: _Side, to: Place) -> bool:
    """Send one check, and say whether it arrives; then it is answered the way that it came."""
    source = asking.nat.send(to)
    if not asked.nat.lets_in(to, source):
        return False
    if source not in asked.known:
        asked.known.append(source)  # a peer-reflexive candidate (RFC 8445 section 7.3.1.3)
    return True
