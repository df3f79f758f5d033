"""Candidate pairs: those that were tried, and why the others were not (RFC 8445 section 6.1.2).

An engine makes a pair only of two candidates that can reach each other by their kind; what it makes
none of, it does not tell of. The reasons are read from the two candidates.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

from wirescope.analysis.paths.addresses import Reach
from wirescope.analysis.paths.candidates import CandidateSeen
from wirescope.events import IcePair, address_and_port


class Reason(StrEnum):
    """Why a pair was not tried."""

    FAMILY = "family"
    TRANSPORT = "transport"
    TCP_TYPE = "tcp-type"
    NAME = "name"
    SCOPE = "scope"
    NO_RELAY = "no-relay"
    NO_LOCAL = "no-local"
    NO_REMOTE = "no-remote"
    LATE = "late"
    REDUNDANT = "redundant"
    SETTLED = "settled"
    NOT_BEGUN = "not-begun"
    UNSEEN = "unseen"


REASON_WORDS = {
    Reason.FAMILY: "One is IPv4 and the other IPv6.",
    Reason.TRANSPORT: "One is UDP and the other TCP.",
    Reason.TCP_TYPE: "Of two ends of TCP one has to be active and the other passive.",
    Reason.NAME: "The other side's name of mDNS leads to no address here.",
    Reason.SCOPE: "A link-local address of IPv6 reaches only others of its link.",
    Reason.NO_RELAY: "Only relayed paths are wanted, and this end has no relayed address.",
    Reason.NO_LOCAL: "This end has found no address.",
    Reason.NO_REMOTE: "The other side has told no address.",
    Reason.LATE: "It came when the connection was over.",
    Reason.REDUNDANT: "Its base is tried instead, which is the same way (RFC 8445 6.1.2.4).",
    Reason.SETTLED: "It came when a path had been chosen.",
    Reason.NOT_BEGUN: "No check was begun.",
    Reason.UNSEEN: "No sample shows it: it was given up between two of them, or not needed.",
}

_TCP_PARTNERS = {("active", "passive"), ("passive", "active"), ("so", "so")}  # RFC 6544 section 6.2

MOST_UNTRIED = 1000


class PairSeen(msgspec.Struct, frozen=True):
    """A pair that was tried.

    Attributes:
        local: this end's candidate, as `host udp 192.0.2.1:50000`.
        remote: the other side's.
        state: how far the checks came last (RFC 8445 section 6.1.2.6).
        nominated: whether the controlling side chose it.
        selected: whether data takes this way, or took it last.
        first_ns: when it was seen first.
        last_ns: when it moved last.
        seq: the number of the last event about it.
        sent: the checks of this end (RFC 8445 section 7); None where no event counts them.
        answered: those of them that the other side answered; None as well.
        received: the checks of the other side; None as well.
    """

    local: str
    remote: str
    state: str
    nominated: bool
    selected: bool
    first_ns: int
    last_ns: int
    seq: int
    sent: int | None = None
    answered: int | None = None
    received: int | None = None


class Untried(msgspec.Struct, frozen=True):
    """A pair that was never tried.

    Attributes:
        local: this end's candidate; empty where there is none.
        remote: the other side's; empty where there is none.
        reason: why.
        seqs: the events of the two candidates.
    """

    local: str
    remote: str
    reason: Reason
    seqs: tuple[int, ...]

    @property
    def words(self) -> str:
        """Why, in a sentence."""
        return REASON_WORDS[self.reason]


class Circumstances(msgspec.Struct, frozen=True):
    """What else decides whether a pair is tried.

    Attributes:
        relay_only: only relayed paths are wanted.
        begun: whether the checks began.
        selected_ns: when the first path was selected; None without one.
        ended_ns: when the connection ended; None while it has not.
    """

    relay_only: bool
    begun: bool
    selected_ns: int | None
    ended_ns: int | None


def pair_seen(event: IcePair, before: PairSeen | None) -> PairSeen:
    """Make the record of a pair; counts that an event does not tell stay as they were told last."""
    new = event.checks_sent, event.checks_answered, event.checks_received
    old = (None,) * 3 if before is None else (before.sent, before.answered, before.received)
    return PairSeen(
        event.local,
        event.remote,
        event.state,
        event.nominated,
        event.selected,
        event.at_ns if before is None else before.first_ns,
        event.at_ns,
        event.seq,
        *(last if count is None else count for count, last in zip(new, old, strict=True)),
    )


_End = tuple[str, str]
"""What a candidate is known by: its protocol, and its address with the port."""


def untried(
    candidates: Iterable[CandidateSeen], tried: Sequence[PairSeen], around: Circumstances
) -> Iterator[Untried]:
    """Yield the pairs that were not tried, with the reason."""
    sides: dict[str, list[CandidateSeen]] = {"local": [], "remote": []}
    for each in candidates:
        if each.kind != "prflx" and not (around.relay_only and _is_held_back(each)):
            sides[each.side].append(each)
    local, remote = sides["local"], sides["remote"]
    lone = Reason.NO_RELAY if around.relay_only else Reason.NO_LOCAL
    if not local:
        yield from (Untried("", each.words, lone, (each.seq,)) for each in remote)
    elif not remote:
        yield from (Untried(each.words, "", Reason.NO_REMOTE, (each.seq,)) for each in local)
    done = {(_end(pair.local), _end(pair.remote)) for pair in tried}
    hidden = {(_end(pair.local), _end(pair.remote)) for pair in tried if "unknown" in pair.remote}
    for mine in local:
        for theirs in remote:
            if not _is_tried(mine, theirs, done, hidden):
                reason = _reason(mine, theirs, around)
                yield Untried(mine.words, theirs.words, reason, (mine.seq, theirs.seq))


def _is_held_back(candidate: CandidateSeen) -> bool:
    return candidate.side == "local" and candidate.kind != "relay"


def _end(words: str) -> _End:
    _, _, rest = words.partition(" ")
    protocol, _, where = rest.partition(" ")
    return protocol, where


def _ends_of(candidate: CandidateSeen) -> list[_End]:
    """Give what a candidate may be known by in a pair."""
    where = address_and_port(candidate.address, candidate.port)
    ends = [(candidate.protocol, where)]
    if candidate.tcp_type == "active":  # it is told with port 9, RFC 6544 section 4.5
        ends += [(candidate.protocol, address_and_port(candidate.address, port)) for port in (0, 9)]
    return ends


def _is_tried(
    mine: CandidateSeen,
    theirs: CandidateSeen,
    done: set[tuple[_End, _End]],
    hidden: set[tuple[_End, _End]],
) -> bool:
    """Whether there is a pair of the two, whatever kind each is called by.

    A candidate that was found by the checks before it was told has no address in the statistics.
    """
    if any((one, other) in done for one in _ends_of(mine) for other in _ends_of(theirs)):
        return True
    unknown = (theirs.protocol, f"unknown:{theirs.port}")
    return any((one, unknown) in hidden for one in _ends_of(mine))


def _reason(mine: CandidateSeen, theirs: CandidateSeen, around: Circumstances) -> Reason:
    later_ns = max(mine.at_ns, theirs.at_ns)
    if around.ended_ns is not None and later_ns >= around.ended_ns:
        return Reason.LATE
    if mine.protocol != theirs.protocol:
        return Reason.TRANSPORT
    if mine.protocol == "tcp" and (mine.tcp_type, theirs.tcp_type) not in _TCP_PARTNERS:
        return Reason.TCP_TYPE
    if theirs.reach is Reach.MDNS:
        return Reason.NAME
    if mine.family and theirs.family and mine.family != theirs.family:
        return Reason.FAMILY
    linked = [each.reach is Reach.LINK_LOCAL for each in (mine, theirs)]
    if mine.family == 6 and any(linked) and not all(linked):
        return Reason.SCOPE
    if mine.kind == "srflx":
        return Reason.REDUNDANT
    if around.selected_ns is not None and later_ns > around.selected_ns:
        return Reason.SETTLED
    return Reason.UNSEEN if around.begun else Reason.NOT_BEGUN
