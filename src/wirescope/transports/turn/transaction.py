"""When a request is sent, and when its answer is not waited for any more (RFC 8489 section 6.2).

Pure: the time comes in as an argument, in nanoseconds of any monotonic clock; who uses it sends
when `take` says so and looks again at `next_ns`.
"""

from wirescope.transports.turn.options import Timers
from wirescope.wire.stun import MessageClass, StunMessage

_MS, _S = 1_000_000, 1_000_000_000


class Transaction:
    """One request until its answer comes or its time is over.

    Args:
        request: what is asked.
        timers: how long is waited.
        reliable: over TCP or TLS it is sent once (section 6.2.2).
        began_ns: now.

    Attributes:
        sends: how often it was sent.
        ends_ns: when its time is over.
    """

    def __init__(
        self, request: StunMessage, timers: Timers, *, reliable: bool, began_ns: int
    ) -> None:
        self.request = request
        self.sends = 0
        self.ends_ns = began_ns + int(timers.patience_s(reliable=reliable) * _S)
        self._due_ns = began_ns
        self._rto_ns = int(timers.rto_ms * _MS)
        self._sends_left = 1 if reliable else timers.requests

    def take(self, now_ns: int) -> bool:
        """Say whether the request is to be sent now; it counts as sent then."""
        if not self._sends_left or now_ns < self._due_ns or self.is_over(now_ns):
            return False
        # section 6.2.1: the first wait is one RTO, each further one twice the one before
        self._due_ns += self._rto_ns << self.sends
        self._sends_left -= 1
        self.sends += 1
        return True

    @property
    def next_ns(self) -> int:
        """When to look again: the next time to send, or the end."""
        return min(self._due_ns, self.ends_ns) if self._sends_left else self.ends_ns

    def is_over(self, now_ns: int) -> bool:
        """Whether its time is over."""
        return now_ns >= self.ends_ns

    def is_answered_by(self, message: StunMessage) -> bool:
        """Whether a message is an answer to it (section 6.3.3 and 6.3.4)."""
        return (
            message.message_class in (MessageClass.SUCCESS, MessageClass.ERROR)
            and message.method == self.request.method
            and message.transaction_id == self.request.transaction_id
        )
