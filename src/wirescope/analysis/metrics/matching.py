"""Which answer belongs to which request, and how long it took.

A matcher knows no protocol. What a message is comes from a marker, a function that gives a mark for
each request, answer or push that ends in the message; those of the protocols stand beside their
decoders, another is in `inference`, and whatever else can name a relation and a key can take their
place. Either end may ask: what one end sent is answered by the other. Memory is bounded whatever
passes.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from wirescope.analysis.allowance import ENTRY_BYTES, Allowance
from wirescope.analysis.metrics.spread import Spread
from wirescope.decoders import Marker, Relation
from wirescope.events import Direction, WebSocketMessage

OUTSTANDING = 10_000
"""Requests of one end that are waited for; with more of them the oldest is given up."""

_ANSWERED = 10_000
_EXAMPLES = 16
_TOGETHER = 256


# An enum's members take their time to be looked up.
_REQUEST, _RESPONSE, _EITHER, _PUSH, _END, _CANCEL = (
    *(Relation.REQUEST, Relation.RESPONSE, Relation.EITHER),
    *(Relation.PUSH, Relation.END, Relation.CANCEL),
)

_Key = str | None


class Pair(NamedTuple):
    """A request and its first answer, by the numbers of their messages."""

    request: int
    response: int
    latency_ns: int


class Waiting(NamedTuple):
    """A request without an answer."""

    seq: int
    at_ns: int


class Exchange:
    """What one end asked and the other answered.

    Attributes:
        requests: how many were asked.
        answered: how many of those got an answer.
        cancelled: how many the asking end took back.
        given_up: how many were forgotten, because `OUTSTANDING` newer ones waited.
        left_out: how many were not followed to their end, because messages were passed over.
        repeated: requests that were sent again while they waited.
        duplicates: answers to what had been answered.
        unmatched: answers to what nobody had been seen to ask.
        latencies_ns: from a request to its first answer.
        slowest: the pairs that took longest.
        forgotten: the first requests that were given up.
    """

    __slots__ = (
        *("answered", "cancelled", "duplicates", "forgotten", "given_up", "latencies_ns"),
        *("left_out", "repeated", "requests", "slowest", "unmatched"),
        *("_done", "_pending_ns", "_slow_ns", "_waiting"),
    )

    def __init__(self, allowance: Allowance | None = None) -> None:
        self.requests = self.answered = self.cancelled = self.given_up = self.left_out = 0
        self.repeated = self.duplicates = self.unmatched = 0
        self.latencies_ns = Spread(allowance=allowance)
        self.slowest: list[Pair] = []
        self.forgotten: list[Waiting] = []
        self._pending_ns: list[int] = []
        self._slow_ns = -1
        self._waiting: dict[_Key, tuple[int, int]] = {}
        self._done: dict[_Key, None] = {}  # as an ordered set

    @property
    def unanswered(self) -> list[Waiting]:
        """The requests that are still waited for, the oldest first."""
        return [Waiting(*each) for each in self._waiting.values()]

    @property
    def never_answered(self) -> int:
        """How many got no answer so far, those given up included."""
        return len(self._waiting) + self.given_up

    def waits_for(self, key: _Key) -> bool:
        """Whether a request of this key is not yet answered."""
        return key in self._waiting

    def knows(self, key: _Key) -> bool:
        """Whether a request of this key was seen lately, answered or not."""
        return key in self._waiting or key in self._done

    def ask(self, key: _Key, message: WebSocketMessage) -> None:
        """Take a request."""
        if key in self._waiting:
            self.repeated += 1
            return
        self.requests += 1
        self._done.pop(key, None)  # the key is used again
        if len(self._waiting) >= OUTSTANDING:
            oldest = Waiting(*self._waiting.pop(next(iter(self._waiting))))
            self.given_up += 1
            if len(self.forgotten) < _EXAMPLES:
                self.forgotten.append(oldest)
        self._waiting[key] = message.seq, message.at_ns

    def answer(self, key: _Key, message: WebSocketMessage) -> tuple[int, int] | None:
        """Take an answer; give the request's number and time, None if it is not the first."""
        request = self._waiting.pop(key, None)
        if request is None:
            if key in self._done:
                self.duplicates += 1
            else:
                self.unmatched += 1
            return None
        self.answered += 1
        self._done[key] = None
        if len(self._done) > _ANSWERED:
            del self._done[next(iter(self._done))]
        latency_ns = message.at_ns - request[1]
        self._pending_ns.append(latency_ns)
        if latency_ns > self._slow_ns:
            self._note_slow(Pair(request[0], message.seq, latency_ns))
        if len(self._pending_ns) >= _TOGETHER:
            self.settle()
        return request

    def _note_slow(self, pair: Pair) -> None:
        self.slowest.append(pair)
        self.slowest.sort(key=_latency, reverse=True)
        del self.slowest[_EXAMPLES:]
        if len(self.slowest) == _EXAMPLES:
            self._slow_ns = self.slowest[-1].latency_ns

    def cancel(self, key: _Key) -> bool:
        """Take a request back; False if none of that key waits."""
        if self._waiting.pop(key, None) is None:
            return False
        self.cancelled += 1
        return True

    def leave_out(self) -> None:
        """Follow nothing any further that is waited for: messages are passed over."""
        self.left_out += len(self._waiting)
        self._waiting.clear()

    @property
    def size(self) -> int:
        """About how many bytes what is remembered of requests takes."""
        return (len(self._waiting) + len(self._done)) * 2 * ENTRY_BYTES

    def forget(self) -> None:
        """Remember no request any longer; the figures stay."""
        self.leave_out()
        self.settle()
        self._done.clear()

    def settle(self) -> None:
        """Count the latencies that were put by, which is cheaper for many together."""
        self.latencies_ns.add(self._pending_ns)
        self._pending_ns.clear()


class Matcher:
    """Pairs the requests and responses of one connection.

    Args:
        mark: says what a message is; it belongs to this connection.
        on_pair: is given each request with its first answer.
        allowance: what may be kept of latencies; None for all.

    Attributes:
        sent: what this end asked.
        received: what the peer asked.
        pushes: messages, or parts of them, that nobody asked for, by direction.
        unread: messages that are not of the protocol, or known only in part.
    """

    def __init__(
        self,
        mark: Marker,
        *,
        on_pair: Callable[[Pair], None] | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self.sent = Exchange(allowance)
        self.received = Exchange(allowance)
        self.pushes: dict[Direction, int] = {"sent": 0, "received": 0}
        self.unread = 0
        self._mark = mark
        self._on_pair = on_pair

    def add(self, message: WebSocketMessage) -> None:
        """Take the next message of either direction."""
        if message.truncated:
            self._leave_unread(message)
            return
        marks = self._mark(message.payload, message.kind, message.direction)
        if marks is None:
            self.unread += 1
            return
        for relation, key in marks:
            asked = self._take(relation, key, message)
            if asked is not None and self._on_pair is not None:
                self._on_pair(Pair(asked[0], message.seq, message.at_ns - asked[1]))

    def _leave_unread(self, message: WebSocketMessage) -> None:
        """Pass over what is known only in part: it may answer any of what the other end asked."""
        self.unread += 1
        (self.received if message.direction == "sent" else self.sent).leave_out()

    def _take(
        self, relation: Relation, key: _Key, message: WebSocketMessage
    ) -> tuple[int, int] | None:
        if message.direction == "sent":
            own, other = self.sent, self.received
        else:
            own, other = self.received, self.sent
        if relation is _EITHER:
            relation = _RESPONSE if other.knows(key) else _REQUEST
        if relation is _REQUEST:
            own.ask(key, message)
        elif relation is _RESPONSE or (
            relation is not _PUSH and relation is not _CANCEL and other.waits_for(key)
        ):
            return other.answer(key, message)
        elif (relation is not _END and relation is not _CANCEL) or not own.cancel(key):
            self.pushes[message.direction] += 1
        return None

    @property
    def size(self) -> int:
        """About how many bytes what is remembered of requests takes."""
        return self.sent.size + self.received.size

    def forget(self) -> None:
        """Remember no request any longer; the figures stay."""
        self.sent.forget()
        self.received.forget()

    def leave_out(self) -> None:
        """Say that messages are passed over from now on."""
        self.sent.leave_out()
        self.received.leave_out()


class Recognised(msgspec.Struct, frozen=True):
    """A protocol whose messages can be told apart.

    Attributes:
        name: the protocol, by the name of its decoder where it has one.
        marker: begins with a connection: gives what marks its messages.
        inferred: whether it was guessed from fields that looked the part.
        field: the field that carries the key, if that was inferred or given.
    """

    name: str
    marker: Callable[[], Marker]
    inferred: bool = False
    field: str = ""


def _latency(pair: Pair) -> int:
    return pair.latency_ns
