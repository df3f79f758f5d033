"""Pings and pongs of one connection (RFC 6455 sections 5.5.2 and 5.5.3)."""

from collections.abc import Callable
from statistics import median

from wirescope.analysis.metrics.matching import Pair
from wirescope.events import PING, Direction, WebSocketFrame

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
        latest: the last two pings of each end, or the only one, by direction.
        payload_bytes: of the pings of each end, in all, by direction.
        longest_wait_ns: the longest time between two pings, of either end.
    """

    def __init__(self, *, on_pair: Callable[[Pair], None] | None = None) -> None:
        self._on_pair = on_pair
        self.sent = self.received = self.pongs_sent = self.pongs_received = 0
        self.round_trips_ns: list[int] = []
        self.slowest: tuple[int, WebSocketFrame, WebSocketFrame] | None = None
        self.last_sent: WebSocketFrame | None = None
        self.last_received: WebSocketFrame | None = None
        self.latest: dict[str, tuple[WebSocketFrame, ...]] = {"sent": (), "received": ()}
        self.payload_bytes = {"sent": 0, "received": 0}
        self.longest_wait_ns = 0
        self._gaps_ns: dict[Direction, list[int]] = {"sent": [], "received": []}
        self._before_ns: dict[Direction, int] = {}
        self._open: list[WebSocketFrame] = []
        self._crowded_out = 0

    @property
    def unanswered(self) -> list[WebSocketFrame]:
        """The pings of this end that no pong has come for: the oldest, and the newest ones."""
        return list(self._open)

    @property
    def unanswered_count(self) -> int:
        """How many pings of this end no pong has come for."""
        return len(self._open) + self._crowded_out

    @property
    def unanswered_since_ns(self) -> int | None:
        """When the oldest of them was sent; None if all were answered."""
        return self._open[0].at_ns if self._open else None

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

    def interrupt(self) -> None:
        """Say that frames are missing here: what waits may have been answered."""
        self._open.clear()
        self._before_ns.clear()
        self._crowded_out = 0

    def _add_ping(self, frame: WebSocketFrame) -> None:
        if self._before_ns:
            waited_ns = frame.at_ns - max(self._before_ns.values())
            self.longest_wait_ns = max(self.longest_wait_ns, waited_ns)
        self.latest[frame.direction] = (*self.latest[frame.direction][-1:], frame)
        self.payload_bytes[frame.direction] += frame.payload_length
        earlier_ns = self._before_ns.get(frame.direction)
        gaps_ns = self._gaps_ns[frame.direction]
        if earlier_ns is not None and len(gaps_ns) < _GAPS:
            gaps_ns.append(frame.at_ns - earlier_ns)
        self._before_ns[frame.direction] = frame.at_ns
        if frame.direction == "sent":
            self.sent += 1
            self.last_sent = frame
            self._open.append(frame)
            if len(self._open) > _REMEMBERED:
                del self._open[1]  # the oldest says since when, the newest may be answered yet
                self._crowded_out += 1
        else:
            self.received += 1
            self.last_received = frame

    def _add_pong(self, pong: WebSocketFrame) -> None:
        # A pong may answer the newest ping alone (RFC 6455 section 5.5.3), so it settles all that
        # were sent before that one. Of pings with one payload nothing tells which it answers: it is
        # taken for the oldest, as most answer each in turn, and settles them all, so that an answer
        # that was left out does not lengthen each round trip from then on.
        place = next((at for at, each in enumerate(self._open) if each.payload == pong.payload), -1)
        if place < 0:
            return
        ping = self._open[place]
        trip_ns = pong.at_ns - ping.at_ns
        if self._on_pair is not None:
            self._on_pair(Pair(ping.seq, pong.seq, trip_ns))
        if len(self.round_trips_ns) < _ROUND_TRIPS:
            self.round_trips_ns.append(trip_ns)
        if self.slowest is None or trip_ns > self.slowest[0]:
            self.slowest = trip_ns, ping, pong
        self._open = [each for each in self._open[place + 1 :] if each.payload != pong.payload]
        if place or not self._open:
            self._crowded_out = 0  # they were sent before it, or like it
