"""Runs of alike neighbours in a timeline: what they are, what they have in common, how they went.

How they become rows is in `folding`. Whether a message is a heartbeat is judged by what it says, or
by how it goes to and fro; the analysis, which sees all of them, judges by their period.
"""

import re
from array import array
from bisect import bisect_left
from typing import NamedTuple

from wirescope.events import (
    PING,
    PONG,
    TEXT,
    AnyEvent,
    DataChannelMessage,
    Statistics,
    WebSocketFrame,
    WebSocketMessage,
)

LEAST_ALIKE = 8
LEAST_HEARTBEATS = 4
"""Pings and pongs, and messages that say so; of others that look the part, `LEAST_ALIKE`."""

LEAST_STATISTICS = 2
STATISTICS = "stats"
"""What the key of an event of statistics has in place of a kind."""

SMALL = 160
"""Bytes that a message of a run has at most, as many as a heartbeat has in the analysis."""

SLOW_NS = 100_000_000
SLOW_TIMES = 5
"""An answer is slow when it takes this many times the mean of those before it, and `SLOW_NS`."""

PAUSE_NS = 1_000_000_000
PAUSE_TIMES = 8
"""Likewise the pause between two alike messages."""

SHORTEST_PERIOD_NS = 500_000_000  # what comes faster does more than to keep a connection alive
_DIGITS = b"0123456789"
_NUMBERS = re.compile(rb"[0-9]{1,18}")
REMEMBERED = 16

Key = tuple[str, str, int | str, bytes]


class Fold(NamedTuple):
    """What is known of a run.

    Attributes:
        row: index of its row.
        first_seq: number of the first event.
        last_seq: number of the last one.
        events: how many.
        first_at_ns: when the first one was.
        last_at_ns: when the last one was.
        shortest_ns: the shortest time between two of them, of heartbeats of one direction.
        longest_ns: the longest.
        length: bytes of payload, together.
        wire_length: bytes on the wire, together.
        answers: how many answers were seen among heartbeats.
        fastest_ns: the shortest time that an answer took.
        slowest_ns: the longest.
        is_heartbeat: whether it is one of heartbeats.
    """

    row: int
    first_seq: int
    last_seq: int
    events: int
    first_at_ns: int
    last_at_ns: int
    shortest_ns: int
    longest_ns: int
    length: int
    wire_length: int
    answers: int
    fastest_ns: int
    slowest_ns: int
    is_heartbeat: int


class Folds:
    """Folds by row, in columns."""

    def __init__(self) -> None:
        self._columns = tuple(array("q") for _ in Fold._fields)

    def __len__(self) -> int:
        return len(self._columns[0])

    @property
    def nbytes(self) -> int:
        """Bytes that they take."""
        return sum(len(column) * column.itemsize for column in self._columns)

    def put(self, fold: Fold) -> None:
        """Add a fold, or write the last one anew."""
        if len(self) and self._columns[0][-1] == fold.row:
            self.drop_last()
        for column, value in zip(self._columns, fold, strict=True):
            column.append(value)

    def drop_last(self) -> None:
        """Take the last fold away."""
        for column in self._columns:
            column.pop()

    def at(self, row: int) -> Fold | None:
        """Return the fold that is this row; None for a row that is an event."""
        index = bisect_left(self._columns[0], row)
        if index == len(self) or self._columns[0][index] != row:
            return None
        return Fold(*(column[index] for column in self._columns))


class Run:
    """Alike neighbours, the last of the rows.

    Args:
        row: index of the first one's row.
        key: what they have in common; of heartbeats that of the first.
        event: the first one.
        is_heartbeat: whether they are heartbeats.
    """

    __slots__ = (
        "answers",
        "asked",
        "asking",
        "connection",
        "count",
        "fastest_ns",
        "first_at_ns",
        "first_seq",
        "folded",
        "is_heartbeat",
        "key",
        "keys",
        "last_at_ns",
        "last_of",
        "last_seq",
        "least",
        "length",
        "longest_ns",
        "numbers",
        "recent",
        "row",
        "shortest_ns",
        "slowest_ns",
        "sum_ns",
        "waiting",
        "wire_length",
    )  # fmt: skip

    def __init__(self, row: int, key: Key, event: AnyEvent, *, is_heartbeat: bool) -> None:
        self.row, self.key, self.connection = row, key, event.connection
        self.is_heartbeat, self.folded = is_heartbeat, False
        self.least = LEAST_HEARTBEATS if is_heartbeat else LEAST_ALIKE
        if key[2] == STATISTICS:
            self.least = LEAST_STATISTICS
        self.keys: set[Key] = set()
        self.numbers: dict[Key, list[int]] | None = None  # None where words say what it is
        self.recent: list[tuple[int, Fold]] = []  # the last events, and the run before each
        self.waiting: dict[tuple[str, bytes], tuple[int, int]] = {}
        self.asking, self.asked = "", (0, 0)
        self.last_of: dict[tuple[str, str, int | str], int] = {}
        self.first_seq = self.last_seq = event.seq
        self.count, self.first_at_ns, self.last_at_ns = 0, event.at_ns, event.at_ns
        self.shortest_ns, self.longest_ns = -1, 0
        self.length = self.wire_length = self.answers = 0
        self.fastest_ns, self.slowest_ns, self.sum_ns = -1, 0, 0

    def fold(self) -> Fold:
        """Sum it up."""
        return Fold(
            *(self.row, self.first_seq, self.last_seq, self.count),
            *(self.first_at_ns, self.last_at_ns, self.shortest_ns, self.longest_ns),
            *(self.length, self.wire_length, self.answers, self.fastest_ns, self.slowest_ns),
            int(self.is_heartbeat),
        )

    def add(
        self, event: AnyEvent, of: tuple[str, str, int | str], length: int, wire_length: int
    ) -> None:
        """Take the next one; `of` is what the time to the one before is measured by."""
        at_ns = event.at_ns
        before_ns = self.last_of.get(of)
        if before_ns is not None:
            gap_ns = at_ns - before_ns
            if gap_ns > self.longest_ns:
                self.longest_ns = gap_ns
            if gap_ns < self.shortest_ns or self.shortest_ns < 0:
                self.shortest_ns = gap_ns
        self.last_of[of] = at_ns
        self.count += 1
        self.last_seq, self.last_at_ns = event.seq, at_ns
        self.length += length
        self.wire_length += wire_length

    def pauses(self, at_ns: int) -> bool:
        """Whether the time since the last one is out of the ordinary."""
        gap_ns = at_ns - self.last_at_ns
        if self.key[2] == STATISTICS:  # they come some at a time, as often as samples are taken
            return False
        if gap_ns < PAUSE_NS or self.count < LEAST_ALIKE:
            return False
        return gap_ns * (self.count - 1) > PAUSE_TIMES * (self.last_at_ns - self.first_at_ns)

    def rises(self, key: Key, event: AnyEvent) -> bool:
        """Whether the numbers in a message are none that fall, as a counter's or a time's."""
        if self.numbers is None:
            return True
        payload: bytes = event.payload  # type: ignore[union-attr]
        now = [int(digits) for digits in _NUMBERS.findall(payload)]
        before = self.numbers.setdefault(key, now)
        self.numbers[key] = now
        return all(map(int.__le__, before, now))

    def note_answer(self, took_ns: int) -> bool:
        """Take an answer; False when it is slow."""
        mean_ns = self.sum_ns / self.answers if self.answers else 0
        if self.answers >= 2 and took_ns > max(SLOW_NS, SLOW_TIMES * mean_ns):
            return False
        self.answers += 1
        self.sum_ns += took_ns
        self.slowest_ns = max(self.slowest_ns, took_ns)
        self.fastest_ns = took_ns if self.fastest_ns < 0 else min(self.fastest_ns, took_ns)
        return True


def frame_beat(run: Run, event: AnyEvent, key: Key) -> int:
    """Take a ping or a pong; give the number of the ping that it shows as slow or missed, or 0."""
    assert isinstance(event, WebSocketFrame)
    direction, payload = event.direction, event.payload
    if key[2] == PING:
        missed = next((each for (way, _), each in run.waiting.items() if way == direction), None)
        run.waiting[direction, payload] = event.seq, event.at_ns
        return missed[0] if missed is not None else 0
    asked = run.waiting.pop(("received" if direction == "sent" else "sent", payload), None)
    if asked is not None and not run.note_answer(event.at_ns - asked[1]):
        return asked[0]
    return 0


def key_of(event: AnyEvent) -> Key | None:
    """Return what alike events have in common; None for what is never folded."""
    if type(event) is Statistics:
        return event.connection, "", STATISTICS, b""
    if type(event) is DataChannelMessage:
        if event.length > SMALL:
            return None
        shape = b"%d:%b" % (event.channel, event.payload.translate(None, _DIGITS))
        return event.connection, event.direction, event.kind, shape
    if type(event) is WebSocketMessage:
        if event.length > SMALL or len(event.payload) < event.length:
            return None
        shape = event.payload.translate(None, _DIGITS)
        return event.connection, event.direction, event.kind, shape
    if type(event) is not WebSocketFrame:
        return None
    first = event.header[0]
    if first in (0x80 | PING, 0x80 | PONG):
        return event.connection, event.direction, first & 0x0F, b""
    if first not in (0x81, 0x82) or len(event.payload) > SMALL or event.incomplete:
        return None  # a fragment, compressed, illegal, or long
    kind = "text" if first & 0x0F == TEXT else "binary"
    return event.connection, event.direction, kind, event.payload.translate(None, _DIGITS)


def is_heartbeat(key: Key, event: AnyEvent) -> bool:
    """Whether an event says by itself that it only keeps the connection alive."""
    if key[2] in (PING, PONG):
        return True
    if key[2] == STATISTICS:
        return False
    payload: bytes = event.payload  # type: ignore[union-attr]
    if len(payload) <= 1:  # as Engine.IO's 2 and 3
        return payload.isdigit() or not payload
    lower = payload.lower()
    return (
        b"ping" in lower
        or b"pong" in lower
        or b"beat" in lower
        or b"alive" in lower
        or b'"hb"' in lower
    )


def lengths_of(event: AnyEvent) -> tuple[int, int]:
    """Return the bytes of an event's payload, and those on the wire."""
    if type(event) is WebSocketMessage:
        return event.length, event.wire_length
    if type(event) is DataChannelMessage:
        return event.length, 0
    if type(event) is Statistics:
        return 0, 0
    assert isinstance(event, WebSocketFrame)
    return event.payload_length, event.wire_length
