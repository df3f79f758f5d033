"""What the charts show of a part of a capture: sizes, gaps, latencies, compression."""

from collections.abc import Iterable, Iterator
from itertools import islice

from wirescope.capture import Capture
from wirescope.events import AnyEvent, DataChannelMessage, WebSocketMessage
from wirescope.workbench.desk.carriers import AnyMessage
from wirescope.workbench.desk.model import Charts, LatencyPoint, Overview
from wirescope.workbench.desk.overview import EXACT_EVENTS, Part
from wirescope.workbench.desk.pairs import Pairs
from wirescope.workbench.desk.survey import MOST_STRETCHES, Measures, Survey

MOST_POINTS = 2000
"""Answers that are shown; with more of them, the slowest of each bin, and the slowest pong."""

_SAMPLES = 24
_SAMPLE_EVENTS = 2000


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
    measures, sizes_share, gaps_share = made.measures, 1.0, 1.0
    if number <= EXACT_EVENTS:
        if number:
            made.take(capture.events(after=first_seq - 1, before=last_seq + 1), measure=True)
    else:
        if part.from_ns <= survey.first_at_ns and part.to_ns >= survey.last_at_ns:
            measures = survey.measures
        else:
            sizes_share = _measure(capture, part, measures, first_seq, last_seq, connection)
        gaps_share = _sampled_gaps(capture, survey, part, made)
    answers = pairs.between(part.from_ns, part.to_ns, most=MOST_POINTS, bin_of=part.bin_of)
    return Charts(
        overview=overview,
        latency=[
            LatencyPoint(
                at_ns=at_ns, seq=pair.response, latency_ns=pair.latency_ns, is_pong=is_pong
            )
            for at_ns, pair, is_pong in answers.timed
        ],
        latency_total=answers.total,
        latency_pongs=answers.pongs,
        sizes=measures.sizes,
        sizes_share=sizes_share,
        gaps=made.gaps,
        gaps_share=gaps_share,
        compression=measures.compression,
    )


def _measure(
    capture: Capture,
    part: Part,
    measures: Measures,
    first_seq: int,
    last_seq: int,
    connection: str,
) -> float:
    """Measure messages by what the file has of its blocks; what share of the part was read."""
    seen = first_seq - 1
    for stretch in islice(capture.outline(after=first_seq - 1), MOST_STRETCHES):
        if stretch.first_at_ns > part.to_ns:
            return 1.0
        measures.add(each for each in stretch.groups if connection in ("", each.connection))
        seen = stretch.last_seq
    return min(1.0, (seen - first_seq + 1) / (last_seq - first_seq + 1))


def _sampled_gaps(capture: Capture, survey: Survey, part: Part, made: "_Counted") -> float:
    """Count gaps here and there, evenly over the part; what share of it that is."""
    stretches = [each[:2] for each in survey.stretches(part.from_ns, part.to_ns)]
    step = max(1, len(stretches) // _SAMPLES)
    seen = 0
    for first, last in stretches[::step]:
        made.forget_last()
        end = min(last, first + _SAMPLE_EVENTS - 1)
        made.take(capture.events(after=first - 1, before=end + 1), measure=False)
        seen += end - first + 1
    return seen / max(1, sum(last - first + 1 for first, last in stretches))


class _Counted:
    """Histograms of one part."""

    def __init__(self, part: Part, connection: str) -> None:
        self.measures = Measures()
        self.gaps: dict[str, dict[int, int]] = {"sent": {}, "received": {}}
        self._part = part
        self._connection = connection
        self._last_ns: dict[tuple[str, str], int] = {}

    def forget_last(self) -> None:
        """Begin somewhere else: what is next follows nothing that was seen."""
        self._last_ns.clear()

    def take(self, events: Iterable[AnyEvent], *, measure: bool) -> None:
        """Count gaps between messages and, where it is asked for, their sizes."""
        for message in self._messages(events):
            if measure:
                self.measures.take(message)
            self._gap(message)

    def _messages(self, events: Iterable[AnyEvent]) -> Iterator[AnyMessage]:
        for event in events:
            if (
                isinstance(event, WebSocketMessage | DataChannelMessage)
                and self._part.from_ns <= event.at_ns <= self._part.to_ns
                and self._connection in ("", event.connection)
            ):
                yield event

    def _gap(self, message: AnyMessage) -> None:
        key = message.connection, message.direction
        before = self._last_ns.get(key)
        if before is not None:
            gaps, bits = self.gaps[message.direction], self._bits(message.at_ns - before)
            gaps[bits] = gaps.get(bits, 0) + 1
        self._last_ns[key] = message.at_ns

    @staticmethod
    def _bits(gap_ns: int) -> int:
        return (max(0, gap_ns) // 1000).bit_length()
