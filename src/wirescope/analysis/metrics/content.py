"""What is learnt from the content of a connection's messages, as far as that is affordable.

Reading content costs several times what counting does. So it is done for protocols that are
recognised and for small messages, which may be heartbeats, and above a rate that is given only for
the first messages of each second; what was passed over is counted and stated. Requests that wait
when that begins are not followed any further, so that none is called unanswered for it.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from wirescope.analysis.allowance import MESSAGE_BYTES, Allowance
from wirescope.analysis.metrics.heartbeats import LONGEST, NEW, Heartbeat, Heartbeats
from wirescope.analysis.metrics.matching import Matcher, Pair, Recognised
from wirescope.analysis.metrics.recognition import by_calls, by_content, by_subprotocol
from wirescope.events import WebSocketMessage

LIVE_RATE = 2000
"""Messages a second whose content is read on a live connection: about one hundredth of a core."""

SEARCHED = 256
"""Messages within which a protocol has to show."""

_SEARCHED_BYTES = 1 << 20
_FRUGAL = 16  # so many times less is remembered when little may be kept
_SECOND_NS = 1_000_000_000


class Content:
    """The content of one connection's messages.

    Args:
        rate: messages a second of the capture's clock whose content is read; None for all.
        protocol: what the messages are read as; None looks for it.
        allowance: what of payloads may be kept; when it runs short, a protocol is searched for
            within few messages.
        on_pair: is given each request with its first answer.

    Attributes:
        url: where the connection leads, which some protocols are recognised by.
        protocol: what was recognised; None without anything.
        matcher: pairs requests and responses; None as long as no protocol is recognised.
        read: how many messages were read.
        passed_over: how many were not, because there were too many.
        gave_up: whether the allowance is spent, so that nothing is read any more.
    """

    def __init__(
        self,
        rate: int | None = None,
        *,
        protocol: Recognised | None = None,
        allowance: Allowance | None = None,
        on_pair: Callable[[Pair], None] | None = None,
    ) -> None:
        self._on_pair = on_pair
        self.url = ""
        self.protocol: Recognised | None = None
        self.matcher: Matcher | None = None
        self.read = self.passed_over = 0
        self._rate = rate
        self._second, self._left = -1, 0
        self._follows = True
        self.gave_up = False
        self._allowance = allowance or Allowance()
        self._taken = 0
        self._searched = SEARCHED
        self._heartbeats = Heartbeats()
        self._held: list[WebSocketMessage] = []
        self._held_bytes = 0
        self._searching = True
        if protocol is not None:
            self._settle(protocol)

    def set_subprotocol(self, name: str) -> None:
        """Take what the opening handshake agreed on."""
        known = by_subprotocol(name)
        if known is not None and self._searching:
            self._settle(known)

    def add(self, messages: Sequence[WebSocketMessage]) -> None:
        """Take messages that follow each other, of either direction."""
        if self.gave_up:
            self.passed_over += len(messages)
            return
        self._take(messages)
        self._account()

    def _take(self, messages: Sequence[WebSocketMessage]) -> None:
        if self._rate is None:
            self._read(messages)
        elif _second_of(messages[0]) == _second_of(messages[-1]):
            self._add_affordable(messages, self._rate)
        else:
            for _, of_a_second in groupby(messages, _second_of):
                self._add_affordable(list(of_a_second), self._rate)

    def _add_affordable(self, messages: Sequence[WebSocketMessage], rate: int) -> None:
        """Take messages of one second, as many as it may have."""
        second = _second_of(messages[0])
        if second != self._second:
            self._second, self._left = second, rate
        taken = messages[: self._left]
        self._left -= len(taken)
        if taken:
            self._read(taken)
            self._follows = True
        if len(taken) < len(messages):
            self.passed_over += len(messages) - len(taken)
            if self._follows:
                self.leave_out()

    def _account(self) -> None:
        """Take from the allowance what is kept by now; give up when it is spent."""
        size = self._heartbeats.size
        if self._held:
            size += self._held_bytes + len(self._held) * MESSAGE_BYTES
        if self.matcher is not None:
            size += self.matcher.size
        self._allowance.left -= size - self._taken
        self._taken = size
        if self._allowance.is_short:
            self._searched = SEARCHED // _FRUGAL
            self._heartbeats.limit = NEW // _FRUGAL
        if self._allowance.is_spent:
            self._allowance.left += size
            self.gave_up, self._searching = True, False
            self._held, self._heartbeats = [], Heartbeats()
            if self.matcher is not None:
                self.matcher.forget()

    def leave_out(self) -> None:
        """Follow no request that waits any further: messages are missing from here on."""
        self._follows = False
        if self.matcher is not None:
            self.matcher.leave_out()

    def _read(self, messages: Sequence[WebSocketMessage]) -> None:
        self.read += len(messages)
        for message in messages:
            if message.length <= LONGEST:
                self._heartbeats.add(message)
        if self.matcher is not None:
            for message in messages:
                self.matcher.add(message)
        elif self._searching:
            self._search(messages)

    def _search(self, messages: Sequence[WebSocketMessage]) -> None:
        for index, message in enumerate(messages, 1):
            self._held.append(message)
            self._held_bytes += len(message.payload)
            known = by_content(message, self.url)
            if known is None:
                if len(self._held) < self._searched and self._held_bytes < _SEARCHED_BYTES:
                    continue
                known = by_calls(self._held)
            self._settle(known)
            if self.matcher is not None:
                for later in messages[index:]:
                    self.matcher.add(later)
            return

    def _settle(self, known: Recognised | None) -> None:
        held, self._held, self._searching = self._held, [], False
        if known is None:
            return
        self.protocol = known
        self.matcher = Matcher(known.marker(), on_pair=self._on_pair, allowance=self._allowance)
        for message in held:
            self.matcher.add(message)

    def conclude(self) -> None:
        """Decide with the messages seen so far which protocol they are of; no more will come."""
        if self._searching and self._held:
            self._settle(by_calls(self._held))

    @property
    def heartbeats(self) -> list[Heartbeat]:
        """The heartbeats of the application, the most frequent first."""
        return self._heartbeats.found()


def _second_of(message: WebSocketMessage) -> int:
    return message.at_ns // _SECOND_NS
