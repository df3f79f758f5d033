"""The bench on which a server is examined: it makes the connections and remembers what they showed.

Every connection is written into one recording. The one that a user would have made is judged by
the rules for all connections; those that are made only to try something are not, since a foreign
Origin that is refused, say, is what should happen.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from msgspec import structs

from wirescope.analysis import (
    DOCTOR_RULES,
    RULES,
    Analyzer,
    Conversation,
    Examination,
    Found,
    Rule,
    Verdict,
)
from wirescope.errors import WirescopeError
from wirescope.events import (
    ConnectionClosed,
    Emission,
    Event,
    EventSink,
    Full,
    Timeline,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.transports import websocket
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection, WebSocketURL
from wirescope.workbench.doctor.model import DoctorOptions
from wirescope.workbench.doctor.notebook import Notebook

PROBE_CLOSE_S = 1.0
"""Seconds that a connection which was only a try is given to close."""

_OWN_WORD = {"WS205", "WS206", "WS223", "WS401", "WS402", "WS403", "WS405"}
"""Rules for all connections about pings and Close: an examination says it better, and pings on its
own account."""

_PEER_CODES = {*(f"WS{number}" for number in range(210, 221)), "WS222"}
"""Rules for all connections about the code that the peer closed with. In the answer to a Close of
this end, it is WS805 that tells of another code."""

_KEPT = 64


class Attempt:
    """A connection, or one try of several in a row, and what it showed.

    Attributes:
        events: the first of its events that are neither frames nor messages.
    """

    def __init__(self, take: Callable[[Sequence[Emission]], Full | None]) -> None:
        self.events: list[Event] = []
        self._take = take
        self._ledger = Analyzer(rules=())

    @property
    def conversation(self) -> Conversation:
        """What is known of the last connection."""
        return (self._ledger.conversations or [Conversation()])[-1]

    @property
    def first_seq(self) -> int:
        """The number of its first event."""
        return self.events[0].seq if self.events else 1

    @property
    def last_seq(self) -> int:
        """The number of its last event that is neither a frame nor a message."""
        return self.events[-1].seq if self.events else 1

    @property
    def handshake_seq(self) -> int:
        """The number of the opening handshake, or of what came last if there was none."""
        handshake = self.conversation.handshake
        return handshake.seq if handshake is not None else self.last_seq

    @property
    def status(self) -> int:
        """The status of the answer to the opening handshake; 0 without one."""
        handshake = self.conversation.handshake
        return handshake.status if handshake is not None else 0

    def sink(self, emissions: Sequence[Emission]) -> Full | None:
        """Take what the connection emits."""
        self._ledger.feed(emissions)
        for each in emissions:
            frequent = isinstance(each, WebSocketFrame | WebSocketMessage)
            if isinstance(each, Event) and not frequent and len(self.events) < _KEPT:
                self.events.append(each)
        return self._take(emissions)

    def phase_ms(self, name: str) -> float | None:
        """How long a step of connecting took; None if it was not done."""
        for phase in reversed(self.conversation.phases):
            if phase.name == name:
                return phase.duration_ns / 1e6
        return None


class Bench(Notebook):
    """Makes the connections of one examination.

    Args:
        url: what is examined.
        options: how a user would connect.
        orders: how far to go.
        timeline: numbers the events.
        sink: keeps them.

    Attributes:
        seen: the facts, for the rules.
        main: the connection that a user would have made, while it is open.
        main_attempt: the attempt that made it, or that failed first.
    """

    def __init__(
        self,
        url: str,
        *,
        options: ConnectOptions,
        orders: DoctorOptions,
        timeline: Timeline,
        sink: EventSink,
    ) -> None:
        super().__init__(timeline, sink)
        self.url = url
        self.goal: WebSocketURL = websocket.parse_url(url)
        self.options = options
        self.orders = orders
        self.seen = Examination(url=str(self.goal), credentials=_has_cookies(options))
        self.main: WebSocketConnection | None = None
        self.main_attempt: Attempt | None = None
        rules = [
            _but_for_answers(rule) if rule.code in _PEER_CODES else rule
            for rule in RULES
            if rule.code not in _OWN_WORD
        ]
        self._analyzer = Analyzer(rules=rules, next_seq=timeline.next_seq)

    def attempt(self, *, judged: bool = False) -> Attempt:
        """Begin an attempt; `judged` shows its events to the rules for all connections."""
        return Attempt(self._take_judged if judged else self.pass_on)

    def _take_judged(self, emissions: Sequence[Emission]) -> Full | None:
        full = self.pass_on(emissions)
        self.keep(self._analyzer.feed(emissions))
        return full

    def judge(self, attempt: Attempt) -> None:
        """Show the rules an attempt after the fact: it failed where a user's would have."""
        self.main_attempt = self.main_attempt or attempt
        self.keep(self._analyzer.feed(attempt.events))  # type: ignore[arg-type]

    def finish(self) -> None:
        """Say that nothing more will come."""
        self.keep(self._analyzer.finish())

    @property
    def verdict(self) -> Verdict:
        """How the connection that a user would have made ended."""
        return self._analyzer.verdict()

    def judge_seen(self) -> None:
        """Show the doctor's rules what was seen until now."""
        for rule in DOCTOR_RULES:
            self.add(rule, rule.judge(self.seen))

    # Connections

    async def connect(
        self, attempt: Attempt, options: ConnectOptions | None = None, *, url: str = ""
    ) -> WebSocketConnection:
        """Connect as a user would, or otherwise; raises as `websocket.connect` does."""
        return await websocket.connect(
            url or self.url,
            options=options or self.options,
            timeline=self.timeline,
            sink=attempt.sink,
            deliver=False,
        )

    @asynccontextmanager
    async def trying(
        self, options: ConnectOptions | None = None
    ) -> AsyncIterator[tuple[WebSocketConnection, Attempt]]:
        """Connect to try something; the connection is closed, or else dropped, in the end."""
        attempt = self.attempt()
        chosen = replace(options or self.options, close_timeout_s=PROBE_CLOSE_S)
        connection = await self.connect(attempt, chosen)
        try:
            yield connection, attempt
        finally:
            try:
                await connection.close(1000)
            finally:
                connection.abort()
                await connection.wait_closed()

    async def knock(self, options: ConnectOptions, *, url: str = "") -> Attempt:
        """See how an opening handshake is answered; whatever the answer is, it is no error."""
        attempt = self.attempt()
        chosen = replace(options, close_timeout_s=PROBE_CLOSE_S)
        with suppress(WirescopeError):
            connection = await self.connect(attempt, chosen, url=url)
            try:
                await connection.close(1000)
            finally:
                connection.abort()
                await connection.wait_closed()
        return attempt


def _but_for_answers(rule: Rule) -> Rule:
    """Have a rule look only at connections that the peer closed."""

    def look(conversation: Conversation, event: Event) -> Iterable[Found]:
        if isinstance(event, ConnectionClosed) and event.initiator == "local":
            return ()
        return rule.look(conversation, event)

    return structs.replace(rule, look=look)


def _has_cookies(options: ConnectOptions) -> bool:
    """Whether the user sends what a browser would send by itself."""
    typed = any(name.lower() == "cookie" for name, _ in options.headers)
    return bool(options.cookies) or typed
