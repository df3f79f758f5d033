"""What the events of one try tell: when each thing was seen first, and what was seen of it.

Nothing is judged here. Bounded whatever passes: of most things the first one stays.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from wirescope.analysis.descriptions import Described, read_description
from wirescope.analysis.ladder.marks import Asked, Checks, Mark, Sign, Way
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionPhase,
    DataChannelMessage,
    DataChannelOpened,
    Event,
    IceCandidate,
    IceError,
    IcePair,
    IceServersSet,
    MediaTrack,
    PeerState,
    Side,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    address_and_port,
)

OF_WEBRTC = (
    *(SignalingDescription, SignalingExchange, IceServersSet, IceCandidate, IceError, IcePair),
    *(PeerState, DataChannelOpened, DataChannelMessage, MediaTrack),
)
"""Only a WebRTC connection has these, so that one is known by them whose beginning is not there."""

OF_ANY = (ConnectionPhase, ConnectionOpened, ConnectionFailed, ConnectionClosed, Statistics)
"""What other connections have as well; with those above, all that `Facts.take` looks at."""

MOST_ERRORS = 8
MOST_PAIRS = 1000

_MOVES: dict[tuple[str, str], Sign] = {
    ("gathering", "gathering"): "gathering",
    ("gathering", "complete"): "gathered",
    ("ice", "checking"): "checking",
    ("ice", "connected"): "connected",
    ("ice", "completed"): "connected",
    ("ice", "failed"): "ice-failed",
    ("dtls", "connecting"): "dtls-began",
    ("dtls", "connected"): "dtls-done",
    ("dtls", "failed"): "dtls-failed",
    ("sctp", "connected"): "sctp-done",
    ("connection", "connected"): "stands",
}

_STOOD: frozenset[Sign] = frozenset(
    {"stands", "sctp-done", "channel", "channel-used", "media-came", "media-went"}
)

_CHECKED = ("in-progress", "succeeded")
"""States of a pair over which a check was sent (RFC 8445 section 6.1.2.6)."""


@dataclass(slots=True)
class Facts:
    """What is known of one try.

    Attributes:
        connection: whose it is.
        url: where it leads; empty where that was not seen.
        began: the connection's opening, or the offer that begins ICE anew; None before it is seen.
        attempt: its number.
        marks: what was seen first, when.
        way: the WebSocket of the signaling; None where none was seen.
        exchange: the request of HTTP that carried it, or the last that tried to.
        offer: the offer's side and what it says.
        answer: the answer's.
        local: kinds of this end's candidates.
        remote: kinds of the other side's.
        relays: addresses of the TURN servers that were named last.
        gave: addresses of the servers that gave this end one of its own.
        errors: what ICE servers refused.
        pair: the pair that was selected first, or nominated, as long as none was.
        checks: of each pair, where it is told.
        channel: the first data channel.
        failed: why the connection came to nothing.
        closed: how it ended.
        path_works: whether ICE stands, be it on the path of an earlier try.
        known: candidates of the tries before, as pairs say them.
    """

    connection: str
    url: str = ""
    began: Mark | None = None
    attempt: int = 1
    marks: dict[Sign, Mark] = field(default_factory=dict)
    way: Way | None = None
    exchange: Asked | None = None
    offer: tuple[Side, Described | None] | None = None
    answer: tuple[Side, Described | None] | None = None
    local: Counter[str] = field(default_factory=Counter)
    remote: Counter[str] = field(default_factory=Counter)
    relays: list[str] = field(default_factory=list)
    gave: set[str] = field(default_factory=set)
    errors: list[IceError] = field(default_factory=list)
    pair: IcePair | None = None
    checks: dict[tuple[str, str], Checks] = field(default_factory=dict)
    channel: DataChannelOpened | None = None
    failed: ConnectionFailed | None = None
    closed: ConnectionClosed | None = None
    path_works: bool = False
    known: frozenset[str] = frozenset()
    _told: set[str] = field(default_factory=set)  # candidates, as pairs say them
    _early: dict[tuple[str, str], IcePair] = field(default_factory=dict)  # before the answer

    def mark(self, sign: Sign, event: Event) -> None:
        """Remember the first event of a sign."""
        self.marks.setdefault(sign, Mark(event.at_ns, event.seq))

    def begin_anew(self, offer: SignalingDescription) -> "Facts":
        """Give the facts of the try that follows, which this offer begins."""
        known = self._told | self.known if len(self.known) < MOST_PAIRS else self._told
        return Facts(
            self.connection,
            self.url,
            Mark(offer.at_ns, offer.seq),
            self.attempt + 1,
            path_works=self.path_works,
            known=frozenset(known),
        )

    def take(self, event: Event) -> None:
        """Take an event of the connection, in its order."""
        match event:
            case PeerState():
                self._take_move(event)
            case SignalingDescription():
                self._take_description(event)
            case SignalingExchange():
                self._take_exchange(event)
            case IceCandidate():
                self._take_candidate(event)
            case IceServersSet():
                named = (each.url for each in event.servers)
                self.relays = [url for url in named if url.startswith(("turn:", "turns:"))]
            case IceError():
                if len(self.errors) < MOST_ERRORS:
                    self.errors.append(event)
            case IcePair():
                self._take_pair(event)
            case DataChannelOpened():
                self.channel = self.channel or event
                self.mark("channel", event)
            case DataChannelMessage():
                self.mark("channel-used", event)
            case MediaTrack():
                if event.direction == "sent":
                    self.mark("source", event)
            case Statistics():
                self._take_statistics(event)
            case ConnectionPhase():
                if event.name == "first-media":
                    self.mark("media-came", event)
            case ConnectionOpened():
                self.mark("stands", event)
            case ConnectionFailed():
                self.failed = event
            case ConnectionClosed():
                self.closed = event
            case _:
                pass

    def _take_move(self, event: PeerState) -> None:
        if event.machine == "ice" and event.to != "closed":  # which says how it was left
            self.path_works = event.to in ("connected", "completed")
        sign = _MOVES.get((event.machine, event.to))
        if sign is not None and not (event.machine == "ice" and self._is_of_before):
            self.mark(sign, event)

    @property
    def _is_of_before(self) -> bool:
        """Whether what is said of ICE is about the generation before (RFC 8445 section 9)."""
        return self.attempt > 1 and self.answer is None

    def _is_known_from_before(self, pair: IcePair) -> bool:
        """Whether neither candidate of a pair was told in this try, nor found by its checks."""
        both = (pair.local, pair.remote)
        is_found = any(each.startswith("prflx ") for each in both)
        return self.attempt > 1 and not is_found and self._told.isdisjoint(both)

    def _keep_early(self, pair: IcePair) -> None:
        """Keep a pair of a restart that has no answer yet, to be taken with the answer.

        The engine checks its new addresses against the ones of before that the other side has, and
        may choose such a pair. Others that are seen meanwhile are of the generation before.
        """
        key = pair.local, pair.remote
        is_new = not (self._told - self.known).isdisjoint(key)
        if is_new and (key in self._early or len(self._early) < MOST_PAIRS):
            self._early[key] = pair

    def _take_description(self, event: SignalingDescription) -> None:
        if event.kind in ("answer", "pranswer"):
            self._take_answer(event)
        elif self.answer is None:  # later rounds change what is agreed on, but are no rung
            self.marks.pop("offer", None)  # an offer that collides gives way (RFC 9429 4.1.10.2)
            self.offer = None
            if event.kind == "offer":
                self.mark("offer", event)
                self.offer = event.side, read_description(event.sdp)

    def _take_answer(self, event: SignalingDescription) -> None:
        self.mark("answer", event)
        described = read_description(event.sdp)
        if described is None and self.answer is not None:
            return
        self.answer = event.side, described
        early, self._early = self._early, {}
        for pair in sorted(early.values(), key=lambda each: each.seq):
            self._take_pair(pair)
        if self.receives:
            self.mark("media-agreed", event)
        elif self.sends:
            self.mark("sending-agreed", event)
        if self.has_channels:
            self.mark("channels-agreed", event)

    def _take_exchange(self, event: SignalingExchange) -> None:
        before = self.exchange
        is_asked = before is not None and before.method == "POST"
        is_agreed = before is not None and before.is_agreed
        # Later ones carry candidates, or take leave; what was refused may be asked again.
        if not is_asked or (event.method == "POST" and not is_agreed):
            began = Mark(max(0, event.at_ns - event.duration_ns), event.seq)
            ended = Mark(event.at_ns, event.seq)
            self.exchange = Asked(event.method, event.status, began, ended)

    def _take_candidate(self, event: IceCandidate) -> None:
        if len(self._told) < MOST_PAIRS:
            where = address_and_port(event.address, event.port)
            self._told.add(f"{event.kind} {event.protocol} {where}")
        if event.side == "local":
            self.local[event.kind] += 1
            self.mark("local-candidate", event)
            if event.url and len(self.gave) < MOST_ERRORS:
                self.gave.add(event.url)
        else:
            self.remote[event.kind] += 1

    def _take_pair(self, event: IcePair) -> None:
        if self._is_of_before:
            self._keep_early(event)
            return
        if self._is_known_from_before(event):
            return
        before = self.pair  # the one that was chosen first is the one with which the rung was done
        if (event.selected and (before is None or not before.selected)) or (
            event.nominated and before is None
        ):
            self.pair = event
        key = event.local, event.remote
        if event.checks_sent is not None and (key in self.checks or len(self.checks) < MOST_PAIRS):
            self.checks[key] = Checks(
                event.checks_sent, event.checks_answered or 0, event.checks_received or 0
            )
        if event.checks_sent or event.state in _CHECKED:
            self.mark("check-sent", event)
        if event.checks_answered or event.state == "succeeded":
            self.mark("check-answered", event)
        if event.nominated or event.selected:
            self.mark("chosen", event)

    def _take_statistics(self, event: Statistics) -> None:
        self.mark("sampled", event)
        if event.object == "inbound-rtp" and event.values.get("packetsReceived"):
            self.mark("media-came", event)
        elif event.object == "outbound-rtp" and event.values.get("packetsSent"):
            self.mark("media-went", event)

    @property
    def posted(self) -> Asked | None:
        """The request that carried this end's offer (RFC 9725 section 4.2), once it is over."""
        asked = self.exchange
        is_client = self.url.startswith(("whip+", "whep+")) and self.attempt == 1
        is_own = self.offer is None or self.offer[0] == "local"
        is_post = asked is not None and asked.method == "POST"
        return asked if is_client and is_own and is_post else None

    @property
    def offered(self) -> Mark | None:
        """When the offer was there; one that is posted is set only once it is answered."""
        told, posted = self.marks.get("offer"), self.posted
        if posted is None:
            return told
        return posted.began if told is None else min(told, posted.began)

    @property
    def has_stood(self) -> bool:
        """Whether it is known that data passed, or could."""
        return not self.marks.keys().isdisjoint(_STOOD)

    @property
    def has_channels(self) -> bool | None:
        """Whether data channels are agreed on; None while that is not known."""
        return self._agreed(lambda said, _: said.channels)

    @property
    def receives(self) -> bool | None:
        """Whether this end is to receive media; None while that is not known."""
        return self._agreed(lambda said, is_own: said.receives if is_own else said.sends)

    @property
    def sends(self) -> bool | None:
        """Whether this end is to send media; None while that is not known."""
        return self._agreed(lambda said, is_own: said.sends if is_own else said.receives)

    def _agreed(self, asked: Callable[[Described, bool], bool]) -> bool | None:
        """Ask the answer; before there is one, the offer, which can only rule things out."""
        side, said = self.answer or self.offer or ("local", None)
        if said is None:
            return None
        found = asked(said, side == "local")
        return found if self.answer is not None or not found else None

    @property
    def all_checks(self) -> Checks:
        """The checks of all pairs together."""
        counts = self.checks.values()
        return Checks(
            sum(each.sent for each in counts),
            sum(each.answered for each in counts),
            sum(each.received for each in counts),
        )
