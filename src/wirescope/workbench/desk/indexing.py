"""Which events are the rows of a view, found once and kept: the index that windows are read by.

An index is built from the file, in the order of its events and a piece at a time, so that the first
rows can be shown long before the last ones are found. A capture has an index for each way in which
it is looked at, some of them kept.
"""

from collections import OrderedDict

from wirescope.capture import Capture, Filter, parse_filter
from wirescope.clock import SystemClock
from wirescope.events import (
    AnyEvent,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.workbench.desk.folding import Rows
from wirescope.workbench.desk.model import View
from wirescope.workbench.desk.reading import Deadline
from wirescope.workbench.desk.runs import SMALL

KEPT = 8
"""Indexes that a capture has at most."""

_LATELY_NS = 5_000_000_000


class ViewIndex:
    """The rows of one view, as far as the file was looked through.

    Args:
        view: the view.
        search: a further expression that rows have to match; empty for none.

    Raises:
        FilterSyntaxError: an expression cannot be read.

    Attributes:
        rows: the rows so far.
        read_seq: up to which event the file was looked through.
        asked_ns: when it was asked for last, on the monotonic clock.
    """

    def __init__(self, view: View, *, search: str = "") -> None:
        self.rows = Rows(fold=view.fold)
        self.read_seq = 0
        self.asked_ns = 0
        self._view = view
        self._wanted = [parse_filter(text) for text in (view.filter, search) if text.strip()]

    def extend(self, capture: Capture, deadline: Deadline) -> bool:
        """Look through what follows until the deadline; whether all there is was looked through."""
        first: Filter | None = self._wanted[0] if self._wanted else None
        for batch in capture.batches(filter=first, after=self.read_seq):
            self.rows.extend(self._chosen(batch.events, capture))
            self.read_seq = batch.last_seq
            if deadline.passed:
                return self.read_seq >= capture.last_seq
        return True

    def _chosen(self, events: list[AnyEvent], capture: Capture) -> list[AnyEvent]:
        view = self._view
        if view.mode == "messages":
            chosen = [
                event
                for event in events
                if type(event) is not WebSocketFrame or _is_listed_with_messages(event)
            ]
        else:
            chosen = [event for event in events if type(event) is not WebSocketMessage]
        if view.connection:
            chosen = [event for event in chosen if event.connection == view.connection]
        for wanted in self._wanted[1:]:
            if wanted.needs_payload:
                chosen = [event for event in chosen if wanted.matches(capture.whole(event))]
            else:
                chosen = [event for event in chosen if wanted.matches(event)]
        if view.fold:
            return [_complete(event, capture) for event in chosen]
        return chosen


def _is_listed_with_messages(frame: WebSocketFrame) -> bool:
    """Whether a frame is no part of a message: a control frame, a reserved one, one that was cut.

    Fragments of a message that never ended are listed with frames alone.
    """
    header = frame.header
    if header[0] & 0x0F > 2:
        return True
    short = header[1] & 0x7F  # asked first, since there are millions
    return short > len(frame.payload) and frame.incomplete


def _complete(event: AnyEvent, capture: Capture) -> AnyEvent:
    if type(event) is WebSocketMessage and event.length <= SMALL and event.truncated:
        return capture.whole(event)
    return event


class Indexes:
    """The indexes of one capture; the ones used last are kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[View, str], ViewIndex] = OrderedDict()

    def get(self, view: View, *, search: str = "") -> ViewIndex:
        """Return the index of a view, perhaps one that is still empty.

        Raises:
            FilterSyntaxError: an expression cannot be read.
        """
        key = view, search
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = ViewIndex(view, search=search)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found.asked_ns = SystemClock.monotonic_ns()
        return found

    @property
    def recent(self) -> list[ViewIndex]:
        """Those that were asked for lately, the last one first; the others wait for that."""
        since_ns = SystemClock.monotonic_ns() - _LATELY_NS
        return [each for each in reversed(self._kept.values()) if each.asked_ns >= since_ns]

    @property
    def nbytes(self) -> int:
        """Bytes that they take together."""
        return sum(each.rows.nbytes for each in self._kept.values())
