"""Reads a capture, while it is written or afterwards: in order, by page, by number, in figures.

The file is opened for reading only. A damaged one is read as far as its blocks are intact
(`salvage`); what is missing appears as `capture.gap`. A `Capture` may be used from any thread, by
one at a time.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

from wirescope.capture.blocks import (
    Batch,
    Blocks,
    Decoded,
    Head,
    Stretch,
    damaged,
    missing_between,
)
from wirescope.capture.filter import Filter, parse_filter
from wirescope.capture.inflate import MAX_INFLATED
from wirescope.capture.lock import is_being_written
from wirescope.capture.migrations import migrated
from wirescope.capture.payloads import Payloads
from wirescope.capture.salvage import last_known_seq, salvage
from wirescope.capture.schema import check_version, connect, get_meta
from wirescope.capture.statistics import Statistics
from wirescope.errors import CaptureError, CaptureFormatError, UnknownEventError
from wirescope.events import AnyEvent, CaptureGap, WebSocketMessage

POLL_INTERVAL_S = 0.05
"""How often a reader that follows looks for new events."""

_LIVENESS_POLLS = 20
_MOST_SEQ = 2**63 - 1  # what SQLite takes for a number

T = TypeVar("T")


def open_capture(path: str | Path, *, repair: bool = True) -> "Capture":
    """Open a capture for reading.

    With `repair`, a damaged file is opened with what is intact in it. CaptureFormatError when it is
    not a capture, of a later version, or damaged and not to be repaired.
    """
    path = Path(path)
    if not path.is_file():
        raise CaptureError(f"{path} does not exist or is not a file.")
    if not path.stat().st_size:
        raise CaptureFormatError(f"{path} is empty.")
    try:
        database = _open(path)
    except sqlite3.DatabaseError as error:
        if not repair:
            raise _is_damaged(path, error) from None
        return Capture(path, salvage(path), repair=False, damaged=True)
    return Capture(path, database, repair=repair)


class Capture:
    """A capture, open for reading; a context manager that closes it.

    Attributes:
        path: the file.
        damaged: whether only a part of the file can be read.
        started_wall_ns: the wall clock at its start, nanoseconds since 1970.
    """

    def __init__(
        self, path: Path, database: sqlite3.Connection, *, repair: bool, damaged: bool = False
    ) -> None:
        self.path = path
        self.damaged = damaged
        self._repair = repair
        self._use(database)
        self.started_wall_ns = self._guarded(lambda: int(self._meta("started_wall_ns") or 0))

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self.close()

    @property
    def last_seq(self) -> int:
        """The number of the last event that is saved; 0 in an empty capture."""
        return self._guarded(lambda: self._blocks.last_seq)

    @property
    def ended(self) -> bool:
        """Whether the writer ended the capture; False while it writes and after it was killed."""
        return self._guarded(lambda: self._meta("ended_at_ns")) is not None

    @property
    def growing(self) -> bool:
        """Whether a process is recording into it now."""
        return not self.ended and is_being_written(self.path)

    @property
    def gaps(self) -> list[CaptureGap]:
        """All that is missing: what could not be kept and what cannot be read back.

        Reads the whole file to see whether every block is intact.
        """
        return self._guarded(lambda: list(self._gaps()))

    def events(
        self,
        *,
        filter: Filter | str | None = None,  # noqa: A002
        after: int = 0,
        before: int | None = None,
    ) -> Iterator[AnyEvent]:
        """Yield events in order, those with `after < seq < before` that the filter lets through.

        Payloads are whole up to `INLINE_LIMIT` bytes and previews above; `payload` has the rest.
        """
        wanted = parse_filter(filter) if isinstance(filter, str) else filter
        return self._resumed(wanted, after, before)

    def batches(
        self,
        *,
        filter: Filter | None = None,  # noqa: A002
        after: int = 0,
    ) -> Iterator[Batch]:
        """Yield the events of `events` by the batch, also an empty one where nothing is wanted.

        It costs a fraction of `events`. Messages are as stored, those that `whole` completes
        without their payload; a filter that looks at payloads sees them complete.
        """
        while True:
            try:
                for batch in self._batches(filter, after):
                    after = batch.last_seq
                    yield batch
            except sqlite3.DatabaseError as error:
                self._salvage(error)
            else:
                return

    def whole(self, event: AnyEvent) -> AnyEvent:
        """Give a message of `batches` the payload that its frames carry."""
        if type(event) is not WebSocketMessage or not event.truncated or event.payload:
            return event
        block = self._guarded(lambda: self._blocks.holding(event.seq))
        return event if block is None else self._payloads.complete(event, block)

    def outline(self, *, after: int = 0) -> Iterator[Stretch]:
        """Yield what the file contains after an event, stretch by stretch; no event is read."""
        while True:
            try:
                for head in self._blocks.heads(after=after):
                    after = head.last_seq
                    yield _stretch(head)
            except sqlite3.DatabaseError as error:
                self._salvage(error)
            else:
                return

    def page(
        self,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 200,
        filter: Filter | str | None = None,  # noqa: A002
    ) -> list[AnyEvent]:
        """Return up to `limit` events in order: those next after, or those last before, a number.

        The next page goes on after the last one's `seq`, the one above before the first one's.
        """
        wanted = parse_filter(filter) if isinstance(filter, str) else filter
        if before is None:
            return list(islice(self._resumed(wanted, after or 0, None), limit))
        page = list(islice(self._resumed_backward(wanted, before, after or 0), limit))
        return page[::-1]

    def event(self, seq: int) -> AnyEvent:
        """Return the event with this number, UnknownEventError when there is none."""
        block = self._block_of(seq)
        return self._guarded(lambda: self._payloads.complete(block.by_seq[seq], block))

    def payload(self, seq: int, *, limit: int = MAX_INFLATED) -> Iterator[bytes]:
        """Yield the whole payload of a frame (as on the wire) or message (decoded) in pieces.

        A compressed message is inflated up to `limit` bytes. CaptureError when there is no such
        event, it has no payload, or a part of it is missing.
        """
        block = self._block_of(seq)
        event = block.by_seq[seq]
        if not hasattr(event, "payload"):
            raise CaptureError(f"Event {seq} is a {event.type}, which has no payload.")
        return self._payloads.pieces(event, block, limit=limit)

    def statistics(self) -> Statistics:
        """Sum up the whole capture; no event is read for it."""
        return self._guarded(self._statistics)

    async def follow(
        self,
        *,
        after: int = 0,
        filter: Filter | str | None = None,  # noqa: A002
        stop: asyncio.Event | None = None,
    ) -> AsyncIterator[AnyEvent]:
        """Yield events in order, and those that are yet to come as they are saved.

        Ends when the writer has ended (or was killed) and all is read, or once `stop` is set.
        """
        wanted = parse_filter(filter) if isinstance(filter, str) else filter
        stop = stop or asyncio.Event()
        polls = 0
        while not stop.is_set():
            polls += 1
            over = self.ended or (polls % _LIVENESS_POLLS == 0 and not is_being_written(self.path))
            last_seq = self.last_seq
            for event in self.events(filter=wanted, after=after, before=last_seq + 1):
                yield event
                if stop.is_set():
                    return
            after = max(after, last_seq)
            if over:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_INTERVAL_S)

    # Walking

    def _resumed(self, wanted: Filter | None, after: int, before: int | None) -> Iterator[AnyEvent]:
        """Walk forward; where the file turns out to be damaged, go on in what is salvaged."""
        while True:
            try:
                for event in self._forward(wanted, after, before):
                    after = event.seq
                    yield event
            except sqlite3.DatabaseError as error:
                self._salvage(error)
            else:
                return

    def _batches(self, wanted: Filter | None, after: int) -> Iterator[Batch]:
        earlier: Head | None = None
        for head in self._blocks.heads(after=max(0, after - 1)):
            events: list[AnyEvent] = []
            if after == 0 or earlier is not None:
                events += _if_wanted(missing_between(earlier, head), wanted)
            earlier = head
            if head.last_seq > after:
                events += self._stored(head, wanted, after)
                yield Batch(events, head.last_seq)

    def _stored(self, head: Head, wanted: Filter | None, after: int) -> list[AnyEvent]:
        try:
            block = self._blocks.select(head, wanted)
        except CaptureFormatError:
            return list(_if_wanted(damaged(head), wanted))
        if block is None:
            return []
        events = block.between(after, head.last_seq + 1)
        if wanted is None:
            return events
        if wanted.needs_payload:
            complete = self._payloads.complete
            return [event for event in events if wanted.matches(complete(event, block))]
        return [event for event in events if wanted.matches(event)]

    def _resumed_backward(
        self, wanted: Filter | None, before: int, after: int
    ) -> Iterator[AnyEvent]:
        while True:
            try:
                for event in self._backward(wanted, before, after):
                    before = event.seq
                    yield event
            except sqlite3.DatabaseError as error:
                self._salvage(error)
            else:
                return

    def _forward(self, wanted: Filter | None, after: int, before: int | None) -> Iterator[AnyEvent]:
        # From the block that holds event `after`, so that a hole behind it is seen.
        earlier: Head | None = None
        for head in self._blocks.heads(after=max(0, after - 1), before=before):
            if after == 0 or earlier is not None:
                yield from _if_wanted(missing_between(earlier, head), wanted)
            earlier = head
            if head.last_seq > after:
                yield from self._from_block(head, wanted, after, before)
        if before is None and (earlier is not None or after == 0):
            yield from _if_wanted(self._lost_end(earlier), wanted)

    def _backward(self, wanted: Filter | None, before: int, after: int) -> Iterator[AnyEvent]:
        later: Head | None = None
        # From the block that event `before` begins, so that a hole in front of it is seen.
        for head in self._blocks.heads_backward(before=before + 1, after=after):
            if later is None and head.last_seq == self._blocks.last_seq < before - 1:
                yield from _if_wanted(self._lost_end(head), wanted)
            elif later is not None:
                yield from _if_wanted(missing_between(head, later), wanted)
            later = head
            yield from reversed(list(self._from_block(head, wanted, after, before)))
        if later is not None and after == 0:
            yield from _if_wanted(missing_between(None, later), wanted)

    def _from_block(
        self, head: Head, wanted: Filter | None, after: int, before: int | None
    ) -> Iterator[AnyEvent]:
        try:
            block = self._blocks.select(head, wanted)
        except CaptureFormatError:
            yield from _if_wanted(damaged(head), wanted)
            return
        if block is None:
            return
        events = block.between(after, head.last_seq + 1 if before is None else before)
        complete = self._payloads.complete
        if wanted is None:
            for event in events:
                yield complete(event, block)
        elif wanted.needs_payload:
            yield from filter(wanted.matches, (complete(event, block) for event in events))
        else:
            for event in filter(wanted.matches, events):
                yield complete(event, block)

    def _gaps(self) -> Iterator[CaptureGap]:
        earlier: Head | None = None
        for head in self._blocks.heads():
            if (gap := missing_between(earlier, head)) is not None:
                yield gap
            earlier = head
            block = self._blocks.raw(head.first_seq)
            if block is None or not block.intact:
                yield damaged(head)
            elif any(group.type == "capture.gap" for group in block.groups()):
                yield from Decoded(block).gaps
        if (lost := self._lost_end(earlier)) is not None:
            yield lost

    def _lost_end(self, last: Head | None) -> CaptureGap | None:
        seq, at_ns = (last.last_seq, last.last_at_ns) if last else (0, 0)
        count = last_known_seq(self._database) - seq
        reason = "The end of the file is missing."
        return CaptureGap(seq + 1, at_ns, "", count, reason) if count > 0 else None

    def _block_of(self, seq: int) -> Decoded:
        block = None
        if 0 < seq <= _MOST_SEQ:
            block = self._guarded(lambda: self._blocks.holding(seq))
        if block is None or seq not in block.by_seq:
            raise UnknownEventError(f"There is no event {seq} in {self.path}.")
        return block

    def _statistics(self) -> Statistics:
        statistics = Statistics()
        earlier: Head | None = None
        for head in self._blocks.heads():
            gap = missing_between(earlier, head)
            statistics.missing += gap.count if gap else 0
            if earlier is None:
                statistics.first_seq, statistics.first_at_ns = head.first_seq, head.first_at_ns
            statistics.last_seq = head.last_seq
            statistics.last_at_ns = max(statistics.last_at_ns, head.last_at_ns)
            try:
                statistics.add(head.summary().groups)
            except CaptureFormatError:
                statistics.missing += damaged(head).count
            earlier = head
        lost = self._lost_end(earlier)
        statistics.missing += lost.count if lost else 0
        return statistics

    # The file

    def _use(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._blocks = Blocks(database)
        self._payloads = Payloads(database, self._blocks)

    def _meta(self, key: str) -> int | str | None:
        return get_meta(self._database, key)

    def _guarded(self, ask: Callable[[], T]) -> T:
        """Ask the file; when it turns out to be damaged, ask what is salvaged of it."""
        try:
            return ask()
        except sqlite3.DatabaseError as error:
            self._salvage(error)
            return ask()

    def _salvage(self, error: sqlite3.DatabaseError) -> None:
        if not self._repair:
            raise _is_damaged(self.path, error) from None
        self._repair = False
        self._database.close()
        self.damaged = True
        self._use(salvage(self.path))


def _open(path: Path) -> sqlite3.Connection:
    database = connect(path, read_only=True)
    try:
        version = check_version(database, path)
        database.execute("SELECT max(first_seq) FROM block").fetchone()
        return migrated(database, version)
    except BaseException:
        database.close()
        raise


def _stretch(head: Head) -> Stretch:
    try:
        groups = head.summary().groups
    except CaptureFormatError:
        groups = []
    return Stretch(*head.bounds, groups)


def _if_wanted(gap: CaptureGap | None, wanted: Filter | None) -> Iterator[AnyEvent]:
    if gap is not None and (wanted is None or wanted.matches(gap)):
        yield gap


def _is_damaged(path: Path, error: sqlite3.Error) -> CaptureFormatError:
    return CaptureFormatError(
        f"{path} is damaged or not a capture ({error}).",
        hint="What is intact in it can be read by opening it with repair.",
    )
