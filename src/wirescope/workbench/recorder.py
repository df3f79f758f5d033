"""Joins what produces events and what keeps them: one timeline, one sink, perhaps one capture file.

Producers know only a sink; here it is decided that the capture and whoever watches stand behind it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from wirescope.analysis import Analyzer
from wirescope.capture import Alarm, CaptureWriter
from wirescope.events import Emission, EventSink, Full, Timeline


@dataclass(frozen=True, slots=True)
class Recording:
    """Where the connections of one run write down what happens.

    Attributes:
        timeline: numbers the events.
        sink: takes them.
        writer: the capture behind it; None when nothing is kept.
    """

    timeline: Timeline
    sink: EventSink
    writer: CaptureWriter | None


@asynccontextmanager
async def recording(
    path: Path | None = None,
    *,
    watchers: Sequence[EventSink] = (),
    secrets: Iterable[str] = (),
    on_alarm: Callable[[Alarm], None] | None = None,
    analyzer: Analyzer | None = None,
    timeline: Timeline | None = None,
    before_keeping: Callable[[CaptureWriter], EventSink] | None = None,
) -> AsyncIterator[Recording]:
    """Keep events in a capture, show them to the watchers; everything is saved at the end.

    Args:
        path: the capture to make; None keeps nothing.
        watchers: further sinks; one that is full holds the peer back.
        secrets: texts that must not be written, beside those known by their names.
        on_alarm: is told, from the writer's thread, when the capture cannot save for the moment,
            and when it can again.
        analyzer: follows the events; what it finds is an event among them.
        timeline: numbers the events; None begins one.
        before_keeping: makes the sink that stands before the capture, and alters what is kept;
            the watchers and the analyzer see everything as it is.

    Raises:
        CaptureExistsError: the file exists.
        CaptureLockedError: another process records into it.
        CaptureWriteError: it cannot be created, or, at the end, not everything could be saved.
    """
    timeline = timeline or Timeline()
    if path is None:
        with _analysed(fan_out(watchers), analyzer) as sink:
            yield Recording(timeline, sink, None)
        return
    writer = CaptureWriter.create(path, timeline=timeline, secrets=secrets, on_alarm=on_alarm)
    async with writer:
        kept = writer if before_keeping is None else before_keeping(writer)
        with _analysed(fan_out([kept, *watchers]), analyzer) as sink:
            yield Recording(timeline, sink, writer)


@contextmanager
def _analysed(sink: EventSink, analyzer: Analyzer | None) -> Iterator[EventSink]:
    """Put what is found behind what it was found in."""
    if analyzer is None:
        yield sink
        return

    def take(emissions: Sequence[Emission]) -> Full | None:
        full = sink(emissions)
        found = analyzer.feed(emissions)
        return _fuller(full, sink(found)) if found else full

    try:
        yield take
    finally:
        if found := analyzer.finish():
            sink(found)


def fan_out(sinks: Sequence[EventSink]) -> EventSink:
    """Make one sink of several; it is full while any of them is."""
    if len(sinks) == 1:
        return sinks[0]
    listed = tuple(sinks)

    def sink(emissions: Sequence[Emission]) -> Full | None:
        full: Full | None = None
        for take in listed:
            full = _fuller(full, take(emissions))
        return full

    return sink


def _fuller(one: Full | None, other: Full | None) -> Full | None:
    if one is None or other is None:
        return one or other
    return _both(one, other)


def _both(one: Full, other: Full) -> Full:
    both: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    left = 2

    def done(_: object) -> None:
        nonlocal left
        left -= 1
        if not left and not both.done():
            both.set_result(None)

    one.add_done_callback(done)
    other.add_done_callback(done)
    return both
