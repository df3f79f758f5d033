"""The analysis: events in, live or from a file, findings, figures and verdicts out, in one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from typing import get_args

from wirescope.analysis.allowance import Allowance
from wirescope.analysis.conversation import Conversation, Verdict
from wirescope.analysis.findings import RULES, Found, Moment, Rule
from wirescope.analysis.ladder import Ladders
from wirescope.analysis.metrics import Metrics, Pair, Recognised, overall_metrics
from wirescope.analysis.reconnects import Attempts
from wirescope.events import (
    AnyEvent,
    CaptureGap,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    Emission,
    Event,
    Finding,
    Transport,
    WebSocketFrame,
    WebSocketMessage,
    WebSocketViolation,
)

CONNECTIONS = 10_000
"""Connections that are analysed; what others say is passed over, and counted."""

_EVIDENCE = 20
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)
_AT_ONCE = 8192

_WHOLE = frozenset({0x81, 0x82, 0xC1, 0xC2})
"""First bytes of the frames that are a message each: FIN, text or binary, compressed or not."""

_MOMENTS: dict[type[Event], Moment] = {
    ConnectionFailed: Moment.FAILED,
    ConnectionOpened: Moment.OPENED,
    WebSocketViolation: Moment.VIOLATION,
    ConnectionClosed: Moment.CLOSED,
}


class Analyzer:
    """Follows the connections of a capture, or of a run.

    Args:
        rules: what to look for.
        next_seq: numbers the findings: a live timeline's, so that they are events among the others.
            None numbers them by themselves.
        content_rate: messages a second of each connection whose content is read, None for all;
            `LIVE_RATE` keeps the analysis of a live connection cheap.
        protocol: what messages are read as, for requests to be matched with their answers, as
            `by_paths("id")` gives it; None looks for it on each connection.
        on_pair: is given each request, and each ping of this end, with its first answer.
        allowance: what may be kept of all connections together; None for the usual.

    Attributes:
        ladders: how each WebRTC connection came together, or where it stuck.
        passed_over: how many connections began when there were `CONNECTIONS` already.
        missing: how many events the capture says it could not keep, or not give back.
    """

    def __init__(
        self,
        *,
        rules: Sequence[Rule] = RULES,
        next_seq: Callable[[], int] | None = None,
        content_rate: int | None = None,
        protocol: Recognised | None = None,
        on_pair: Callable[[Pair], None] | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self.ladders = Ladders()
        self.passed_over = self.missing = 0
        self._on_pair = on_pair
        self._rules = {
            (transport, moment): [
                rule for rule in rules if rule.transport == transport and moment in rule.moments
            ]
            for transport in TRANSPORTS
            for moment in Moment
        }
        self._next_seq = next_seq or count(1).__next__
        self._content_rate = content_rate
        self._protocol = protocol
        self._allowance = allowance or Allowance()
        self._attempts = Attempts()
        self._conversations: dict[str, Conversation] = {}
        self._sockets: dict[str, list[Conversation]] = {}  # by URL, those that carry no call yet
        self._latest: Conversation | None = None
        self._nobody = Conversation()  # has what belongs to no connection that is followed
        self._given: set[tuple[str, str, str]] = set()
        self._finished = False

    @property
    def conversations(self) -> list[Conversation]:
        """What is known of each connection, in the order in which they began."""
        return list(self._conversations.values())

    def verdict(self, connection: str | None = None) -> Verdict:
        """Explain how a connection stands or ended; None takes the one that was begun last."""
        if connection is None:
            return (self._latest or Conversation()).verdict()
        return self._conversations.get(connection, Conversation()).verdict()

    def metrics(self) -> Metrics:
        """Return the figures so far, of each connection and of all together, ready for JSON."""
        looked_at = [each for each in self.conversations if each.is_websocket]
        return overall_metrics(
            looked_at,
            peers=[each for each in self.conversations if not each.is_websocket],
            passed_over=self.passed_over,
            missing=self.missing,
            ladders=self.ladders,
        )

    def feed(self, events: Iterable[Emission]) -> list[Finding]:
        """Take events in order; return what was found by them."""
        if isinstance(events, list | tuple) and len(events) <= _AT_ONCE:
            return self._feed(events)
        found: list[Finding] = []
        rest = iter(events)
        while batch := list(islice(rest, _AT_ONCE)):
            found += self._feed(batch)
        return found

    def _feed(self, events: Sequence[Emission]) -> list[Finding]:
        """Take a batch; the messages of each connection are gathered, since many cost less."""
        found: list[Finding] = []
        gathered: dict[str, tuple[Conversation, list[WebSocketMessage]]] = {}
        conversation, flow = self._nobody, self._nobody.sent
        messages: list[WebSocketMessage] = []
        name = direction = ""
        for event in events:
            if type(event) is WebSocketMessage:  # there are millions of these two
                if event.connection != name:
                    name, direction = event.connection, ""
                    conversation, messages = self._gathered(gathered, name)
                messages.append(event)
            elif type(event) is WebSocketFrame:
                if event.connection != name:
                    name, direction = event.connection, ""
                    conversation, messages = self._gathered(gathered, name)
                if event.direction != direction:
                    direction = event.direction
                    flow = conversation.received if direction == "received" else conversation.sent
                flow.last_frame = event
                if event.header[0] not in _WHOLE:
                    _add(conversation, messages)
                    _note_frame(conversation, event)
            elif type(event) is CaptureGap:
                for each in gathered.values():
                    _add(*each)
                self._note_gap(event)
            elif isinstance(event, Event):
                if event.connection in gathered:
                    _add(*gathered[event.connection])
                found += self._note(event)
        for conversation, messages in gathered.values():
            _add(conversation, messages)
            conversation.sent.forget_payload()
            conversation.received.forget_payload()
        return found

    def _gathered(
        self, gathered: dict[str, tuple[Conversation, list[WebSocketMessage]]], name: str
    ) -> tuple[Conversation, list[WebSocketMessage]]:
        known = gathered.get(name)
        if known is None:
            known = self._conversation(name), []
            if known[0] is not self._nobody:
                gathered[name] = known
        return known

    def finish(self) -> list[Finding]:
        """Say that nothing more will come; return what is found in the end. Once only."""
        if self._finished:
            return []
        self._finished = True
        found: list[Finding] = []
        for conversation in self._conversations.values():
            conversation.content.conclude()
            conversation.is_over = True
            last = conversation.last_event
            if last is not None:
                found += self._look(Moment.END, conversation, last)
        return found

    def preview(self) -> list[Finding]:
        """Return what `finish` would find now, numbered 0; it is not taken for given."""
        found: list[Finding] = []
        for conversation in self._conversations.values():
            last = conversation.last_event
            if last is not None and not self._finished:
                looked = self._look_at(Moment.END, conversation, last)
                found += [_finding(rule, each, last, seq=0) for rule, each in looked]
        return found

    def _conversation(self, name: str) -> Conversation:
        conversation = self._conversations.get(name)
        if conversation is not None:
            return conversation
        if not name or len(self._conversations) >= CONNECTIONS:
            return self._nobody
        conversation = self._conversations[name] = self._latest = Conversation(
            name,
            allowance=self._allowance,
            content_rate=self._content_rate,
            protocol=self._protocol,
            on_pair=self._on_pair,
        )
        return conversation

    def _note_gap(self, gap: CaptureGap) -> None:
        self.missing += gap.count
        if gap.connection:
            self._conversation(gap.connection).note_gap(gap)
            return
        for conversation in self._conversations.values():
            conversation.note_gap(gap)

    def _note(self, event: Event) -> list[Finding]:
        if not event.connection or isinstance(event, Finding):
            return []  # it concerns the capture as a whole, or is an earlier analysis's word
        self.ladders.take(event)
        conversation = self._conversation(event.connection)
        if conversation is self._nobody:
            self.passed_over += isinstance(event, ConnectionOpening)
            return []
        conversation.note(event)
        self._attempts.note(conversation, event)
        if isinstance(event, ConnectionOpening):
            self._relate(conversation, event)
        moment = _MOMENTS.get(type(event))
        return [] if moment is None else list(self._look(moment, conversation, event))

    def _relate(self, conversation: Conversation, opening: ConnectionOpening) -> None:
        """Give a WebRTC connection the oldest WebSocket to its signaling that has none yet."""
        if opening.transport == "websocket":
            self._sockets.setdefault(opening.url, []).append(conversation)
            return
        free = self._sockets.get(opening.url.removeprefix("webrtc+"), [])
        socket = next((each for each in free if not (each.failed or each.closed)), None)
        if socket is not None:
            free.remove(socket)
            socket.carries = conversation

    def _look(self, moment: Moment, conversation: Conversation, event: Event) -> Iterator[Finding]:
        for rule, found in self._look_at(moment, conversation, event):
            self._given.add((conversation.id, rule.code, found.about))
            yield _finding(rule, found, event, seq=self._next_seq())

    def _look_at(
        self, moment: Moment, conversation: Conversation, event: Event
    ) -> Iterator[tuple[Rule, Found]]:
        """Yield what was not given yet."""
        transport: Transport = "websocket" if conversation.is_websocket else "webrtc"
        for rule in self._rules[transport, moment]:
            has_looked = moment is Moment.END and Moment.CLOSED in rule.moments
            if has_looked and conversation.closed and conversation.carries is None:
                continue  # of signaling, only what became of its call may tell
            for found in rule.look(conversation, event):
                if not found.evidence:
                    raise ValueError(f"{rule.code} found something without evidence")
                if (conversation.id, rule.code, found.about) not in self._given:
                    yield rule, found


def _finding(rule: Rule, found: Found, event: Event, *, seq: int) -> Finding:
    return Finding(
        seq,
        event.at_ns,
        event.connection,
        rule.code,
        found.severity or rule.severity,
        rule.title,
        found.cause,
        found.fix,
        list(found.evidence[:_EVIDENCE]),
        found.gain,
    )


def _add(conversation: Conversation, messages: list[WebSocketMessage]) -> None:
    if messages:
        conversation.add(messages)
        messages.clear()


def _note_frame(conversation: Conversation, frame: WebSocketFrame) -> None:
    """Take a frame that is not a whole message: a control frame or a fragment."""
    if frame.is_control:
        conversation.note_control(frame)
    else:
        conversation.note_fragment(frame)


def explain(events: Iterable[AnyEvent], *, connection: str | None = None) -> Verdict:
    """Explain how a connection ended; `connection` picks one where the events are of several."""
    analyzer = Analyzer(rules=())
    analyzer.feed(events)
    analyzer.finish()
    return analyzer.verdict(connection)
