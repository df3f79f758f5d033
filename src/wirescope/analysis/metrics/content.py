"""What is learnt from the content of a connection's messages, as far as that is affordable.

Reading content costs several times what counting does. So it is done for protocols that are
recognised and for small messages, which may be heartbeats, and above a rate that is given only for
the first messages of each second; what was passed over is counted and stated. Requests that wait
when that begins are not followed any further, so that none is called unanswered for it.
"""

from collections.abc import Callable, Sequence

from wirescope.analysis.allowance import Allowance
from wirescope.analysis.metrics.heartbeats import LONGEST, NEW, Heartbeat, Heartbeats
from wirescope.analysis.metrics.matching import Matcher, Pair, Recognised
from wirescope.analysis.metrics.recognition import by_calls, by_content, by_subprotocol
from wirescope.events import WebSocketMessage

LIVE_RATE = 2000
"""Messages a second whose content is read on a live connection: about one hundredth of a core."""

SEARCHED = 256
"""Messages within which a protocol has to show."""

_SEARCHED_BYTES = 1 << 20
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
        protocol: what was recognised; None without anything.
        matcher: pairs requests and responses; None as long as no protocol is recognised.
        read: how many messages were read.
        passed_over: how many were not, because there were too many.
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
        self.protocol: Recognised | None = None
        self.matcher: Matcher | None = None
        self.read = self.passed_over = 0
        self._rate = rate
        self._second, self._left = -1, 0
        short = allowance is not None and allowance.is_short
        self._searched = SEARCHED // 16 if short else SEARCHED
        self._heartbeats = Heartbeats(new=NEW // 4 if short else NEW)
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
        taken = messages if self._rate is None else self._affordable(messages)
        self.read += len(taken)
        for message in taken:
            if message.length <= LONGEST:
                self._heartbeats.add(message)
        if self.matcher is not None:
            for message in taken:
                self.matcher.add(message)
        elif self._searching:
            self._search(taken)
        if len(taken) < len(messages):
            self.passed_over += len(messages) - len(taken)
            if taken and self.matcher is not None:
                self.matcher.leave_out()

    def _affordable(self, messages: Sequence[WebSocketMessage]) -> Sequence[WebSocketMessage]:
        assert self._rate is not None
        second = messages[-1].at_ns // _SECOND_NS
        if messages[0].at_ns // _SECOND_NS != second:
            return [message for message in messages if self._affords(message)]
        if second != self._second:
            self._second, self._left = second, self._rate
        taken = messages[: max(0, self._left)]
        self._left -= len(taken)
        return taken

    def _affords(self, message: WebSocketMessage) -> bool:
        second = message.at_ns // _SECOND_NS
        if second != self._second:
            self._second, self._left = second, self._rate or 0
        self._left -= 1
        return self._left >= 0

    def _search(self, messages: Sequence[WebSocketMessage]) -> None:
        for index, message in enumerate(messages, 1):
            self._held.append(message)
            self._held_bytes += len(message.payload)
            known = by_content(message)
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
        self.protocol, self.matcher = known, Matcher(known.extract, on_pair=self._on_pair)
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
