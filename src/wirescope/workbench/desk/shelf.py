"""The captures side of the desk: which are there, which are open, and what becomes of them.

Files that are looked at stay open, the ones used last; what is left to be found in them is found in
the background, one task a capture, which ends when there is nothing more to do.
"""

import asyncio
import tempfile
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from wirescope.errors import CaptureError, WirescopeError
from wirescope.workbench.desk.captures import state_of, suffix_of, take_in, write_out
from wirescope.workbench.desk.news import Paper
from wirescope.workbench.desk.notes import NotesOf
from wirescope.workbench.desk.opened import OpenCapture
from wirescope.workbench.desk.states import CaptureState
from wirescope.workbench.workspace import (
    History,
    RecordedFile,
    Removal,
    RetentionPlan,
    Trashed,
    name_of,
    renamed,
)

MOST_OPENED = 12
"""Captures that stay open without being recorded."""

_SPOOL_BYTES = 8 << 20
_PIECE = 256 << 10


class Shelf(ABC):
    """The captures of a workspace.

    Args:
        history: they, as they are kept.

    Attributes:
        news: which captures changed or went.
    """

    def __init__(self, history: History) -> None:
        self.news = Paper()
        self._history = history
        self._opened: OrderedDict[str, OpenCapture] = OrderedDict()
        self._going_on: set[str] = set()

    @abstractmethod
    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the desk's task group."""

    @abstractmethod
    def is_recorded(self, capture: str) -> bool:
        """Whether a capture is being recorded by a connection of this desk."""

    @abstractmethod
    def follow_rename(self, capture: str, path: Path) -> None:
        """Note that the capture of a connection is another file from now on."""

    @abstractmethod
    def verdict_of(self, capture: str) -> str:
        """Say how the connection ended that a capture is of; empty where that is not known."""

    @abstractmethod
    def saved_seq(self, opened: OpenCapture) -> int | None:
        """The last event that is in a capture; None where that is not known."""

    @abstractmethod
    def recorded_states(self) -> list[CaptureState]:
        """Give the figures of the captures that are being recorded."""

    # Opening and closing

    def opened(self, capture: str) -> OpenCapture:
        """Return an open capture; it is open still when it is asked something at once.

        Raises:
            CaptureError: there is none of this id.
        """
        opened = self._opened.get(capture)
        if opened is None:
            path = self._history.path(capture)
            notes = NotesOf(self._history, capture)
            opened = self._opened[capture] = OpenCapture(path, notes)
        self._opened.move_to_end(capture)
        self._close_some()
        return opened

    def _close_some(self) -> None:
        """Close those used longest ago; one that is being asked only where there are very many."""
        at_rest = [each for each in self._opened if not self.is_recorded(each)]
        idle = [each for each in at_rest[:-MOST_OPENED] if not self._opened[each].asked_lately]
        for capture in idle or at_rest[: -4 * MOST_OPENED]:
            # In the background: meanwhile others would be opened, and close the one just asked for.
            self._spawn(self._opened.pop(capture).close())

    async def _close(self, capture: str) -> None:
        opened = self._opened.pop(capture, None)
        if opened is not None:
            await opened.close()

    async def _close_all(self) -> None:
        for capture in list(self._opened):
            await self._close(capture)

    def go_on(self, opened: OpenCapture) -> None:
        """Find what is left to be found in a capture, in the background."""
        if opened.id not in self._going_on and not opened.is_at_fault:
            self._going_on.add(opened.id)
            self._spawn(self._go_on(opened))

    async def _go_on(self, opened: OpenCapture) -> None:
        opened.is_at_fault = True  # unless it comes to an end
        try:
            with suppress(WirescopeError):  # it was closed, or is damaged: who asks is told
                while await opened.advance():
                    pass
            opened.is_at_fault = False
        finally:
            self._going_on.discard(opened.id)

    async def think(self, capture: str) -> int:
        """Bring the analysis of a capture on; its revision, 0 when there is none."""
        try:
            opened = self.opened(capture)
            opened.analysis_wanted = True
            if not opened.analysis.is_current(self.saved_seq(opened)):
                self.go_on(opened)
        except WirescopeError:
            return 0
        return opened.analysis.revision

    # What there is

    async def captures(self) -> list[CaptureState]:
        """Give all captures, the newest first."""
        recorded = self.recorded_states()
        but = frozenset(state.id for state in recorded)
        kept = await asyncio.to_thread(self._history.captures, but=but)
        at_rest = [state_of(each, each.glance) for each in kept if each.glance is not None]
        states = [*recorded, *(self._with_verdict(state) for state in at_rest)]
        return sorted(states, key=lambda state: state.started, reverse=True)

    async def capture_state(self, capture: str) -> CaptureState:
        """Give the figures of one capture.

        Raises:
            CaptureError: there is none of this id, or it cannot be read.
        """
        for state in self.recorded_states():
            if state.id == capture:
                return state
        kept = await asyncio.to_thread(self._history.capture, capture)
        if kept.glance is None:
            raise CaptureError(kept.problem)
        return self._with_verdict(state_of(kept, kept.glance))

    def _with_verdict(self, state: CaptureState) -> CaptureState:
        opened = self._opened.get(state.id)
        if opened is not None and opened.analysis.ended:
            return opened.with_meaning(state)
        verdict = self.verdict_of(state.id)
        return msgspec.structs.replace(state, verdict=verdict) if verdict else state

    # What becomes of one

    async def rename_capture(self, capture: str, name: str) -> CaptureState:
        """Give a capture another name for people, its time stays; its figures, with its new id.

        Raises:
            CaptureError: there is none of this id, or it is being recorded.
            NameTakenError: there is one of that name and time.
            UsageError: it is no name that every system can hold.
        """
        return await self.move_capture(capture, renamed(capture, name))

    async def move_capture(self, capture: str, to: str) -> CaptureState:
        """Give a capture another id; otherwise as `rename_capture`."""
        await self._let_go(capture)
        await asyncio.to_thread(self._history.rename, capture, to)
        self.follow_rename(capture, self._history.path(to))
        await self._gone(capture)
        self.news.changed(to)
        return await self.capture_state(to)

    async def delete_capture(self, capture: str) -> Trashed:
        """Put a capture with its notes into the trash, from where `restore_capture` brings it.

        Raises:
            CaptureError: there is none of this id, or it is being recorded.
            WorkspaceError: it cannot be moved.
        """
        await self._let_go(capture)
        trashed = await asyncio.to_thread(self._history.delete, capture)
        await self._gone(capture)
        return trashed

    async def restore_capture(self, trashed: str) -> None:
        """Bring back what was put into the trash.

        Raises:
            NameTakenError: there is another capture of its name by now.
            WorkspaceError: it is not in the trash any more.
        """
        self.news.changed(await asyncio.to_thread(self._history.restore, trashed))

    async def carry_out(self, plan: RetentionPlan) -> tuple[Removal, ...]:
        """Delete what retention says, for good; what is gone.

        Raises:
            WorkspaceError: a file cannot be deleted.
        """
        for removal in plan.removals:
            await self._close(removal.capture.id)
        gone = await asyncio.to_thread(self._history.carry_out, plan)
        for removal in gone:
            await self._gone(removal.capture.id)
        return gone

    async def _let_go(self, capture: str) -> None:
        """Close a capture that nobody writes: no system moves a file that is open as it is."""
        await asyncio.to_thread(self._history.at_rest, capture)
        await self._close(capture)

    async def _gone(self, capture: str) -> None:
        """Forget what was known of an id that is gone."""
        await self._close(capture)  # somebody may have looked at it meanwhile
        self.news.deleted(capture)

    async def import_capture(self, name: str, data: bytes) -> tuple[CaptureState, list[str]]:
        """Take in a capture or another program's file; its figures, and what is to be said.

        Raises:
            CaptureFormatError: the file is of no format that is known.
            UsageError: it is too large.
        """
        capture, notes = await asyncio.to_thread(take_in, self._history, name, data)
        self.news.changed(capture)
        return await self.capture_state(capture), notes

    async def recording(self, capture: str, name: str) -> tuple[Path, RecordedFile]:
        """Return a file of media that was recorded beside a capture.

        Raises:
            CaptureError: there is no such capture, or no such file of it.
        """
        return await asyncio.to_thread(self._history.recording, capture, name)

    async def export_capture(self, capture: str, form: str) -> tuple[str, AsyncIterator[bytes]]:
        """Write a capture as another program's file: a name for it, and its bytes in pieces.

        Raises:
            CaptureError: there is no such capture.
            UsageError: there is no such format.
        """
        # Kept by what yields from it, and closed there.
        spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(_SPOOL_BYTES))  # noqa: SIM115
        try:
            path = self._history.path(capture)
            await asyncio.to_thread(write_out, path, form, spool)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        return f"{name_of(capture)}{suffix_of(form)}", _pieces(spool)


async def _pieces(spool: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(spool.read, _PIECE):
            yield piece
    finally:
        spool.close()
