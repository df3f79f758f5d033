"""What the charts show of a part of a capture: sizes, gaps, latencies, compression."""

from collections.abc import Iterable, Iterator

from wirescope.capture import Capture, Group
from wirescope.events import AnyEvent, WebSocketMessage
from wirescope.workbench.desk.model import Charts, LatencyPoint, Overview
from wirescope.workbench.desk.overview import EXACT_EVENTS, Part
from wirescope.workbench.desk.pairs import Pairs
from wirescope.workbench.desk.survey import Survey

MOST_POINTS = 2000
"""Answers that are shown; with more of them, the slowest of each bin."""

_SAMPLES = 24

Histograms = dict[str, dict[int, int]]


def charts_of(
    capture: Capture,
    survey: Survey,
    part: Part,
    pairs: Pairs,
    overview: Overview,
    *,
    connection: str = "",
) -> Charts:
    """Make the charts of a part; `overview` is that of the same part."""
    number, first_seq, last_seq = survey.events_between(part.from_ns, part.to_ns)
    made = _Counted(part, connection)
    share = 1.0
    if number <= EXACT_EVENTS:
        if number:
            made.take_events(capture.events(after=first_seq - 1, before=last_seq + 1))
    else:
        for stretch in capture.outline(after=first_seq - 1):
            if stretch.first_at_ns > part.to_ns:
                break
            made.take_groups(stretch.groups)
        share = _sampled_gaps(capture, survey, part, made)
    timed, total = pairs.between(part.from_ns, part.to_ns, most=MOST_POINTS, bin_of=part.bin_of)
    return Charts(
        overview=overview,
        latency=[
            LatencyPoint(at_ns=at_ns, seq=pair.response, latency_ns=pair.latency_ns)
            for at_ns, pair in timed
        ],
        latency_total=total,
        sizes=made.sizes,
        gaps=made.gaps,
        gaps_share=share,
        compression=made.compression,
    )


def _sampled_gaps(capture: Capture, survey: Survey, part: Part, made: "_Counted") -> float:
    """Count the gaps in some stretches that lie evenly in the part; what share of it that is."""
    stretches = [each[:2] for each in survey.stretches(part.from_ns, part.to_ns)]
    step = max(1, len(stretches) // _SAMPLES)
    seen = 0
    for first, last in stretches[::step]:
        made.forget_last()
        made.take_gaps(capture.events(after=first - 1, before=last + 1))
        seen += last - first + 1
    return seen / max(1, sum(last - first + 1 for first, last in stretches))


class _Counted:
    """Histograms of one part."""

    def __init__(self, part: Part, connection: str) -> None:
        self.sizes: Histograms = {"sent": {}, "received": {}}
        self.gaps: Histograms = {"sent": {}, "received": {}}
        self.compression: dict[str, tuple[int, int]] = {"sent": (0, 0), "received": (0, 0)}
        self._part = part
        self._connection = connection
        self._last_ns: dict[tuple[str, str], int] = {}

    def forget_last(self) -> None:
        """Begin somewhere else: what is next follows nothing that was seen."""
        self._last_ns.clear()

    def take_events(self, events: Iterable[AnyEvent]) -> None:
        for message in self._messages(events):
            _count(self.sizes[message.direction], message.length.bit_length())
            if message.compressed:
                self._compressed(message.direction, message.length, message.wire_length)
            self._gap(message)

    def take_gaps(self, events: Iterable[AnyEvent]) -> None:
        for message in self._messages(events):
            self._gap(message)

    def _messages(self, events: Iterable[AnyEvent]) -> Iterator[WebSocketMessage]:
        for event in events:
            if (
                type(event) is WebSocketMessage
                and self._part.from_ns <= event.at_ns <= self._part.to_ns
                and self._connection in ("", event.connection)
            ):
                yield event

    def _gap(self, message: WebSocketMessage) -> None:
        key = message.connection, message.direction
        before = self._last_ns.get(key)
        if before is not None:
            gap_us = max(0, message.at_ns - before) // 1000
            _count(self.gaps[message.direction], gap_us.bit_length())
        self._last_ns[key] = message.at_ns

    def take_groups(self, groups: Iterable[Group]) -> None:
        for group in groups:
            if group.type != "websocket.message" or self._connection not in ("", group.connection):
                continue
            for bits, count in group.histogram.items():
                _count(self.sizes[group.direction], bits, count)
            if group.compressed:
                self._compressed(group.direction, group.payload_bytes, group.wire_bytes)

    def _compressed(self, direction: str, decoded: int, wire: int) -> None:
        before = self.compression[direction]
        self.compression[direction] = before[0] + decoded, before[1] + wire


def _count(counter: dict[int, int], key: int, count: int = 1) -> None:
    counter[key] = counter.get(key, 0) + count
