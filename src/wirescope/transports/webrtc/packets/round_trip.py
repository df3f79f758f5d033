"""How long a publisher takes to send a packet again, and so how soon to ask once more.

It is reckoned as TCP reckons its timeout (RFC 6298 section 2), from a request to the packet. One
that was asked for several times may be the answer to any of them (Karn's algorithm, section 3), so
it counts only while there are none that were asked for once. Time is an argument.
"""

UNKNOWN_NS = 60_000_000
"""What is waited for an answer before any has come."""

LEAST_NS = 20_000_000
MOST_NS = 1_000_000_000

_STALE_NS = 1_000_000_000


class RoundTrip:
    """Follows one publisher.

    Attributes:
        ns: nanoseconds from a request to its answer, smoothed; None before the first answer.
    """

    def __init__(self) -> None:
        self.ns: int | None = None
        self._deviation_ns = 0
        self._sure_ns: int | None = None  # when an answer last came that was asked for once

    @property
    def timeout_ns(self) -> int:
        """How long to wait before asking again."""
        if self.ns is None:
            return UNKNOWN_NS
        return max(LEAST_NS, min(self.ns + max(LEAST_NS, 4 * self._deviation_ns), MOST_NS))

    def note(self, first_ns: int, times: int, now_ns: int) -> None:
        """Note that a packet came which was asked for so many times, at `first_ns` first."""
        if times == 1:
            self._sure_ns = now_ns
        elif self._sure_ns is not None and now_ns - self._sure_ns < _STALE_NS:
            return
        took_ns = now_ns - first_ns
        if self.ns is None:
            self.ns, self._deviation_ns = took_ns, took_ns // 2
            return
        self._deviation_ns += (abs(took_ns - self.ns) - self._deviation_ns) // 4
        self.ns += (took_ns - self.ns) // 8
