"""The captures side of the desk: which are there, which are open, and all that they are asked.

Files that are looked at stay open, the ones used last; what is left to be found in them is found in
the background, one task a capture, which ends when there is nothing more to do.
"""

import asyncio
import tempfile
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from wirescope.capture import Capture
from wirescope.decoders import Registry
from wirescope.errors import UsageError, WirescopeError
from wirescope.workbench.decoding import PROTOBUF, protobuf_decoder
from wirescope.workbench.desk.captures import Folder, name_of
from wirescope.workbench.desk.comparing import (
    Analysed,
    compare_captures,
    compare_texts,
    proven,
)
from wirescope.workbench.desk.copying import Copied, Form, copy_of
from wirescope.workbench.desk.detail import AUTO, decode_at, detail_of, payload_of
from wirescope.workbench.desk.model import (
    Analysis,
    Charts,
    ComparedCaptures,
    Comparison,
    Decoding,
    Detail,
    Note,
    Opening,
    Overview,
    Place,
    Proven,
    View,
    Window,
)
from wirescope.workbench.desk.news import Paper
from wirescope.workbench.desk.opened import OpenCapture
from wirescope.workbench.desk.openings import openings_of
from wirescope.workbench.desk.states import CaptureState

MOST_OPENED = 12
"""Captures that stay open without being recorded."""

_SPOOL_BYTES = 8 << 20
_PIECE = 256 << 10


class Shelf(ABC):
    """The captures of a folder.

    Args:
        captures: the folder.
        root: the folder that relative paths of files begin at.
        registry: the decoders.

    Attributes:
        news: which captures changed or went.
    """

    def __init__(self, captures: Path, *, root: Path, registry: Registry) -> None:
        self.news = Paper()
        self._folder = Folder(captures)
        self._root = root
        self._registry = registry
        self._opened: OrderedDict[str, OpenCapture] = OrderedDict()
        self._going_on: set[str] = set()
        self._before: dict[str, Analysed | None] = {}
        self._looked_before: set[str] = set()

    @abstractmethod
    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the desk's task group."""

    @abstractmethod
    def is_recorded(self, capture: str) -> bool:
        """Whether a capture is being recorded by a connection of this desk."""

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

    async def opened(self, capture: str) -> OpenCapture:
        """Return an open capture.

        Raises:
            CaptureError: there is none of this id.
        """
        opened = self._opened.get(capture)
        if opened is None:
            path = self._folder.file(capture)
            opened = self._opened[capture] = OpenCapture(path)
        self._opened.move_to_end(capture)
        await self._close_some()
        return opened

    async def _close_some(self) -> None:
        at_rest = [each for each in self._opened if not self.is_recorded(each)]
        for capture in at_rest[:-MOST_OPENED]:
            await self._close(capture)

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
            opened = await self.opened(capture)
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
        kept = await asyncio.to_thread(self._folder.states, but=but)
        states = [*recorded, *(self._with_verdict(state) for state in kept)]
        order = {name: place for place, name in enumerate(self._folder.ids())}
        return sorted(states, key=lambda state: order.get(state.id, -1))

    async def capture_state(self, capture: str) -> CaptureState:
        """Give the figures of one capture.

        Raises:
            CaptureError: there is none of this id.
        """
        for state in self.recorded_states():
            if state.id == capture:
                return state
        return self._with_verdict(await asyncio.to_thread(self._folder.state, capture))

    def _with_verdict(self, state: CaptureState) -> CaptureState:
        opened = self._opened.get(state.id)
        if opened is not None and opened.analysis.ended:
            return opened.with_meaning(state)
        verdict = self.verdict_of(state.id)
        return msgspec.structs.replace(state, verdict=verdict) if verdict else state

    async def delete_capture(self, capture: str) -> None:
        """Delete a capture with its notes.

        Raises:
            CaptureError: there is none, or it cannot be deleted.
            UsageError: it is being recorded.
        """
        opened = await self.opened(capture)
        if self.is_recorded(capture) or await opened.run(lambda file: file.growing):
            raise UsageError(
                "The capture is being recorded.", hint="Close the connection, and delete it then."
            )
        await self._close(capture)
        await asyncio.to_thread(self._folder.delete, capture)
        self.news.deleted(capture)

    async def import_capture(self, name: str, data: bytes) -> tuple[CaptureState, list[str]]:
        """Take in a capture or another program's file; its figures, and what is to be said.

        Raises:
            CaptureFormatError: the file is of no format that is known.
            UsageError: it is too large.
        """
        capture, notes = await asyncio.to_thread(self._folder.take_in, name, data)
        self.news.changed(capture)
        return await self.capture_state(capture), notes

    async def export_capture(self, capture: str, form: str) -> tuple[str, AsyncIterator[bytes]]:
        """Write a capture as another program's file: a name for it, and its bytes in pieces.

        Raises:
            CaptureError: there is no such capture.
            UsageError: there is no such format.
        """
        # Kept by what yields from it, and closed there.
        spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(_SPOOL_BYTES))  # noqa: SIM115
        try:
            await asyncio.to_thread(self._folder.write, capture, form, spool)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        return f"{name_of(capture)}{self._folder.suffix_of(form)}", _pieces(spool)

    # What one is asked

    async def rows(self, view: View, start: int = 0, count: int = 200) -> Window:
        """Give rows of a view, 1000 at most.

        Raises:
            FilterSyntaxError: the view's filter cannot be read.
            CaptureError: the capture cannot be read.
        """
        opened = await self.opened(view.capture)
        window = await opened.window(view, start, count)
        if not window.complete:
            self.go_on(opened)
        return window

    async def find(
        self,
        view: View,
        seq: int = 0,
        *,
        matching: str = "",
        backward: bool = False,
        at_ns: int = -1,
    ) -> Place:
        """Find an event, one of a time, or the next that matches, in a view; index -1 for none."""
        opened = await self.opened(view.capture)
        return await opened.find(view, seq, matching=matching, backward=backward, at_ns=at_ns)

    async def overview(
        self, view: View, *, bins: int = 600, from_ns: int = 0, to_ns: int = 0, search: str = ""
    ) -> Overview:
        """Count a capture, or a part of it, in bins; `to_ns` 0 is its end."""
        opened = await self.opened(view.capture)
        return await opened.overview(view, bins=bins, from_ns=from_ns, to_ns=to_ns, search=search)

    async def charts(
        self, view: View, *, bins: int = 600, from_ns: int = 0, to_ns: int = 0
    ) -> Charts:
        """Make the charts of a capture, or of a part of it."""
        opened = await self.opened(view.capture)
        await self.think(view.capture)
        return await opened.charts(view, bins=bins, from_ns=from_ns, to_ns=to_ns)

    async def detail(self, capture: str, seq: int, decoder: str = AUTO) -> Detail:
        """Give all about an event.

        Args:
            capture: the capture.
            seq: the event's number.
            decoder: a decoder's name, `auto` for what fits, or `protobuf:FILE:MESSAGE`.

        Raises:
            CaptureError: there is no such capture or event.
            UnknownDecoderError: there is no such decoder.
        """
        opened = await self.opened(capture)

        def look(file: Capture) -> Detail:
            registry = self._registry_with(decoder)
            return detail_of(opened, file, seq, registry, decoder_name(decoder))

        return await opened.run(look)

    def _registry_with(self, decoder: str) -> Registry:
        """Return the decoders, and the one of `protobuf:FILE:MESSAGE` if that is asked for."""
        if not decoder.startswith(PROTOBUF) or decoder in self._registry:
            return self._registry
        registry = Registry()
        for each in (*self._registry, protobuf_decoder(decoder, root=self._root)):
            registry.register(each)
        return registry

    async def payload(self, capture: str, seq: int) -> bytes:
        """Give a whole payload, decoded of a message."""
        opened = await self.opened(capture)
        return await opened.run(lambda file: payload_of(file, seq))

    async def openings(self, capture: str) -> list[Opening]:
        """Give how the connections of a capture were opened."""
        opened = await self.opened(capture)
        return await opened.run(openings_of)

    async def copy(self, capture: str, seqs: Sequence[int], form: Form) -> Copied:
        """Write events for the clipboard."""
        opened = await self.opened(capture)
        return await opened.run(lambda file: copy_of(file, seqs, form))

    async def notes(self, capture: str) -> list[Note]:
        """Give what was written beside the events of a capture."""
        return await (await self.opened(capture)).notes()

    async def save_note(self, capture: str, note: Note) -> None:
        """Write beside an event; an empty note without a bookmark takes it away."""
        await (await self.opened(capture)).save_note(note)
        self.news.changed(capture)

    async def compare_events(
        self,
        capture: str,
        one_seq: int,
        other_capture: str,
        other_seq: int,
        decoder: str = AUTO,
    ) -> Comparison:
        """Compare two messages line by line, perhaps of two captures."""
        one = await self._decoded(capture, one_seq, decoder)
        other = await self._decoded(other_capture or capture, other_seq, decoder)
        return compare_texts(
            f"{name_of(capture)}, {one_seq}",
            one,
            f"{name_of(other_capture or capture)}, {other_seq}",
            other,
        )

    async def _decoded(self, capture: str, seq: int, decoder: str) -> Decoding:
        opened = await self.opened(capture)
        return await opened.run(
            lambda file: decode_at(file, seq, self._registry_with(decoder), decoder_name(decoder))
        )

    # What one means

    async def analysis(self, capture: str) -> Analysis:
        """Give what a capture means, as far as it was looked through."""
        opened = await self.opened(capture)
        analysis = await opened.meaning(await self._proven(opened))
        if not analysis.complete:
            self.go_on(opened)
        return analysis

    async def compare_captures(self, capture: str, other: str) -> ComparedCaptures:
        """Compare two captures figure by figure."""
        return compare_captures(await self._analysed(capture), await self._analysed(other))

    async def _analysed(self, capture: str) -> Analysed:
        """Analyse a capture as far as it goes."""
        opened = await self.opened(capture)
        opened.analysis_wanted = True
        while await opened.advance():
            pass
        return opened.analysed(name_of(capture))

    async def _proven(self, opened: OpenCapture) -> list[Proven]:
        """Hold a capture against the one of the same name before it."""
        if opened.id not in self._before:
            self._before[opened.id] = None
            self._spawn(self._look_before(opened.id))
        before = self._before[opened.id]
        if before is None or not opened.analysis.revision:
            return []
        return proven(before, opened.analysed(name_of(opened.id)))

    def has_looked_before(self, capture: str) -> bool:
        """Whether the capture of the same name before this one was looked for, and at."""
        return capture in self._looked_before

    async def _look_before(self, capture: str) -> None:
        try:
            self._before[capture] = await self._analysed_before(capture)
        finally:
            self._looked_before.add(capture)

    async def _analysed_before(self, capture: str) -> Analysed | None:
        ids = await asyncio.to_thread(self._folder.ids)
        if capture not in ids:
            return None
        older = ids[ids.index(capture) + 1 :]
        named = [each for each in older if name_of(each) == name_of(capture)]
        if named and named[0] != capture and not self.is_recorded(named[0]):
            with suppress(WirescopeError):
                return await self._analysed(named[0])
        return None


def decoder_name(decoder: str) -> str:
    """Return what a decoder is called once it is made: without the file that it is made of."""
    if not decoder.startswith(PROTOBUF):
        return decoder
    return f"{PROTOBUF}{decoder.rpartition(':')[2]}"


async def _pieces(spool: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(spool.read, _PIECE):
            yield piece
    finally:
        spool.close()
