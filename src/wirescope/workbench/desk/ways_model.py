"""What the desk tells of the ways between the two sides of a WebRTC connection.

Plain records without behaviour, as in `model`; the page's types are generated from them. The words
are those of `wirescope.analysis`.
"""

import msgspec

from wirescope.events import Side


class WayError(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said instead of an address.

    Attributes:
        seq: number of the event.
        at_ns: when.
        code: the server's, or 701.
        message: the words that came with it.
        meaning: of the code.
        advice: what to do; empty for the usual first answer.
        normal: whether it is that.
    """

    seq: int
    at_ns: int
    code: int
    message: str
    meaning: str
    advice: str
    normal: bool


class WayServer(msgspec.Struct, frozen=True, kw_only=True):
    """A STUN or TURN server, and what it gave.

    Attributes:
        url: of it.
        transport: `udp`, `tcp` or `tls`, between this end and it.
        asked_ns: when gathering began; -1 if that was not seen.
        first_ns: when its first address came; -1 without one.
        last_ns: when its last one came; -1 without one.
        addresses: the events of what it gave.
        errors: what it said instead.
    """

    url: str
    transport: str
    asked_ns: int
    first_ns: int
    last_ns: int
    addresses: list[int]
    errors: list[WayError]


class WayAddress(msgspec.Struct, frozen=True, kw_only=True):
    """The class of a candidate.

    Attributes:
        seq: number of its event.
        side: whose it is.
        words: it, as `host udp 192.0.2.1:50000`.
        reach: from how far away it can be reached, in a word.
        about: all of its class in words.
    """

    seq: int
    side: Side
    words: str
    reach: str
    about: str


class WayUntried(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs that were not tried for the same reason.

    Attributes:
        reason: in a word.
        words: in a sentence.
        count: how many there are.
        examples: the first ones, each this end's candidate and the other side's; one may be empty.
    """

    reason: str
    words: str
    count: int
    examples: list[tuple[str, str]]


class WayTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A path that data took.

    Attributes:
        seq: number of the event.
        at_ns: from when on.
        local: this end's candidate.
        remote: the other side's.
        relayed: whether a relay passes the data on.
        over: `udp`, `tcp` or `tls`, to the relay where there is one.
        server: the relay of this end; empty without one.
    """

    seq: int
    at_ns: int
    local: str
    remote: str
    relayed: bool
    over: str
    server: str


class WayLoss(msgspec.Struct, frozen=True, kw_only=True):
    """A time without a path.

    Attributes:
        seq: number of the event.
        at_ns: from when on.
        lasted_ns: until there was one again; -1 if none was found.
        gave_up: whether ICE was `failed`.
    """

    seq: int
    at_ns: int
    lasted_ns: int
    gave_up: bool


class WaysView(msgspec.Struct, frozen=True, kw_only=True):
    """The ways of one connection.

    Attributes:
        connection: its id.
        relay_only: whether only relayed paths are wanted.
        servers: what each gave.
        addresses: the class of each candidate.
        tried: how many pairs were tried.
        untried: those that were not, by their reasons.
        taken: the paths that data took, one after the other.
        losses: the times without one.
    """

    connection: str
    relay_only: bool
    servers: list[WayServer]
    addresses: list[WayAddress]
    tried: int
    untried: list[WayUntried]
    taken: list[WayTaken]
    losses: list[WayLoss]
