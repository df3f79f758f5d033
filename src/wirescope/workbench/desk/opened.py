"""A capture that somebody looks at: its file, what is known of it so far, and what it is asked.

Everything that is read is read in the file's own thread, and what was learnt is touched there only.
Answers come as soon as there is something to show; the rest is found in the background, by pieces.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from wirescope.capture import Capture, settle_capture
from wirescope.clock import rfc3339
from wirescope.workbench.desk.analysing import CaptureAnalysis
from wirescope.workbench.desk.charts import charts_of
from wirescope.workbench.desk.comparing import Analysed
from wirescope.workbench.desk.following import Followers
from wirescope.workbench.desk.indexing import Indexes, ViewIndex
from wirescope.workbench.desk.listing import Listing, event_at, related_to
from wirescope.workbench.desk.model import (
    Analysis,
    Charts,
    Mark,
    Note,
    Overview,
    Place,
    Proven,
    Unproven,
    View,
    Window,
)
from wirescope.workbench.desk.notes import WHOLE, NotesOf
from wirescope.workbench.desk.overview import overview_of, part_of
from wirescope.workbench.desk.pairs import Pairs
from wirescope.workbench.desk.peers import PeerIndex
from wirescope.workbench.desk.reading import MOST_SEQ, Deadline, Reader
from wirescope.workbench.desk.series import StatisticsIndex
from wirescope.workbench.desk.states import CaptureState
from wirescope.workbench.desk.survey import Survey
from wirescope.workbench.desk.ways import WaysIndex

MOST_ROWS = 1000
"""Rows that are given at a time."""

_WAIT_NS = 100_000_000  # a person is kept waiting so long for rows that are not found yet
_A_LITTLE_NS = 8_000_000
_LONG_NS = 150_000_000  # background work gives the loop a turn this often
_PATIENCE_NS = 5_000_000_000  # a ping that young may still be answered
_KEPT_SURVEYS = 4
_NOWHERE = Place(index=-1, exact=False)

T = TypeVar("T")


class OpenCapture:
    """A capture that is looked at.

    Args:
        path: its file.
        notes: what is written beside its events.

    Attributes:
        id: its id.
        path: its file.
        analysis: what it means; read it when nothing is being read.
        survey: what it contains.
        listing: makes its rows. In the thread.
        peers: what was agreed on for its WebRTC connections.
        statistics: the samples of these.
        ways: the ways between their two sides.
        analysis_wanted: whether the analysis is brought on in the background.
        is_at_fault: whether something failed in the background that should not; it is not tried
            again then.
        started_wall_ns: the wall clock at its start; 0 before it was read.
    """

    def __init__(self, path: Path, notes: NotesOf) -> None:
        self.id = path.stem
        self.path = path
        self.pairs = Pairs()
        self.analysis = CaptureAnalysis(self.pairs)
        self.survey = Survey()
        self.analysis_wanted = False
        self.is_at_fault = False
        self.started_wall_ns = 0
        self._surveys: OrderedDict[str, Survey] = OrderedDict()
        self._indexes = Indexes()
        self._reader = Reader(path)
        self._notes = notes
        self.peers = Followers(self.run, PeerIndex)
        self.statistics = Followers(self.run, StatisticsIndex)
        self.ways = Followers(self.run, WaysIndex)
        self.listing = Listing(self.pairs, self.survey, self.analysis, notes.by_seq)

    async def run(self, work: Callable[[Capture], T]) -> T:
        """Do a piece of work in the file's thread.

        Raises:
            CaptureError: the file cannot be read.
        """

        def do(capture: Capture) -> T:
            self.started_wall_ns = capture.started_wall_ns
            return work(capture)

        return await self._reader.run(do)

    async def close(self) -> None:
        """Close the file."""
        await self._reader.close()

    @property
    def asked_lately(self) -> bool:
        """Whether somebody may be in the middle of asking for what takes several steps."""
        return self._reader.asked_lately

    @property
    def last_seq_at_rest(self) -> int | None:
        """The last event, once nothing is added any more; None before that is known."""
        return self.analysis.read_seq if self.analysis.ended else None

    async def index_bytes(self) -> int:
        """Say how many bytes the indexes of its views take."""
        return await self.run(lambda _: self._indexes.nbytes)

    async def settle(self) -> bool:
        """Bring the file together, once its recording has ended; False where somebody reads it.

        Raises:
            CaptureError: it was closed.
        """
        return await self._reader.reopen(lambda: settle_capture(self.path))

    # In the background

    async def advance(self) -> bool:
        """Do some of what is left to be found, until something is asked; whether there is more.

        It goes on in its thread for a while: on a loop that is busy with a connection at full speed
        it would wait for each turn, and fall behind what comes.
        """

        def go_on(capture: Capture) -> bool:
            long = Deadline(_LONG_NS)
            more = self._advance(capture)
            while more and not long.passed and not self._reader.is_wanted:
                more = self._advance(capture)
            return more

        return await self.run(go_on)

    def _advance(self, capture: Capture) -> bool:
        deadline = Deadline()
        if not self.survey.extend(capture, deadline):
            return True
        for index in self._indexes.recent:
            if not index.extend(capture, deadline):
                return True
        if self.analysis_wanted:
            return not self.analysis.extend(capture, deadline, ended=not capture.growing)
        return False

    # Rows

    async def window(self, view: View, start: int, count: int) -> Window:
        """Give rows of a view from `start` on, `MOST_ROWS` at most.

        Raises:
            FilterSyntaxError: the view's filter cannot be read.
            CaptureError: the file cannot be read.
        """
        count = max(0, min(count, MOST_ROWS))
        start = max(0, min(start, MOST_SEQ))
        return await self.run(lambda capture: self._window(capture, view, start, count))

    def _window(self, capture: Capture, view: View, start: int, count: int) -> Window:
        index = self._indexes.get(view)
        self.survey.extend(capture, Deadline())
        waiting = Deadline(_WAIT_NS)
        complete = index.extend(capture, Deadline())
        while not complete and len(index.rows) < start + count and not waiting.passed:
            complete = index.extend(capture, Deadline())
        rows = self.listing.rows(capture, index.rows, view.mode, start, count)
        return Window(
            start=start,
            total=len(index.rows),
            complete=complete,
            read_seq=index.read_seq,
            last_seq=capture.last_seq,
            rows=rows,
        )

    def index_of(self, capture: Capture, view: View) -> tuple[ViewIndex, bool]:
        """Bring a view's index on by a piece; it, and whether it is complete. In the thread."""
        index = self._indexes.get(view)
        return index, index.extend(capture, Deadline())

    async def find(
        self,
        view: View,
        seq: int,
        *,
        matching: str = "",
        backward: bool = False,
        at_ns: int = -1,
    ) -> Place:
        """Find the row of an event, or of the next one that an expression lets through.

        A time of 0 or more takes the place of the event: what happened then, or last before it. The
        index is -1 where there is none.

        Raises:
            FilterSyntaxError: an expression cannot be read.
            CaptureError: the file cannot be read.
        """
        wanted = seq
        if at_ns >= 0:
            wanted = await self.run(lambda capture: self._seq_at(capture, at_ns))
        if matching.strip():
            found = await self._search(view, wanted, matching, backward=backward)
            if found is None:
                return _NOWHERE
            wanted = found
        while True:
            place = await self.run(lambda capture: self._place(capture, view, wanted))
            if place is not None:
                return place

    async def _search(self, view: View, seq: int, matching: str, *, backward: bool) -> int | None:
        whole = View(
            capture=view.capture,
            mode=view.mode,
            filter=view.filter,
            fold=False,
            connection=view.connection,
        )

        def look(capture: Capture) -> tuple[int | None, bool]:
            index = self._indexes.get(whole, search=matching)
            complete = index.extend(capture, Deadline())
            rows = index.rows
            if backward:
                if not complete and index.read_seq < seq - 1:
                    return None, False
                place = rows.place(seq - 1)
                return (rows.seqs[place] if place >= 0 else None), True
            place = rows.place(seq) + 1
            if place < len(rows):
                return rows.seqs[place], True
            return None, complete

        while True:
            found, decided = await self.run(look)
            if decided:
                return found

    def _seq_at(self, capture: Capture, at_ns: int) -> int:
        self.survey.extend(capture, Deadline())
        first, last = self.survey.between_seqs(at_ns)
        numbers = range(first, min(last, capture.last_seq) + 1)
        after = bisect_right(numbers, at_ns, key=lambda seq: event_at(capture, seq).at_ns)
        return numbers[max(0, after - 1)] if numbers else 0

    def _place(self, capture: Capture, view: View, seq: int) -> Place | None:
        index, complete = self.index_of(capture, view)
        related = related_to(capture, seq, view.mode)
        if not complete and index.read_seq < max(seq, related):
            return None
        rows = index.rows
        for each in (seq, related):
            number = rows.place(each)
            if rows.covers(number, each):
                return Place(index=number, exact=True)
        return Place(index=rows.place(seq), exact=False)

    # Pictures

    async def overview(
        self, view: View, *, bins: int, from_ns: int, to_ns: int, search: str = ""
    ) -> Overview:
        """Count a part of the capture in bins; `to_ns` 0 is its end.

        Raises:
            FilterSyntaxError: an expression cannot be read.
            CaptureError: the file cannot be read.
        """
        return await self.run(
            lambda capture: self._overview(capture, view, bins, from_ns, to_ns, search)
        )

    def _overview(
        self, capture: Capture, view: View, bins: int, from_ns: int, to_ns: int, search: str
    ) -> Overview:
        survey = self._survey_of(capture, view.connection)
        part = part_of(survey, from_ns=from_ns, to_ns=to_ns, bins=bins)
        hits = None
        if search.strip() or view.filter.strip():
            unfolded = View(
                capture=view.capture,
                mode=view.mode,
                filter=view.filter,
                fold=False,
                connection=view.connection,
            )
            index = self._indexes.get(unfolded, search=search)
            waiting = Deadline(_WAIT_NS)
            while not index.extend(capture, Deadline()) and not waiting.passed:
                pass
            hits = index.rows
        return overview_of(
            capture, survey, part, connection=view.connection, hits=hits, marks=self._marks()
        )

    def _survey_of(self, capture: Capture, connection: str) -> Survey:
        """Return the survey of a connection, complete, with the one of all."""
        while not self.survey.extend(capture, Deadline()):
            pass
        if not connection:
            return self.survey
        survey = self._surveys.pop(connection, None) or Survey(connection)
        self._surveys[connection] = survey
        if len(self._surveys) > _KEPT_SURVEYS:
            self._surveys.popitem(last=False)
        while not survey.extend(capture, Deadline()):
            pass
        return survey

    def _marks(self) -> list[Mark]:
        """Return what stands out: in the file, found since, and noted."""
        known = self.survey.finding_seqs
        provisional = [
            Mark(
                at_ns=self.survey.time_of(finding.evidence[0]),
                seq=finding.evidence[0],
                kind=finding.severity,
                label=f"{finding.code} {finding.title}",
            )
            for finding in self.analysis.findings
            if (finding.connection, finding.code, finding.cause) not in known
        ]
        return [*self.survey.marks, *provisional, *self._notes.marks()]

    def think_a_little(self, capture: Capture) -> None:
        """Bring the analysis on by some milliseconds. In the thread."""
        self.analysis_wanted = True
        self.analysis.extend(capture, Deadline(_A_LITTLE_NS), ended=not capture.growing)

    async def charts(self, view: View, *, bins: int, from_ns: int, to_ns: int) -> Charts:
        """Make the charts of a part of the capture.

        Raises:
            FilterSyntaxError: the view's filter cannot be read.
            CaptureError: the file cannot be read.
        """

        def make(capture: Capture) -> Charts:
            overview = self._overview(capture, view, bins, from_ns, to_ns, "")
            survey = self._survey_of(capture, view.connection)
            part = part_of(survey, from_ns=from_ns, to_ns=to_ns, bins=bins)
            return charts_of(
                capture, survey, part, self.pairs, overview, connection=view.connection
            )

        return await self.run(make)

    # Meaning

    async def meaning(self, proven: list[Proven], unproven: list[Unproven]) -> Analysis:
        """Give what the capture means so far, a piece further than before."""
        self.analysis_wanted = True

        def look(capture: Capture) -> Analysis:
            self.survey.extend(capture, Deadline())
            ended = not capture.growing
            complete = self.analysis.extend(capture, Deadline(_WAIT_NS), ended=ended)
            return self.analysis.state(
                self.survey,
                proven=proven,
                unproven=unproven,
                complete=complete and self.analysis.ended == ended,
            )

        return await self.run(look)

    def analysed(self, name: str) -> Analysed:
        """Give what is known of it, to be held against another capture."""
        analysis = self.analysis
        return Analysed(
            name=name,
            started=rfc3339(self.started_wall_ns),
            verdict=analysis.verdict.sentence,
            findings=analysis.findings,
            metrics=analysis.metrics,
            channels=self.survey.channels,
        )

    def with_meaning(self, state: CaptureState) -> CaptureState:
        """Add what the analysis says to a capture's figures."""
        analysis = self.analysis
        return msgspec.structs.replace(
            state, findings=analysis.counts(), verdict=analysis.verdict.sentence
        )

    # Notes

    async def notes(self) -> list[Note]:
        """Give all notes.

        Raises:
            BrokenFileError: their file cannot be used.
        """
        return await self.run(lambda _: self._notes.all())

    def note_of(self, seq: int) -> Note:
        """Give what is written beside an event. In the thread."""
        return self._notes.get(seq)

    async def save_note(self, note: Note) -> None:
        """Write a note beside an event or about the whole; an empty one takes it away.

        Raises:
            CaptureError: there is no such event.
            UsageError: it is too long, or all notes together are.
            WorkspaceError: the notes cannot be read or written.
        """

        def save(capture: Capture) -> None:
            at_ns = 0 if note.seq == WHOLE else capture.event(note.seq).at_ns
            self._notes.put(note, at_ns=at_ns)

        await self.run(save)
