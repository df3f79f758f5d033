"""What an open capture is asked: rows, pictures, details, notes, and what it means.

Answers come as soon as there is something to show; what is left to be found is found meanwhile.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from wirescope.analysis import Ways
from wirescope.capture import Capture
from wirescope.clock import SystemClock
from wirescope.decoders import Registry
from wirescope.errors import WirescopeError
from wirescope.workbench.decoding import PROTOBUF, protobuf_decoder
from wirescope.workbench.desk.comparing import (
    Analysed,
    compare_captures,
    compare_texts,
    proven,
    unproven,
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
    Unproven,
    View,
    Window,
)
from wirescope.workbench.desk.opened import OpenCapture
from wirescope.workbench.desk.openings import openings_of
from wirescope.workbench.desk.peer_model import PeerView, StatisticsSeries
from wirescope.workbench.desk.peers import PeerIndex
from wirescope.workbench.desk.shelf import Shelf
from wirescope.workbench.workspace import History, name_of


class Asked(Shelf):
    """The captures of a workspace, and the answers that they give.

    Args:
        history: the captures.
        root: the folder that relative paths of files begin at.
        registry: the decoders.
    """

    def __init__(self, history: History, *, root: Path, registry: Registry) -> None:
        super().__init__(history)
        self._root = root
        self._registry = registry
        self._before: dict[str, Analysed | None] = {}
        self._looked_before: set[str] = set()

    async def _gone(self, capture: str) -> None:
        await super()._gone(capture)
        self._before.pop(capture, None)
        self._looked_before.discard(capture)

    # What one is asked

    async def rows(self, view: View, start: int = 0, count: int = 200) -> Window:
        """Give rows of a view, 1000 at most.

        Raises:
            FilterSyntaxError: the view's filter cannot be read.
            CaptureError: the capture cannot be read.
        """
        opened = self.opened(view.capture)
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
        opened = self.opened(view.capture)
        return await opened.find(view, seq, matching=matching, backward=backward, at_ns=at_ns)

    async def overview(
        self, view: View, *, bins: int = 600, from_ns: int = 0, to_ns: int = 0, search: str = ""
    ) -> Overview:
        """Count a capture, or a part of it, in bins; `to_ns` 0 is its end."""
        opened = self.opened(view.capture)
        return await opened.overview(view, bins=bins, from_ns=from_ns, to_ns=to_ns, search=search)

    async def charts(
        self, view: View, *, bins: int = 600, from_ns: int = 0, to_ns: int = 0
    ) -> Charts:
        """Make the charts of a capture, or of a part of it."""
        opened = self.opened(view.capture)
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
        opened = self.opened(capture)

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
        opened = self.opened(capture)
        return await opened.run(lambda file: payload_of(file, seq))

    async def openings(self, capture: str) -> list[Opening]:
        """Give how the connections of a capture were opened."""
        opened = self.opened(capture)
        return await opened.run(openings_of)

    async def peer(self, capture: str, connection: str) -> PeerView:
        """Give what was agreed on for a WebRTC connection, and where it got to.

        Raises:
            CaptureError: there is no such capture.
            UnknownConnectionError: it has no such connection.
        """
        opened = self.opened(capture)
        is_live = self.is_recorded(capture)

        def look(index: PeerIndex) -> PeerView:
            now_ns = SystemClock.wall_ns() - opened.started_wall_ns if is_live else None
            return index.view(now_ns)

        return await opened.peers.ask(connection, look)

    async def ways(self, capture: str, connection: str) -> Ways:
        """Give the ways between the two sides of a WebRTC connection.

        Raises:
            CaptureError: there is no such capture.
            UnknownConnectionError: it has no such connection.
        """
        return await self.opened(capture).ways.ask(connection, lambda each: each.view())

    async def statistics(
        self, capture: str, connection: str, *, from_ns: int = 0, to_ns: int = 0, points: int = 600
    ) -> StatisticsSeries:
        """Give the main statistics of a connection over time.

        Args:
            capture: the capture.
            connection: `c1` …
            from_ns: where to begin; a negative time is counted back from the last sample.
            to_ns: where to end; 0 is the capture's end.
            points: values that a series has at most.

        Raises:
            CaptureError: there is no such capture.
            UnknownConnectionError: no connection can have this id.
        """
        return await self.opened(capture).statistics.ask(
            connection, lambda each: each.series(from_ns=from_ns, to_ns=to_ns, points=points)
        )

    async def copy(self, capture: str, seqs: Sequence[int], form: Form) -> Copied:
        """Write events for the clipboard."""
        opened = self.opened(capture)
        return await opened.run(lambda file: copy_of(file, seqs, form))

    async def notes(self, capture: str) -> list[Note]:
        """Give what was written beside the events of a capture."""
        return await self.opened(capture).notes()

    async def save_note(self, capture: str, note: Note) -> None:
        """Write beside an event, or about the whole; an empty note takes the last one away."""
        await self.opened(capture).save_note(note)
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
        opened = self.opened(capture)
        return await opened.run(
            lambda file: decode_at(file, seq, self._registry_with(decoder), decoder_name(decoder))
        )

    # What one means

    async def analysis(self, capture: str) -> Analysis:
        """Give what a capture means, as far as it was looked through."""
        opened = self.opened(capture)
        analysis = await opened.meaning(*self._held_against_before(opened))
        if not analysis.complete:
            self.go_on(opened)
        return analysis

    async def compare_captures(self, capture: str, other: str) -> ComparedCaptures:
        """Compare two captures figure by figure."""
        return compare_captures(await self._analysed(capture), await self._analysed(other))

    async def _analysed(self, capture: str) -> Analysed:
        """Analyse a capture as far as it goes."""
        opened = self.opened(capture)
        opened.analysis_wanted = True
        while await opened.advance():
            pass
        return opened.analysed(name_of(capture))

    def _held_against_before(self, opened: OpenCapture) -> tuple[list[Proven], list[Unproven]]:
        """Say what is gone since the capture of the same name before, and what may be."""
        if opened.id not in self._before:
            self._before[opened.id] = None
            self._spawn(self._look_before(opened.id))
        before = self._before[opened.id]
        if before is None or not opened.analysis.revision:
            return [], []
        now = opened.analysed(name_of(opened.id))
        return proven(before, now), unproven(before, now)

    def has_looked_before(self, capture: str) -> bool:
        """Whether the capture of the same name before this one was looked for, and at."""
        return capture in self._looked_before

    async def _look_before(self, capture: str) -> None:
        try:
            self._before[capture] = await self._analysed_before(capture)
        finally:
            self._looked_before.add(capture)

    async def _analysed_before(self, capture: str) -> Analysed | None:
        ids = [state.id for state in await self.captures()]
        if capture not in ids:
            return None
        older = ids[ids.index(capture) + 1 :]
        named = [each for each in older if name_of(each) == name_of(capture)]
        if named and not self.is_recorded(named[0]):
            with suppress(WirescopeError):
                return await self._analysed(named[0])
        return None


def decoder_name(decoder: str) -> str:
    """Return what a decoder is called once it is made: without the file that it is made of."""
    if not decoder.startswith(PROTOBUF):
        return decoder
    return f"{PROTOBUF}{decoder.rpartition(':')[2]}"
