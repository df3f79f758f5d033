"""Rows of a timeline, and runs of alike neighbours among them that are one row.

Three kinds of run are folded. Heartbeats: pings and pongs, and messages that only keep the
connection alive. Alike messages: small ones of one direction that differ in their digits at most.
Statistics of a WebRTC connection. What is out of the ordinary ends a run and stands on its own: an
answer that is slow or missing, a long pause between messages.

A row takes four bytes, its event's number; a fold takes some more, and stands for four events at
least. Rows are only ever added, but for the last run, which is still open.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from wirescope.events import PING, AnyEvent
from wirescope.workbench.desk.runs import (
    LEAST_ALIKE,
    REMEMBERED,
    SHORTEST_PERIOD_NS,
    STATISTICS,
    Fold,
    Folds,
    Key,
    Run,
    frame_beat,
    is_heartbeat,
    key_of,
    lengths_of,
)


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
        self._run: Run | None = None
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
        key = key_of(event)
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
            known = key in run.keys or (run.numbers is None and is_heartbeat(key, event))
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
        beats = first.connection == event.connection and is_heartbeat(key, event)
        if first_key != key and not (beats and is_heartbeat(first_key, first)):
            return False
        self.seqs.pop()
        run = self._run = Run(len(self.seqs), key, first, is_heartbeat=beats)
        if beats:
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
        if STATISTICS in (key[2], alone[1][2]):
            return False
        (first, _), (answer, answer_key) = before, alone
        if answer.connection != event.connection or answer_key[1] == key[1]:
            return False
        if event.at_ns - first.at_ns < SHORTEST_PERIOD_NS or not isinstance(answer_key[2], str):
            return False
        del self.seqs[-2:]
        run = self._run = Run(len(self.seqs), key, first, is_heartbeat=True)
        run.least, run.numbers = LEAST_ALIKE, {}
        for each, its_key in (before, alone, (event, key)):
            run.rises(its_key, each)
            self._beat(run, each, its_key)
        return True

    def _end(self) -> None:
        run, self._run = self._run, None
        if run is not None and run.folded:
            self.folds.put(run.fold())

    def _join(self, run: Run, event: AnyEvent, key: Key) -> None:
        """Add an event to the run, as a row of its own while it is short."""
        length, wire_length = lengths_of(event)
        run.add(event, key[:3], length, wire_length)
        if run.folded:
            return
        self.seqs.append(event.seq)
        if run.count >= run.least:
            run.folded = True
            del self.seqs[run.row + 1 :]
            self.folds.put(run.fold())

    # Heartbeats

    def _beat(self, run: Run, event: AnyEvent, key: Key) -> None:
        """Add a heartbeat to a run of them, unless it shows that something is wrong."""
        is_message = isinstance(key[2], str)
        before_ns = run.last_of.get(key[:3], -SHORTEST_PERIOD_NS)
        if is_message and event.at_ns - before_ns < SHORTEST_PERIOD_NS:
            self._begin_alike(run, event, key)
            return
        run.recent.append((event.seq, run.fold()))
        del run.recent[:-REMEMBERED]
        broken = self._message_beat(run, event, key) if is_message else frame_beat(run, event, key)
        if not broken:
            run.keys.add(key)
            self._join(run, event, key)
            return
        self._split(run, broken)
        self.seqs.append(event.seq)
        if key[2] == PING or (is_message and key[1] == run.asking):
            self._alone = event, key  # the next one that asks; a slow answer stands for itself

    def _begin_alike(self, run: Run, event: AnyEvent, key: Key) -> None:
        """Go on with a message that comes too often for a heartbeat."""
        if run.count == 1 and run.key == key:
            run.is_heartbeat, run.least = False, LEAST_ALIKE
            self._join(run, event, key)
        else:
            self._begin_alone(event, key)

    def _message_beat(self, run: Run, event: AnyEvent, key: Key) -> int:
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

    def _split(self, run: Run, seq: int) -> None:
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
