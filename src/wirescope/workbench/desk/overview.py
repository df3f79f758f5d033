"""A capture in bins of equal time: from the events where they are few, else from the stretches.

Where a stretch of the file reaches over several bins, its figures are spread evenly over them: the
sums are right, and no event is read.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from wirescope.capture import Capture
from wirescope.events import AnyEvent, DataChannelMessage, WebSocketFrame, WebSocketMessage
from wirescope.workbench.desk.folding import Rows
from wirescope.workbench.desk.model import Mark, Overview
from wirescope.workbench.desk.survey import Figures, Survey

MOST_BINS = 2000
EXACT_EVENTS = 20_000
"""A part with so many events at most is counted event by event."""

MOST_MARKS = 500

_LATEST_NS = (1 << 63) - 1


class Part(NamedTuple):
    """A part of a capture, in bins.

    Attributes:
        from_ns: where the first bin begins.
        to_ns: where the last one ends.
        bins: how many.
    """

    from_ns: int
    to_ns: int
    bins: int

    def bin_of(self, at_ns: int) -> int:
        """Return the bin of a moment; below 0 or from `bins` on outside."""
        return (at_ns - self.from_ns) * self.bins // max(1, self.to_ns - self.from_ns + 1)

    def edge(self, number: int) -> int:
        """Return where a bin begins."""
        return self.from_ns + number * (self.to_ns - self.from_ns + 1) // self.bins


def part_of(survey: Survey, *, from_ns: int, to_ns: int, bins: int) -> Part:
    """Choose the part; an end of 0 is the capture's."""
    start_ns = max(0, min(from_ns, _LATEST_NS))
    end_ns = min(to_ns, _LATEST_NS) or survey.last_at_ns
    return Part(start_ns, max(start_ns, end_ns), max(1, min(bins, MOST_BINS)))


def overview_of(
    capture: Capture,
    survey: Survey,
    part: Part,
    *,
    connection: str = "",
    hits: Rows | None = None,
    marks: Iterable[Mark] = (),
) -> Overview:
    """Count a part.

    Args:
        capture: the capture.
        survey: of the connection, or of all.
        part: which part.
        connection: only this one.
        hits: rows to be counted as well.
        marks: what is marked on it; those inside are taken.
    """
    counted = _Bins(part)
    number, first_seq, last_seq = survey.events_between(part.from_ns, part.to_ns)
    if number <= EXACT_EVENTS:
        events = capture.events(after=first_seq - 1, before=last_seq + 1) if number else ()
        found = frozenset(hits.between(first_seq, last_seq)) if hits is not None else ()
        for event in events:
            if connection in ("", event.connection):
                counted.take(event)
            if event.seq in found:
                counted.hit(event)
    else:
        for first, last, first_at, last_at, figures in _stretches(capture, survey, part):
            counted.spread(first_at, last_at, figures)
            if hits is not None:
                counted.spread_hits(first_at, last_at, len(hits.between(first, last)))
    inside = [mark for mark in marks if part.from_ns <= mark.at_ns <= part.to_ns]
    return Overview(
        from_ns=part.from_ns,
        to_ns=part.to_ns,
        sent_bytes=counted.columns[3],
        received_bytes=counted.columns[4],
        sent=counted.columns[0],
        received=counted.columns[1],
        control=counted.columns[2],
        hits=counted.hits if hits is not None else [],
        marks=_worst(inside),
    )


def _stretches(
    capture: Capture, survey: Survey, part: Part
) -> Iterable[tuple[int, int, int, int, Figures]]:
    """Return the stretches of a part, as the file has them where those that are kept are coarse."""
    kept = list(survey.stretches(part.from_ns, part.to_ns))
    if survey.is_thinned and len(kept) < part.bins:
        return survey.fine_stretches(capture, part.from_ns, part.to_ns)
    return kept


_ORDER = ("note", "error", "failed", "warning", "gap", "closed", "info")


def _worst(marks: list[Mark]) -> list[Mark]:
    if len(marks) > MOST_MARKS:
        marks = sorted(marks, key=lambda mark: _ORDER.index(mark.kind))[:MOST_MARKS]
    return sorted(marks, key=lambda mark: (mark.at_ns, mark.seq))


class _Bins:
    """Counters, one of each kind a bin: the columns are those of `Figures`."""

    def __init__(self, part: Part) -> None:
        self.columns: Sequence[list[int]] = [[0] * part.bins for _ in Figures._fields]
        self.hits = [0] * part.bins
        self._part = part

    def take(self, event: AnyEvent) -> None:
        place = self._part.bin_of(event.at_ns)
        if not 0 <= place < self._part.bins:
            return
        sent, received, control, sent_bytes, received_bytes = self.columns
        if type(event) is WebSocketMessage:
            (sent if event.direction == "sent" else received)[place] += 1
        elif type(event) is DataChannelMessage:
            is_sent = event.direction == "sent"
            (sent if is_sent else received)[place] += 1
            (sent_bytes if is_sent else received_bytes)[place] += event.length
        elif type(event) is WebSocketFrame:
            control[place] += event.is_control
            own = sent_bytes if event.direction == "sent" else received_bytes
            own[place] += min(event.wire_length, (1 << 62) - 1)

    def hit(self, event: AnyEvent) -> None:
        place = self._part.bin_of(event.at_ns)
        if 0 <= place < self._part.bins:
            self.hits[place] += 1

    def spread(self, first_at: int, last_at: int, figures: Figures) -> None:
        for column, value in zip(self.columns, figures, strict=True):
            if value:
                self._spread(first_at, last_at, value, column.__getitem__, column.__setitem__)

    def spread_hits(self, first_at: int, last_at: int, count: int) -> None:
        if count:
            hits = self.hits
            self._spread(first_at, last_at, count, hits.__getitem__, hits.__setitem__)

    def _spread(
        self,
        first_at: int,
        last_at: int,
        value: int,
        get: Callable[[int], int],
        put: Callable[[int, int], None],
    ) -> None:
        part = self._part
        first, last = part.bin_of(first_at), part.bin_of(last_at)
        if first == last:
            if 0 <= first < part.bins:
                put(first, get(first) + value)
            return
        span, before = max(1, last_at - first_at + 1), 0
        for number in range(max(0, first), min(last, part.bins - 1) + 1):
            if number == max(0, first) and first < 0:
                before = value * (part.edge(0) - first_at) // span
            reached = min(last_at + 1, part.edge(number + 1))
            share = value * (reached - first_at) // span
            put(number, get(number) + share - before)
            before = share
