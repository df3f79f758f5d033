"""Pings and pongs of one connection (RFC 6455 sections 5.5.2 and 5.5.3)."""

from collections.abc import Callable
from statistics import median

from wirescope.analysis.metrics.matching import Pair
from wirescope.events import PING, WebSocketFrame

_REMEMBERED = 64
_ROUND_TRIPS = 4096
_GAPS = 256


class Pings:
    """Which pings were answered, and how fast.

    Args:
        on_pair: is given each ping of this end with its pong.

    Attributes:
        sent: pings that this end sent.
        received: pings that the peer sent.
        pongs_sent: pongs that this end sent.
        pongs_received: pongs that the peer sent.
        round_trips_ns: from a ping of this end to its pong; the first ones.
        slowest: the longest of them all, with its ping and pong; None without any.
        last_sent: the last ping of this end.
        last_received: the last ping of the peer.
        longest_wait_ns: the longest time between two pings, of either end.
    """

    def __init__(self, *, on_pair: Callable[[Pair], None] | None = None) -> None:
        self._on_pair = on_pair
        self.sent = self.received = self.pongs_sent = self.pongs_received = 0
        self.round_trips_ns: list[int] = []
        self.slowest: tuple[int, WebSocketFrame, WebSocketFrame] | None = None
        self.last_sent: WebSocketFrame | None = None
        self.last_received: WebSocketFrame | None = None
        self.longest_wait_ns = 0
        self._gaps_ns: dict[str, list[int]] = {"sent": [], "received": []}
        self._open: dict[bytes, WebSocketFrame] = {}

    @property
    def unanswered(self) -> list[WebSocketFrame]:
        """The pings of this end that no pong has come for, the oldest first."""
        return list(self._open.values())

    @property
    def unanswered_since_ns(self) -> int | None:
        """When the oldest of them was sent; None if all were answered."""
        return next((frame.at_ns for frame in self._open.values()), None)

    @property
    def sent_period_ns(self) -> int:
        """The median time from one ping of this end to the next; 0 with fewer than two."""
        return round(median(self._gaps_ns["sent"] or [0]))

    @property
    def received_period_ns(self) -> int:
        """The median time from one ping of the peer to the next; 0 with fewer than two."""
        return round(median(self._gaps_ns["received"] or [0]))

    def add(self, frame: WebSocketFrame) -> None:
        """Take a ping or a pong."""
        if frame.opcode == PING:
            self._add_ping(frame)
        elif frame.direction == "sent":
            self.pongs_sent += 1
        else:
            self.pongs_received += 1
            self._add_pong(frame)

    def _add_ping(self, frame: WebSocketFrame) -> None:
        before = [each for each in (self.last_sent, self.last_received) if each is not None]
        if before:
            waited_ns = frame.at_ns - max(each.at_ns for each in before)
            self.longest_wait_ns = max(self.longest_wait_ns, waited_ns)
        earlier = self.last_sent if frame.direction == "sent" else self.last_received
        gaps_ns = self._gaps_ns[frame.direction]
        if earlier is not None and len(gaps_ns) < _GAPS:
            gaps_ns.append(frame.at_ns - earlier.at_ns)
        if frame.direction == "sent":
            self.sent += 1
            self.last_sent = frame
            if len(self._open) < _REMEMBERED:
                self._open.setdefault(frame.payload, frame)
        else:
            self.received += 1
            self.last_received = frame

    def _add_pong(self, pong: WebSocketFrame) -> None:
        # A pong may answer the newest ping alone (RFC 6455 section 5.5.3), so it settles all that
        # were sent before that one.
        ping = self._open.get(pong.payload)
        if ping is None:
            return
        trip_ns = pong.at_ns - ping.at_ns
        if self._on_pair is not None:
            self._on_pair(Pair(ping.seq, pong.seq, trip_ns))
        if len(self.round_trips_ns) < _ROUND_TRIPS:
            self.round_trips_ns.append(trip_ns)
        if self.slowest is None or trip_ns > self.slowest[0]:
            self.slowest = trip_ns, ping, pong
        self._open = {
            payload: each for payload, each in self._open.items() if each.at_ns > ping.at_ns
        }
