"""What is new on the desk since one that looks was last told: cheap to ask, many times a second.

Nothing is queued for who asks rarely: what it gets is the difference between what it was told and
what is now. Rows that it misses are counted, and in the capture.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from wirescope.capture import Capture
from wirescope.errors import UsageError, WirescopeError
from wirescope.workbench.desk.model import View
from wirescope.workbench.desk.opened import MOST_ROWS, OpenCapture
from wirescope.workbench.desk.states import CaptureState, Changes, Rates, ViewUpdate

if TYPE_CHECKING:
    from wirescope.workbench.desk.desk import Desk

MOST_WATCHES = 32


class _Watch:
    """A view that is watched, and what was told of it."""

    def __init__(self, id: int, view: View, tail: int) -> None:  # noqa: A002
        self.id, self.view, self.tail = id, view, max(0, min(tail, MOST_ROWS))
        self.settled = 0  # rows that were told and will not change
        self.known = 0  # rows to which all answers were known when they were told
        self.told: ViewUpdate | None = None

    @property
    def read_seq(self) -> int:
        """Up to which event was told; 0 before anything was."""
        return 0 if self.told is None else self.told.read_seq


class Watcher:
    """One that looks at the desk.

    Args:
        desk: the desk.
    """

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._watches: dict[int, _Watch] = {}
        self._sessions: dict[str, int] = {}
        self._captures: dict[str, CaptureState] = {}
        self._news = desk.news.number
        self._analyses: dict[str, int] = {}
        self._rates: dict[str, Rates] = {}

    def watch(self, id: int, view: View, *, tail: int) -> None:  # noqa: A002
        """Tell of a view from now on; another one of this id is forgotten.

        Raises:
            UsageError: too many are watched.
        """
        if id not in self._watches and len(self._watches) >= MOST_WATCHES:
            raise UsageError(f"{MOST_WATCHES} views are watched already.")
        self._watches[id] = _Watch(id, view, tail)

    def unwatch(self, id: int) -> None:  # noqa: A002
        """Tell nothing of this view any more."""
        self._watches.pop(id, None)

    async def changes(self) -> Changes:
        """Say what changed since it was asked before; at first, all that there is."""
        desk = self._desk
        views, analyses = [], {}
        for watch in list(self._watches.values()):
            update = await self._look(watch)
            if update is not None:
                views.append(update)
        for capture in {watch.view.capture for watch in self._watches.values()}:
            revision = await desk.think(capture)
            if revision != self._analyses.get(capture, 0):
                self._analyses[capture] = analyses[capture] = revision
        news, self._news = desk.news.since(self._news), desk.news.number
        changed = desk.sessions_changed(self._sessions)
        forgotten = [each for each in self._sessions if each not in desk.session_ids]
        for session in forgotten:
            del self._sessions[session]
        return Changes(
            sessions=changed,
            forgotten=forgotten,
            captures=await self._changed_captures(news.changed),
            deleted=news.deleted,
            views=views,
            rates=self._changed_rates(),
            analyses=analyses,
        )

    def _changed_rates(self) -> list[Rates]:
        now = {rates.capture: rates for rates in self._desk.rates()}
        before, self._rates = self._rates, now
        return [rates for capture, rates in now.items() if before.get(capture) != rates]

    async def _changed_captures(self, ended: Iterable[str]) -> list[CaptureState]:
        states = self._desk.recorded_states()
        now = {state.id: state for state in states}
        changed = [state for state in states if self._captures.get(state.id) != state]
        self._captures = now
        for capture in ended:
            if capture not in now:
                with suppress(WirescopeError):  # it was deleted meanwhile
                    changed.append(await self._desk.capture_state(capture))
        return changed

    async def _look(self, watch: _Watch) -> ViewUpdate | None:
        try:
            opened = self._desk.opened(watch.view.capture)
            told = watch.told
            is_told = told is not None and told.complete and not told.problem
            is_known = told is not None and watch.known >= told.total
            if is_told and is_known and self._desk.saved_seq(opened) == watch.read_seq:
                return None
            look = await opened.run(lambda capture: _updated(opened, capture, watch))
            if not look.update.complete:
                self._desk.go_on(opened)
        except WirescopeError as error:
            look = _Look(_impossible(watch, _in_words(error)), 0, 0, answered=False)
        told = watch.told
        if told is not None and _is_same(look.update, told) and not look.answered:
            return None
        watch.told = msgspec.structs.replace(look.update, tail=[])
        watch.settled, watch.known = look.settled, look.known
        return look.update


class _Look(NamedTuple):
    """What there is to be told of a view.

    Attributes:
        update: that.
        settled: how many rows will not change.
        known: how many rows the analysis has come to.
        answered: whether rows that were told may have got an answer since.
    """

    update: ViewUpdate
    settled: int
    known: int
    answered: bool


def _updated(opened: OpenCapture, capture: Capture, watch: _Watch) -> _Look:
    opened.think_a_little(capture)  # so that answers come with their rows
    index, complete = opened.index_of(capture, watch.view)
    total = len(index.rows)
    known = index.rows.place(opened.analysis.read_seq) + 1
    first_new = min(watch.settled, total)
    # Rows that the analysis had not come to are told once more, as far as the page looks at them.
    start = max(min(first_new, watch.known), total - watch.tail)
    update = ViewUpdate(
        id=watch.id,
        total=total,
        complete=complete,
        read_seq=index.read_seq,
        last_seq=capture.last_seq,
        tail_start=start,
        tail=opened.listing.rows(capture, index.rows, watch.view.mode, start, total - start),
        skipped=max(0, start - first_new),
        problem="",
    )
    answered = known > max(watch.known, total - watch.tail)
    return _Look(update, index.rows.settled, known, answered)


def _in_words(error: WirescopeError) -> str:
    # That of a filter's mistake is no whole sentence: elsewhere its column follows.
    message = error.message if error.message.endswith(".") else f"{error.message}."
    return f"{message} {error.hint}".rstrip()


def _impossible(watch: _Watch, problem: str) -> ViewUpdate:
    return ViewUpdate(
        id=watch.id,
        total=0,
        complete=True,
        read_seq=0,
        last_seq=0,
        tail_start=0,
        tail=[],
        skipped=0,
        problem=problem,
    )


def _is_same(update: ViewUpdate, told: ViewUpdate) -> bool:
    return (
        update.read_seq == told.read_seq
        and update.total == told.total
        and update.complete == told.complete
        and update.problem == told.problem
    )
