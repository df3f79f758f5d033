"""The ways of a connection as JSON can carry them, to programs and to the page.

Times are in milliseconds from the beginning of the capture, as `at_ms`, or lengths of time. Numbers
of events are `event` and `events`.
"""

import msgspec

from wirescope.analysis.paths.candidates import CandidateSeen
from wirescope.analysis.paths.following import PathReport
from wirescope.analysis.paths.gathering import ServerSeen
from wirescope.analysis.paths.pairs import REASON_WORDS, Reason, Untried
from wirescope.events import Side

_EXAMPLES = 100


class WayError(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said instead of an address.

    Attributes:
        at_ms: when.
        code: the server's, or 701.
        message: the words that came with it.
        meaning: of the code, in a sentence.
        advice: what to do; empty for the usual first answer.
        normal: whether it is that.
        event: number of the event.
    """

    at_ms: float
    code: int
    message: str
    meaning: str
    advice: str
    normal: bool
    event: int


class WayServer(msgspec.Struct, frozen=True, kw_only=True):
    """A STUN or TURN server, or the machine itself, and what it gave.

    Attributes:
        url: of the server; None for the machine itself.
        transport: `udp`, `tcp` or `tls`, between this end and it; None for the machine itself.
        asked_ms: when gathering began; None if that was not seen.
        first_candidate_ms: how long after that its first address came; None without one.
        last_candidate_ms: how long after that its last one came.
        candidates: how many it gave.
        valid_s: how long the credentials held when it was named; None where they do not say.
        errors: what it said instead.
    """

    url: str | None
    transport: str | None
    asked_ms: float | None
    first_candidate_ms: float | None
    last_candidate_ms: float | None
    candidates: int
    valid_s: float | None
    errors: list[WayError]


class WayGathering(msgspec.Struct, frozen=True, kw_only=True):
    """One time of gathering.

    Attributes:
        at_ms: when it began.
        took_ms: until it was complete; None while it is not.
    """

    at_ms: float
    took_ms: float | None


class WayCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate with its class.

    Attributes:
        side: whose it is.
        kind: `host`, `srflx`, `prflx` or `relay`.
        protocol: `udp` or `tcp`.
        address: its IP address, or a name of mDNS.
        port: of it.
        family: 4 or 6; None of a name.
        reach: from how far away it can be reached, in a word.
        over: `vpn` or `bridge`; None where that is not told.
        tcp_type: `active`, `passive` or `so`; None of UDP.
        server: the server that gave it, of local ones; else None.
        relayed_over: `udp`, `tcp` or `tls` to the server that relays; None of others.
        about: all of its class in words.
        event: number of its event.
    """

    side: Side
    kind: str
    protocol: str
    address: str
    port: int
    family: int | None
    reach: str
    over: str | None
    tcp_type: str | None
    server: str | None
    relayed_over: str | None
    about: str
    event: int


class WayPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that was tried.

    Attributes:
        local: this end's candidate, as `host udp 192.0.2.1:50000`.
        remote: the other side's.
        state: how far the checks came last (RFC 8445 section 6.1.2.6).
        nominated: whether the controlling side chose it.
        selected: whether data takes this way, or took it last.
        event: number of the last event about it.
    """

    local: str
    remote: str
    state: str
    nominated: bool
    selected: bool
    event: int


class WayUntriedPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that was not tried.

    Attributes:
        local: this end's candidate; None where there is none.
        remote: the other side's; None where there is none.
        reason: why, in a word.
        words: in a sentence.
        events: numbers of those of the two candidates.
    """

    local: str | None
    remote: str | None
    reason: str
    words: str
    events: list[int]


class WayReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why pairs were not tried.

    Attributes:
        reason: in a word.
        words: in a sentence.
        count: how many there are.
        first: one of them, the first.
    """

    reason: str
    words: str
    count: int
    first: WayUntriedPair


class WaysUntried(msgspec.Struct, frozen=True, kw_only=True):
    """The pairs that were not tried.

    Attributes:
        count: how many were counted.
        at_least: whether there are more, which were not.
        reasons: of those that were counted, the most frequent first.
        first: the first hundred.
    """

    count: int
    at_least: bool
    reasons: list[WayReason]
    first: list[WayUntriedPair]


class WaySelected(msgspec.Struct, frozen=True, kw_only=True):
    """A path that data took.

    Attributes:
        at_ms: from when on.
        local: this end's candidate.
        remote: the other side's.
        relayed: whether a relay passes the data on.
        over: `udp`, `tcp` or `tls`, to the relay where there is one.
        server: the relay of this end; None without one.
        event: number of the event.
    """

    at_ms: float
    local: str
    remote: str
    relayed: bool
    over: str
    server: str | None
    event: int


class WayLoss(msgspec.Struct, frozen=True, kw_only=True):
    """A time without a path.

    Attributes:
        at_ms: from when on.
        lasted_ms: until there was one again; None if none was found.
        gave_up: whether ICE was `failed`.
        event: number of the event.
    """

    at_ms: float
    lasted_ms: float | None
    gave_up: bool
    event: int


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """The ways of one connection.

    Attributes:
        relay_only: whether only relayed paths are wanted.
        servers: what the machine itself and each server gave.
        gathering: the times of it.
        candidates: of both sides, in the order in which they came.
        pairs: those that were tried.
        untried: those that were not.
        selected: the paths that data took, one after the other.
        losses: the times without one.
        left_out: how many earlier candidates, pairs, paths and losses are not kept.
    """

    relay_only: bool
    servers: list[WayServer]
    gathering: list[WayGathering]
    candidates: list[WayCandidate]
    pairs: list[WayPair]
    untried: WaysUntried
    selected: list[WaySelected]
    losses: list[WayLoss]
    left_out: int


def path_figures(report: PathReport) -> Ways:
    """Give what was seen of a connection's ways."""
    return Ways(
        relay_only=report.relay_only,
        servers=[_server(each) for each in report.servers],
        gathering=[
            WayGathering(at_ms=_ms(each.began_ns), took_ms=_since(each.began_ns, each.ended_ns))
            for each in report.gathering
        ],
        candidates=[_candidate(each) for each in report.candidates],
        pairs=[
            WayPair(
                local=each.local,
                remote=each.remote,
                state=each.state,
                nominated=each.nominated,
                selected=each.selected,
                event=each.seq,
            )
            for each in report.pairs
        ],
        untried=_untried(report),
        selected=[
            WaySelected(
                at_ms=_ms(each.at_ns),
                local=each.local,
                remote=each.remote,
                relayed=each.is_relayed,
                over=each.over,
                server=each.server or None,
                event=each.seq,
            )
            for each in report.selected
        ],
        losses=[
            WayLoss(
                at_ms=_ms(each.from_ns),
                lasted_ms=_since(each.from_ns, each.until_ns),
                gave_up=each.failed,
                event=each.seq,
            )
            for each in report.losses
        ],
        left_out=report.left_out,
    )


def _server(server: ServerSeen) -> WayServer:
    asked_ns = server.asked_ns
    return WayServer(
        url=server.url or None,
        transport=server.transport or None,
        asked_ms=None if asked_ns is None else _ms(asked_ns),
        first_candidate_ms=_since(asked_ns, server.first_ns),
        last_candidate_ms=_since(asked_ns, server.last_ns),
        candidates=len(server.candidates),
        valid_s=server.valid_s,
        errors=[
            WayError(
                at_ms=_ms(each.at_ns),
                code=each.code,
                message=each.message,
                meaning=each.meaning,
                advice=each.advice,
                normal=each.is_normal,
                event=each.seq,
            )
            for each in server.errors
        ],
    )


def _candidate(candidate: CandidateSeen) -> WayCandidate:
    return WayCandidate(
        side=candidate.side,
        kind=candidate.kind,
        protocol=candidate.protocol,
        address=candidate.address,
        port=candidate.port,
        family=candidate.family or None,
        reach=candidate.reach.value,
        over=candidate.over or None,
        tcp_type=candidate.tcp_type or None,
        server=candidate.server or None,
        relayed_over=candidate.relayed_over or None,
        about=candidate.about,
        event=candidate.seq,
    )


def _untried(report: PathReport) -> WaysUntried:
    by_reason: dict[Reason, list[Untried]] = {}
    for each in report.untried:
        by_reason.setdefault(each.reason, []).append(each)
    return WaysUntried(
        count=len(report.untried),
        at_least=report.has_more_untried,
        reasons=[
            WayReason(
                reason=reason.value,
                words=REASON_WORDS[reason],
                count=len(pairs),
                first=_untried_pair(pairs[0]),
            )
            for reason, pairs in sorted(by_reason.items(), key=lambda of: (-len(of[1]), of[0]))
        ],
        first=[_untried_pair(each) for each in report.untried[:_EXAMPLES]],
    )


def _untried_pair(pair: Untried) -> WayUntriedPair:
    return WayUntriedPair(
        local=pair.local or None,
        remote=pair.remote or None,
        reason=pair.reason.value,
        words=pair.words,
        events=list(pair.seqs),
    )


def _since(from_ns: int | None, to_ns: int | None) -> float | None:
    return None if from_ns is None or to_ns is None else _ms(to_ns - from_ns)


def _ms(ns: int) -> float:
    return round(ns / 1e6, 3)
