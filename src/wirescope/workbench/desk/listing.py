"""The lines of a timeline put together: events with their frames, answers, notes and faults.

Everything here is done in the thread that reads the file.
"""

from collections.abc import Callable, Collection

import msgspec

from wirescope.capture import Capture
from wirescope.errors import CaptureError, UnknownEventError
from wirescope.events import PING, AnyEvent, CaptureGap, WebSocketFrame, WebSocketMessage
from wirescope.workbench.desk.analysing import CaptureAnalysis
from wirescope.workbench.desk.folding import Rows
from wirescope.workbench.desk.model import Flags, Mode, Row
from wirescope.workbench.desk.pairs import Pairs
from wirescope.workbench.desk.rows import fold_row, row_of
from wirescope.workbench.desk.survey import Survey

_PATIENCE_NS = 5_000_000_000  # a ping that young may still be answered


class Listing:
    """Makes rows of one capture.

    Args:
        pairs: which message answers which.
        survey: which frames are illegal.
        analysis: how far answers were looked for.
        noted: gives the numbers of the events that something is written beside.
    """

    def __init__(
        self,
        pairs: Pairs,
        survey: Survey,
        analysis: CaptureAnalysis,
        noted: Callable[[], Collection[int]],
    ) -> None:
        self._pairs = pairs
        self._survey = survey
        self._analysis = analysis
        self._noted = noted

    def rows(self, capture: Capture, rows: Rows, mode: Mode, start: int, count: int) -> list[Row]:
        """Make a part of a view's rows."""
        noted = self._noted()
        made: list[Row] = []
        before_ns = -1
        first = max(0, start - 1)  # the row before says how long nothing happened
        for number, (seq, fold) in enumerate(rows.at(first, start + count - first), first):
            row = self._row(capture, event_at(capture, seq), mode, noted)
            if fold is not None:
                row = fold_row(fold, row)
            if number >= start:
                gap_ns = row.at_ns - before_ns if before_ns >= 0 else -1
                made.append(_with(row, gap_ns=max(gap_ns, 0) if before_ns >= 0 else -1))
            before_ns = fold.last_at_ns if fold is not None else row.at_ns
        return made

    def row(self, capture: Capture, event: AnyEvent) -> Row:
        """Make the row of an event by itself."""
        return self._row(capture, event, "frames", self._noted())

    def _row(self, capture: Capture, event: AnyEvent, mode: Mode, noted: Collection[int]) -> Row:
        frame = None
        if type(event) is WebSocketMessage and len(event.frames) == 1:
            alone = event_at(capture, event.frames[0])
            frame = alone if type(alone) is WebSocketFrame else None
        row = row_of(event, frame=frame)
        flags = int(row.flags | self._further_flags(event, noted))
        pair = self._pairs.of_response(event.seq)
        if type(event) is WebSocketFrame and pair is None and mode == "frames" and event.fin:
            pair = self._pairs.of_response(event.seq + 1)  # its message is the next event
            following = event_at(capture, event.seq + 1) if pair is not None else None
            if not (type(following) is WebSocketMessage and event.seq in following.frames):
                pair = None
        if pair is None:
            return row if flags == row.flags else _with(row, flags=flags)
        return _with(row, flags=flags, answers=pair.request, latency_ns=pair.latency_ns)

    def _further_flags(self, event: AnyEvent, noted: Collection[int]) -> int:
        flags = Flags.NOTED if event.seq in noted else Flags(0)
        frames = event.frames if type(event) is WebSocketMessage else (event.seq,)
        if any(map(self._survey.is_illegal, frames[:64])):
            flags |= Flags.ILLEGAL
        if type(event) is WebSocketFrame and event.opcode == PING and event.direction == "sent":
            known = self._analysis.read_seq >= self._survey.read_seq > event.seq
            waited_ns = self._survey.last_at_ns - event.at_ns
            if known and waited_ns > _PATIENCE_NS and self._pairs.of_request(event.seq) is None:
                flags |= Flags.UNANSWERED
        return flags


def asked_event(capture: Capture, seq: int) -> AnyEvent:
    """Return an event that was asked for by its number, or the gap that stands in its place.

    Raises:
        UnknownEventError: there is none of this number.
    """
    if not 0 < seq <= capture.last_seq:
        raise UnknownEventError(f"There is no event {seq} in {capture.path.name}.")
    return event_at(capture, seq)


def event_at(capture: Capture, seq: int) -> AnyEvent:
    """Return an event, or the gap that stands in its place."""
    try:
        return capture.event(seq)
    except CaptureError:
        for event in capture.events(after=seq - 1):
            if event.seq == seq:
                return event
            break
        return CaptureGap(seq, 0, "", 1, "This event cannot be read.")


def related_to(capture: Capture, seq: int, mode: Mode) -> int:
    """Return the event by which a mode shows another: a frame's message, a message's frame."""
    try:
        event = capture.event(seq)
    except CaptureError:
        return seq
    if mode == "frames" and type(event) is WebSocketMessage and event.frames:
        return event.frames[0]
    if mode == "messages" and type(event) is WebSocketFrame and event.fin:
        for later in capture.page(after=seq, limit=4):
            if type(later) is WebSocketMessage and seq in later.frames:
                return later.seq
    return seq


def _with(row: Row, **changes: object) -> Row:
    return msgspec.structs.replace(row, **changes)
