"""The blocks of a capture, found by event number and walked in either direction.

Where a block is missing or damaged, the walk hands out a `capture.gap` in its place, so whoever
reads sees that something was there. Messages are as stored; see `payloads` for the rest.
"""

import sqlite3
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from wirescope.capture.block import Block, read_summary
from wirescope.capture.filter import Bounds, Filter
from wirescope.capture.summary import Group, Summary
from wirescope.events import AnyEvent, CaptureGap, Direction, WebSocketMessage

_HEADS_AT_ONCE = 64
_KEPT_DECODED = 4

_seq = attrgetter("seq")

_HeadRow = tuple[int, int, int, int, int, bytes]


class Head(NamedTuple):
    """A block without its events: the first six columns of its row."""

    first_seq: int
    last_seq: int
    number: int
    first_at_ns: int
    last_at_ns: int
    summary_bytes: bytes

    @property
    def bounds(self) -> Bounds:
        """Between which numbers and times its events lie."""
        return Bounds(self.first_seq, self.last_seq, self.first_at_ns, self.last_at_ns)

    def summary(self) -> Summary:
        """Read the summary; CaptureFormatError when it is damaged."""
        return read_summary(self.summary_bytes, self.first_seq)


class Stretch(NamedTuple):
    """A run of events and what it contains, without the events.

    Attributes:
        first_seq: the number of the first event.
        last_seq: the number of the last one.
        first_at_ns: the earliest time in it.
        last_at_ns: the latest.
        groups: its events by group; empty where they cannot be read.
    """

    first_seq: int
    last_seq: int
    first_at_ns: int
    last_at_ns: int
    groups: list[Group]


class Batch(NamedTuple):
    """Events that stand together in the file.

    Attributes:
        events: those that are wanted, in order.
        last_seq: up to which event the file was looked through.
    """

    events: list[AnyEvent]
    last_seq: int


class Decoded:
    """A block's events as stored, with indexes that are made when first asked for."""

    def __init__(self, block: Block) -> None:
        self.first_seq = block.first_seq
        self.last_seq = block.last_seq
        self.number = block.number
        self.events = block.decode_events()

    @cached_property
    def by_seq(self) -> dict[int, AnyEvent]:
        """Its events by number."""
        return {event.seq: event for event in self.events}

    @cached_property
    def compressed(self) -> dict[tuple[str, Direction], list[WebSocketMessage]]:
        """Its compressed messages by connection and direction."""
        found: dict[tuple[str, Direction], list[WebSocketMessage]] = {}
        for event in self.events:
            if type(event) is WebSocketMessage and event.compressed:
                found.setdefault((event.connection, event.direction), []).append(event)
        return found

    @cached_property
    def gaps(self) -> list[CaptureGap]:
        """The gaps that the writer noted in it."""
        return [event for event in self.events if type(event) is CaptureGap]

    def between(self, after: int, before: int) -> list[AnyEvent]:
        """Return the events with `after < seq < before`."""
        if after < self.first_seq and before > self.last_seq:
            return self.events
        start = bisect_left(self.events, after + 1, key=_seq)
        return self.events[start : bisect_left(self.events, before, key=_seq)]


class Blocks:
    """Read access to the table `block`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._decoded: OrderedDict[int, Decoded] = OrderedDict()

    @property
    def last_seq(self) -> int:
        """The number of the last event; 0 in an empty capture."""
        row = self._database.execute(
            "SELECT last_seq FROM block ORDER BY first_seq DESC LIMIT 1"
        ).fetchone()
        return int(row[0]) if row else 0

    def heads(self, *, after: int = 0, before: int | None = None) -> Iterator[Head]:
        """Walk the blocks forward from the one that holds what follows event `after`."""
        start = self._start_of(after)
        while rows := self._head_rows(start, before):
            for row in rows:
                head = Head(*row)
                if head.last_seq > after:
                    yield head
            start = rows[-1][0] + 1

    def heads_backward(self, *, before: int, after: int = 0) -> Iterator[Head]:
        """Walk the blocks backward from the one that holds what precedes event `before`."""
        before = min(before, _FAR)
        while rows := self._database.execute(
            "SELECT first_seq, last_seq, number, first_at_ns, last_at_ns, summary FROM block"
            " WHERE first_seq < ? ORDER BY first_seq DESC LIMIT ?",
            (before, _HEADS_AT_ONCE),
        ).fetchall():
            for row in rows:
                head = Head(*row)
                if head.last_seq <= after:
                    return
                yield head
            before = rows[-1][0]

    def load(self, first_seq: int) -> Decoded | None:
        """Read and decode a block; None when it is gone, CaptureFormatError when damaged."""
        decoded = self._decoded.get(first_seq)
        if decoded is not None:
            self._decoded.move_to_end(first_seq)
            return decoded
        block = self.raw(first_seq)
        return None if block is None else self._keep(Decoded(block))

    def raw(self, first_seq: int) -> Block | None:
        """Read a block without decoding it."""
        row = self._database.execute(
            "SELECT * FROM block WHERE first_seq = ?", (first_seq,)
        ).fetchone()
        return Block(*row) if row else None

    def holding(self, seq: int) -> Decoded | None:
        """Find the block that event `seq` stands in."""
        for first_seq, decoded in reversed(self._decoded.items()):
            if first_seq <= seq <= decoded.last_seq:
                return decoded
        found = self.load(self._start_of(seq))
        return found if found is not None and found.first_seq <= seq <= found.last_seq else None

    def select(self, head: Head, wanted: Filter | None) -> Decoded | None:
        """Load a block unless its summary or its bytes show that nothing in it is wanted."""
        if wanted is None:
            return self.load(head.first_seq)
        summary = head.summary()
        if not any(wanted.may_match(group, head.bounds) for group in summary.groups):
            return None
        if summary.hidden or wanted.needles is None or head.first_seq in self._decoded:
            return self.load(head.first_seq)
        block = self.raw(head.first_seq)
        if block is None or not wanted.found_in(block.events):
            return None
        return self._keep(Decoded(block))

    def _keep(self, decoded: Decoded) -> Decoded:
        self._decoded[decoded.first_seq] = decoded
        if len(self._decoded) > _KEPT_DECODED:
            self._decoded.popitem(last=False)
        return decoded

    def _start_of(self, seq: int) -> int:
        row = self._database.execute(
            "SELECT first_seq FROM block WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1",
            (min(seq, _FAR),),
        ).fetchone()
        return int(row[0]) if row else 0

    def _head_rows(self, start: int, before: int | None) -> list[_HeadRow]:
        return self._database.execute(
            "SELECT first_seq, last_seq, number, first_at_ns, last_at_ns, summary FROM block"
            " WHERE first_seq >= ? AND first_seq < ? ORDER BY first_seq LIMIT ?",
            (start, _FAR if before is None else min(before, _FAR), _HEADS_AT_ONCE),
        ).fetchall()


_FAR = (1 << 63) - 1  # SQLite holds no greater number


def missing_between(earlier: Head | None, later: Head) -> CaptureGap | None:
    """Return the gap between two neighbours, None when nothing is missing."""
    number, last_seq = (earlier.number, earlier.last_seq) if earlier else (0, 0)
    at_ns = earlier.last_at_ns if earlier else 0
    if later.number <= number + 1:
        return None
    count = later.first_seq - last_seq - 1
    return CaptureGap(last_seq + 1, at_ns, "", count, "This part of the file is damaged.")


def damaged(head: Head) -> CaptureGap:
    """Return the gap that stands in the place of a block that cannot be read."""
    count = head.last_seq - head.first_seq + 1
    reason = "This part of the file is damaged."
    return CaptureGap(head.first_seq, head.first_at_ns, "", count, reason)
