"""Follows the ways of one connection, event by event, and reports what was seen of them."""

from collections import deque
from collections.abc import Iterable
from itertools import islice

import msgspec

from wirescope.analysis.paths.candidates import CandidateSeen, candidate_seen
from wirescope.analysis.paths.gathering import Round, ServerSeen, servers_seen
from wirescope.analysis.paths.pairs import (
    MOST_UNTRIED,
    Circumstances,
    PairSeen,
    Untried,
    pair_seen,
    untried,
)
from wirescope.analysis.paths.selected import Consent, Loss, PathSelected, is_same_path
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    Event,
    IceCandidate,
    IceError,
    IcePair,
    IceServersSet,
    PeerState,
    RelayRefused,
    Statistics,
)

MOST_CANDIDATES = 256
"""Of each side; a machine has a dozen."""

MOST_PAIRS = 1024
_MOST = 64


class PathReport(msgspec.Struct, frozen=True):
    """What was seen of the ways between the two sides.

    Attributes:
        relay_only: whether only relayed paths are wanted.
        servers: what the machine and each server gave, and what it said instead.
        gathering: the times of gathering.
        candidates: of both sides, in the order in which they came.
        pairs: those that were tried.
        untried: those that were not, with the reason, the first `MOST_UNTRIED`.
        selected: the paths that data took, one after the other.
        losses: the times without a path, after the first.
        denied: refusals of the own TURN server to relay to a peer (403).
        has_more_untried: whether more than `MOST_UNTRIED` pairs were not tried.
        left_out: how many earlier candidates, pairs, paths and losses are not kept.
    """

    relay_only: bool
    servers: tuple[ServerSeen, ...]
    gathering: tuple[Round, ...]
    candidates: tuple[CandidateSeen, ...]
    pairs: tuple[PairSeen, ...]
    untried: tuple[Untried, ...]
    selected: tuple[PathSelected, ...]
    losses: tuple[Loss, ...]
    denied: tuple[RelayRefused, ...] = ()
    has_more_untried: bool = False
    left_out: int = 0

    def of(self, side: str, *kinds: str) -> list[CandidateSeen]:
        """Give the candidates of one side, of some kinds or of all."""
        return [
            each
            for each in self.candidates
            if each.side == side and (not kinds or each.kind in kinds)
        ]

    @property
    def is_heard(self) -> bool:
        """Whether a check of the other side came, so that something of it gets here."""
        return any(each.received for each in self.pairs)

    @property
    def path(self) -> PathSelected | None:
        """The path that data takes, or took last; None without one."""
        return self.selected[-1] if self.selected else None


class Paths:
    """What is remembered of the ways of one connection.

    Attributes:
        consent: how long there was a path.
        checking: when the checks began; None while they have not.
    """

    def __init__(self) -> None:
        self.consent = Consent()
        self.checking: PeerState | None = None
        self._named: deque[IceServersSet] = deque(maxlen=8)
        self._rounds: list[Round] = []
        self._candidates: dict[tuple[str, str, str, str, int], IceCandidate] = {}
        self._counts = {"local": 0, "remote": 0}
        self._vpn: set[str] = set()
        self._errors: list[IceError] = []
        self._denied: dict[str, RelayRefused] = {}
        self._pairs: dict[tuple[str, str], PairSeen] = {}
        self._selected: deque[PathSelected] = deque(maxlen=_MOST)
        self._first_selected_ns: int | None = None
        self._left_out = 0
        self._ended_ns: int | None = None
        self._report: PathReport | None = None  # kept, since each rule asks for it

    @property
    def relay_only(self) -> bool:
        """Whether only relayed paths are wanted."""
        return bool(self._named) and self._named[-1].policy == "relay"

    def note(self, event: Event) -> None:
        """Take an event of the connection; of other things than its ways it is passed over."""
        match event:
            case PeerState():
                self._move(event)
            case IceServersSet():
                self._named.append(event)
            case IceCandidate():
                self._note_candidate(event)
            case IceError():
                if len(self._errors) < _MOST:
                    self._errors.append(event)
            case RelayRefused(code=403, peer=str(peer)):
                if len(self._denied) < _MOST:
                    self._denied.setdefault(peer, event)
            case IcePair():
                self._note_pair(event)
            case Statistics(object="local-candidate"):
                self._note_interface(event)
            case ConnectionFailed() | ConnectionClosed():
                self._ended_ns = event.at_ns
            case _:
                return
        self._report = None

    def _move(self, event: PeerState) -> None:
        if event.machine == "ice":
            self.consent.note(event)
            if event.to == "checking" and self.checking is None:
                self.checking = event
        elif event.machine == "gathering" and event.to == "gathering":
            if len(self._rounds) < _MOST:
                self._rounds.append(Round(event.seq, event.at_ns))
        elif event.machine == "gathering" and event.to == "complete" and self._rounds:
            self._rounds[-1].ended_ns, self._rounds[-1].ended_seq = event.at_ns, event.seq

    def _note_candidate(self, event: IceCandidate) -> None:
        key = (event.side, event.kind, event.protocol, event.address, event.port)
        if key in self._candidates:
            return
        if self._counts[event.side] == MOST_CANDIDATES:  # of an earlier generation, as a rule
            del self._candidates[next(each for each in self._candidates if each[0] == event.side)]
            self._counts[event.side] -= 1
            self._left_out += 1
        self._candidates[key] = event
        self._counts[event.side] += 1

    def _note_pair(self, event: IcePair) -> None:
        key = event.local, event.remote
        before = self._pairs.get(key)
        if before is None and len(self._pairs) >= MOST_PAIRS:
            del self._pairs[next(iter(self._pairs))]
            self._left_out += 1
        self._pairs[key] = pair_seen(event, before)
        last = self._selected[-1] if self._selected else None
        if event.selected and not is_same_path(last, event):
            if self._first_selected_ns is None:
                self._first_selected_ns = event.at_ns
            self._left_out += len(self._selected) == _MOST
            self._selected.append(self._path(event))

    def _path(self, pair: IcePair) -> PathSelected:
        over = pair.local.split(" ")[1] if " " in pair.local else ""
        server = ""
        if pair.local.startswith("relay "):
            known = (each for each in self._seen("local") if each.words == pair.local)
            relay = next(known, None)
            if relay is not None:
                over, server = relay.relayed_over or over, relay.server
        return PathSelected(pair.seq, pair.at_ns, pair.local, pair.remote, over, server)

    def _note_interface(self, event: Statistics) -> None:
        """Learn of an address that it is of a VPN (of the engine, not of W3C webrtc-stats)."""
        values = event.values
        is_vpn = values.get("vpn") is True or values.get("networkType") == "vpn"
        address = values.get("address") or values.get("ip")
        if is_vpn and isinstance(address, str) and len(self._vpn) < _MOST:
            self._vpn.add(address)

    def _seen(self, side: str = "") -> Iterable[CandidateSeen]:
        for each in self._candidates.values():
            if side in ("", each.side):
                yield candidate_seen(each, is_vpn=each.address in self._vpn)

    def report(self) -> PathReport:
        """Report what was seen so far."""
        if self._report is None:
            self._report = self._make_report()
        return self._report

    def _make_report(self) -> PathReport:
        candidates = tuple(self._seen())
        pairs = tuple(self._pairs.values())
        around = Circumstances(
            self.relay_only,
            self.checking is not None or bool(pairs),
            self._first_selected_ns,
            self._ended_ns,
        )
        not_tried = tuple(islice(untried(candidates, pairs, around), MOST_UNTRIED + 1))
        return PathReport(
            self.relay_only,
            servers_seen(self._named, self._rounds, candidates, self._errors),
            tuple(map(msgspec.structs.replace, self._rounds)),
            candidates,
            pairs,
            not_tried[:MOST_UNTRIED],
            tuple(self._selected),
            tuple(map(msgspec.structs.replace, self.consent.losses)),
            tuple(self._denied.values()),
            len(not_tried) > MOST_UNTRIED,
            self._left_out + self.consent.left_out,
        )


def paths_of(events: Iterable[AnyEvent], *, connection: str | None = None) -> PathReport:
    """Report the ways of a connection; None takes whatever the events are of."""
    paths = Paths()
    for event in events:
        if connection in (None, event.connection):
            paths.note(event)
    return paths.report()
