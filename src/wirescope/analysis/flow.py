"""One direction of a connection in figures, gathered while its messages pass by.

Messages are added by the run, and what is computed of each is computed by the interpreter's own
loops: this is the part of the analysis that every message pays for. Memory is bounded: counts,
histograms with few classes, and a sample of the payloads.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter, sub

from wirescope.events import WebSocketFrame, WebSocketMessage

SAMPLE_BYTES = 1 << 20
"""Bytes of payload that are kept of each direction to look into."""

SAMPLE_MESSAGES = 4096
"""Messages that are kept of each direction to look into, at most."""

SECOND_NS = 1_000_000_000

_length = attrgetter("length")
_wire_length = attrgetter("wire_length")
_at_ns = attrgetter("at_ns")
_kind = attrgetter("kind")
_compressed = attrgetter("compressed")

_DISTINCT = 4096


class Spread:
    """How often which whole number, 0 or more, was seen; precise to a 128th once they are many.

    As in an HdrHistogram, numbers that share their eight highest bits are counted together: the
    memory is bounded, and a percentile is wrong by less than 0.8 per cent.
    """

    __slots__ = ("_exact", "_rounded")

    def __init__(self) -> None:
        self._exact: Counter[int] = Counter()
        self._rounded: Counter[int] = Counter()

    def add(self, values: Iterable[int]) -> None:
        """Count values."""
        self._exact.update(values)
        if len(self._exact) > _DISTINCT:
            self._round()

    def _round(self) -> None:
        for value, count in self._exact.items():
            shift = max(0, value.bit_length() - 8)
            self._rounded[value >> shift << shift] += count
        self._exact.clear()

    @property
    def count(self) -> int:
        """How many values were counted."""
        return self._exact.total() + self._rounded.total()

    def percentile(self, share: float) -> int:
        """Return a value that `share` (0 to 1) of the values do not exceed; 0 without any."""
        counts = sorted((self._exact + self._rounded).items())
        wanted, seen = share * self.count, 0
        for value, count in counts:
            seen += count
            if seen >= wanted:
                return value
        return 0


class Flow:
    """The messages of one direction.

    Attributes:
        messages: how many there were.
        payload_bytes: their lengths, decoded, in all.
        wire_bytes: what they took on the wire, in all.
        text: how many were text.
        compressed: how many were compressed.
        longest: the longest one; None without messages.
        first: the first one; None without messages.
        last: the last one; None without messages.
        lengths: their lengths, decoded.
        gaps_ns: the nanoseconds from one message to the next.
        longest_gap: nanoseconds, and the message that ended it; None with fewer than two.
        busiest_second: the most messages that came within one second of the clock.
        sample: the first messages, up to `SAMPLE_BYTES` of payload.
        last_frame: the last frame; None without frames.
    """

    __slots__ = (
        *("compressed", "first", "gaps_ns", "last", "last_frame", "lengths", "longest"),
        *("longest_gap", "messages", "payload_bytes", "sample", "text", "wire_bytes"),
        *("_sample_left", "_second", "_in_second", "busiest_second"),
    )

    def __init__(self) -> None:
        self.messages = self.payload_bytes = self.wire_bytes = self.text = self.compressed = 0
        self.first: WebSocketMessage | None = None
        self.last: WebSocketMessage | None = None
        self.longest: WebSocketMessage | None = None
        self.lengths = Spread()
        self.gaps_ns = Spread()
        self.longest_gap: tuple[int, WebSocketMessage] | None = None
        self.busiest_second = 0
        self.sample: list[WebSocketMessage] = []
        self.last_frame: WebSocketFrame | None = None
        self._sample_left = SAMPLE_BYTES
        self._second = self._in_second = 0

    def add(self, messages: Sequence[WebSocketMessage]) -> None:
        """Take messages that follow each other, at least one."""
        lengths = list(map(_length, messages))
        self.messages += len(messages)
        self.payload_bytes += sum(lengths)
        self.wire_bytes += sum(map(_wire_length, messages))
        self.lengths.add(lengths)
        longest = max(lengths)
        if self.longest is None or longest > self.longest.length:
            self.longest = messages[lengths.index(longest)]
        self.text += list(map(_kind, messages)).count("text")
        self.compressed += list(map(_compressed, messages)).count(True)
        self._add_times(messages)
        if self._sample_left > 0:
            self._add_sample(messages)
        if self.first is None:
            self.first = messages[0]
        self.last = messages[-1]

    def _add_times(self, messages: Sequence[WebSocketMessage]) -> None:
        times = list(map(_at_ns, messages))
        if self.last is not None:
            times.insert(0, self.last.at_ns)
        gaps_ns = list(map(sub, times[1:], times))
        if gaps_ns:
            self.gaps_ns.add(gaps_ns)
            longest_ns = max(gaps_ns)
            if self.longest_gap is None or longest_ns > self.longest_gap[0]:
                behind = gaps_ns.index(longest_ns) + len(messages) - len(gaps_ns)
                self.longest_gap = longest_ns, messages[behind]
        first, last = messages[0].at_ns // SECOND_NS, messages[-1].at_ns // SECOND_NS
        if first == last:
            self._add_to_second(first, len(messages))
        else:
            for second, count in Counter([ns // SECOND_NS for ns in map(_at_ns, messages)]).items():
                self._add_to_second(second, count)

    def _add_to_second(self, second: int, count: int) -> None:
        self._in_second = count + (self._in_second if second == self._second else 0)
        self._second = second
        self.busiest_second = max(self.busiest_second, self._in_second)

    def _add_sample(self, messages: Sequence[WebSocketMessage]) -> None:
        for message in messages:
            self.sample.append(message)
            self._sample_left -= len(message.payload)
            if self._sample_left <= 0 or len(self.sample) >= SAMPLE_MESSAGES:
                self._sample_left = 0
                return
