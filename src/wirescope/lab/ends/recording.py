"""Where an end's connections write down what happens: a capture if one is asked for, or nowhere.

How long each step of opening took is looked at on the way.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from wirescope.events import ConnectionPhase, Emission, EventSink, Full, Timeline


class Record:
    """What the connections of one order write into.

    Attributes:
        timeline: numbers the events.
        keeps: whether they are kept.
        phases_ms: of the steps that were written down while `watches`, how long each took.
        watches: whether steps are looked at; off once a connection stands, as each look costs time.
    """

    def __init__(self, timeline: Timeline, keep: EventSink | None) -> None:
        self.timeline = timeline
        self.keeps = keep is not None
        self.phases_ms: dict[str, float] = {}
        self.watches = True
        self._keep = keep

    def sink(self, emissions: Sequence[Emission]) -> Full | None:
        """Take events."""
        if self.watches:
            for each in emissions:
                if isinstance(each, ConnectionPhase):
                    self.phases_ms[each.name] = each.duration_ns / 1e6
        return None if self._keep is None else self._keep(emissions)


@asynccontextmanager
async def recording(capture: str | None) -> AsyncIterator[Record]:
    """Give a record to write into; a capture is saved when the context ends.

    Raises:
        CaptureError: the capture cannot be made, or not everything could be saved.
    """
    timeline = Timeline()
    async with AsyncExitStack() as stack:
        keep: EventSink | None = None
        if capture is not None:
            from wirescope.capture import CaptureWriter  # which few want

            writer = CaptureWriter.create(capture, timeline=timeline)
            keep = await stack.enter_async_context(writer)
        yield Record(timeline, keep)
