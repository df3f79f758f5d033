"""Rows of a timeline, and runs of alike neighbours among them that are one row.

Two kinds of run are folded. Heartbeats: pings and pongs, and messages that only keep the connection
alive. Alike messages: small ones of one direction that differ in their digits at most. What is out
of the ordinary ends a run and stands on its own: an answer that is slow or missing, a long pause.

A row takes four bytes, its event's number; a fold takes some more, and stands for four events at
least. Rows are only ever added, but for the last run, which is still open.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wirescope.events import (
    PING,
    PONG,
    TEXT,
    AnyEvent,
    WebSocketFrame,
    WebSocketMessage,
)

LEAST_ALIKE = 8
LEAST_HEARTBEATS = 4
"""Pings and pongs, and messages that say so; of others that look the part, `LEAST_ALIKE`."""

SMALL = 160
"""Bytes that a message of a run has at most, as many as a heartbeat has in the analysis."""

SLOW_NS = 100_000_000
SLOW_TIMES = 5
"""An answer is slow when it takes this many times the mean of those before it, and `SLOW_NS`."""

PAUSE_NS = 1_000_000_000
PAUSE_TIMES = 8
"""Likewise the pause between two alike messages."""

_SHORTEST_PERIOD_NS = 500_000_000  # what comes faster does more than to keep a connection alive
_DIGITS = b"0123456789"
_NUMBERS = re.compile(rb"[0-9]{1,18}")
_REMEMBERED = 16

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


class _Run:
    """Alike neighbours, the last of the rows."""

    __slots__ = (
        *("row", "key", "connection", "is_heartbeat", "folded", "recent", "waiting"),
        *(
            "keys",
            "least",
            "numbers",
            "asking",
            "asked",
            "last_of",
            "first_seq",
            "last_seq",
            "count",
            "first_at_ns",
        ),
        *("last_at_ns", "shortest_ns", "longest_ns", "length", "wire_length", "answers"),
        *("fastest_ns", "slowest_ns", "sum_ns"),
    )

    def __init__(self, row: int, key: Key, event: AnyEvent, *, is_heartbeat: bool) -> None:
        self.row, self.key, self.connection = row, key, event.connection
        self.is_heartbeat, self.folded = is_heartbeat, False
        self.least = LEAST_HEARTBEATS if is_heartbeat else LEAST_ALIKE
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
        return Fold(
            *(self.row, self.first_seq, self.last_seq, self.count),
            *(self.first_at_ns, self.last_at_ns, self.shortest_ns, self.longest_ns),
            *(self.length, self.wire_length, self.answers, self.fastest_ns, self.slowest_ns),
            int(self.is_heartbeat),
        )

    def add(
        self, event: AnyEvent, of: tuple[str, str, int | str], length: int, wire_length: int
    ) -> None:
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


class Rows:
    """Rows by index: numbers of events, some of them standing for a run.

    Args:
        fold: whether runs are folded.

    Attributes:
        seqs: the number of each row's event, of a fold of its first.
        folds: the folds among them.
    """

    def __init__(self, *, fold: bool) -> None:
        self.seqs = array("I")
        self.folds = Folds()
        self._fold = fold
        self._run: _Run | None = None
        self._alone: tuple[AnyEvent, Key] | None = None  # the last row, if a run may begin with it
        self._before: tuple[AnyEvent, Key] | None = None  # the row before that, likewise

    def __len__(self) -> int:
        return len(self.seqs)

    @property
    def nbytes(self) -> int:
        """Bytes that they take."""
        return len(self.seqs) * self.seqs.itemsize + self.folds.nbytes

    @property
    def settled(self) -> int:
        """How many rows, from the first one, will never change."""
        if self._run is not None:
            return self._run.row
        pending = (self._alone is not None) + (self._before is not None)
        return max(0, len(self.seqs) - pending)

    def at(self, start: int, count: int) -> Iterator[tuple[int, Fold | None]]:
        """Yield rows: an event's number, and the fold where it is one."""
        for index in range(max(0, start), min(start + count, len(self.seqs))):
            yield self.seqs[index], self.folds.at(index) if self._fold else None

    def place(self, seq: int) -> int:
        """Return the index of the last row that begins at or before an event; -1 without one."""
        index = bisect_left(self.seqs, seq + 1)
        return index - 1

    def between(self, first_seq: int, last_seq: int) -> "array[int]":
        """Return the events of the rows that begin in a range, both ends included."""
        start = bisect_left(self.seqs, first_seq)
        return self.seqs[start : bisect_left(self.seqs, last_seq + 1)]

    def covers(self, index: int, seq: int) -> bool:
        """Whether a row is the event, or a run that it is in."""
        if not 0 <= index < len(self.seqs):
            return False
        fold = self.folds.at(index) if self._fold else None
        return self.seqs[index] == seq or (fold is not None and seq <= fold.last_seq)

    def extend(self, events: Iterable[AnyEvent]) -> None:
        """Add events that follow; those of payloads that matter must be complete."""
        if not self._fold:
            self.seqs.extend([event.seq for event in events])
            return
        for event in events:
            self._add(event)
        if self._run is not None and self._run.folded:
            self.folds.put(self._run.fold())

    def _add(self, event: AnyEvent) -> None:
        """Add an event: most are like nothing before them, so that is found out first."""
        key = _key_of(event)
        run = self._run
        if run is None:
            alone, self._alone = self._alone, None
            before, self._before = self._before, None
            if (
                alone is None
                or key is None
                or not (
                    self._begin(alone, event, key) or self._alternates(before, alone, event, key)
                )
            ):
                self.seqs.append(event.seq)
                self._alone, self._before = (None if key is None else (event, key)), alone
        elif key is None:
            self._end()
            self.seqs.append(event.seq)
        elif run.is_heartbeat:
            known = key in run.keys or (run.numbers is None and _is_heartbeat(key, event))
            if run.connection == event.connection and known and run.rises(key, event):
                self._beat(run, event, key)
            else:
                self._begin_alone(event, key)
        elif run.key == key and not run.pauses(event.at_ns):
            self._join(run, event, key)
        else:
            self._begin_alone(event, key)

    def _begin_alone(self, event: AnyEvent, key: Key) -> None:
        """End the run; this may be the first one of another."""
        self._end()
        self.seqs.append(event.seq)
        self._alone = event, key

    def _begin(self, alone: "tuple[AnyEvent, Key]", event: AnyEvent, key: Key) -> bool:
        """Begin a run of two neighbours; False if they are not alike."""
        first, first_key = alone
        is_heartbeat = first.connection == event.connection and _is_heartbeat(key, event)
        if first_key != key and not (is_heartbeat and _is_heartbeat(first_key, first)):
            return False
        self.seqs.pop()
        run = self._run = _Run(len(self.seqs), key, first, is_heartbeat=is_heartbeat)
        if is_heartbeat:
            self._beat(run, first, first_key)
            self._beat(run, event, key)
        else:
            self._join(run, first, first_key)
            self._join(run, event, key)
        return True

    def _alternates(
        self,
        before: "tuple[AnyEvent, Key] | None",
        alone: "tuple[AnyEvent, Key]",
        event: AnyEvent,
        key: Key,
    ) -> bool:
        """Begin a run where small messages go to and fro like a heartbeat; False if they do not."""
        if before is None or before[1] != key or not isinstance(key[2], str):
            return False
        (first, _), (answer, answer_key) = before, alone
        if answer.connection != event.connection or answer_key[1] == key[1]:
            return False
        if event.at_ns - first.at_ns < _SHORTEST_PERIOD_NS or not isinstance(answer_key[2], str):
            return False
        del self.seqs[-2:]
        run = self._run = _Run(len(self.seqs), key, first, is_heartbeat=True)
        run.least, run.numbers = LEAST_ALIKE, {}
        for each, its_key in (before, alone, (event, key)):
            run.rises(its_key, each)
            self._beat(run, each, its_key)
        return True

    def _end(self) -> None:
        run, self._run = self._run, None
        if run is not None and run.folded:
            self.folds.put(run.fold())

    def _join(self, run: _Run, event: AnyEvent, key: Key) -> None:
        """Add an event to the run, as a row of its own while it is short."""
        length, wire_length = _lengths(event)
        run.add(event, key[:3], length, wire_length)
        if run.folded:
            return
        self.seqs.append(event.seq)
        if run.count >= run.least:
            run.folded = True
            del self.seqs[run.row + 1 :]
            self.folds.put(run.fold())

    # Heartbeats

    def _beat(self, run: _Run, event: AnyEvent, key: Key) -> None:
        """Add a heartbeat to a run of them, unless it shows that something is wrong."""
        is_message = isinstance(key[2], str)
        before_ns = run.last_of.get(key[:3], -_SHORTEST_PERIOD_NS)
        if is_message and event.at_ns - before_ns < _SHORTEST_PERIOD_NS:
            self._begin_alike(run, event, key)
            return
        run.recent.append((event.seq, run.fold()))
        del run.recent[:-_REMEMBERED]
        broken = self._message_beat(run, event, key) if is_message else _frame_beat(run, event, key)
        if not broken:
            run.keys.add(key)
            self._join(run, event, key)
            return
        self._split(run, broken)
        self.seqs.append(event.seq)
        if key[2] == PING or (is_message and key[1] == run.asking):
            self._alone = event, key  # the next one that asks; a slow answer stands for itself

    def _begin_alike(self, run: _Run, event: AnyEvent, key: Key) -> None:
        """Go on with a message that comes too often for a heartbeat."""
        if run.count == 1 and run.key == key:
            run.is_heartbeat, run.least = False, LEAST_ALIKE
            self._join(run, event, key)
        else:
            self._begin_alone(event, key)

    def _message_beat(self, run: _Run, event: AnyEvent, key: Key) -> int:
        """Take a message that is a heartbeat; give the number of the one it lays bare, or 0."""
        direction = key[1]
        if not run.asking:
            run.asking = direction
        if direction == run.asking:
            asked, _ = run.asked
            if asked and run.answers:
                return asked  # never answered, though others were
            run.asked = event.seq, event.at_ns
            return 0
        asked, at_ns = run.asked
        run.asked = 0, 0
        if asked and not run.note_answer(event.at_ns - at_ns):
            return asked
        return 0

    def _split(self, run: _Run, seq: int) -> None:
        """End the run before an event of it, which becomes a row with all that follow."""
        later = [(each, before) for each, before in run.recent if each >= seq]
        later = [(each, before) for each, before in later if each <= run.last_seq]
        if not run.folded or not later:
            self._end()
            return
        before = later[0][1]
        if before.events > 1:
            self.folds.put(before)
        else:
            self.folds.drop_last()
            if not before.events:
                del self.seqs[run.row :]
        self.seqs.extend([each for each, _ in later])
        run.folded = False
        self._run = None


def _frame_beat(run: _Run, event: AnyEvent, key: Key) -> int:
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


def _key_of(event: AnyEvent) -> Key | None:
    """Return what alike events have in common; None for what is never folded."""
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


def _is_heartbeat(key: Key, event: AnyEvent) -> bool:
    if key[2] in (PING, PONG):
        return True
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


def _lengths(event: AnyEvent) -> tuple[int, int]:
    if type(event) is WebSocketMessage:
        return event.length, event.wire_length
    assert isinstance(event, WebSocketFrame)
    return event.payload_length, event.wire_length
