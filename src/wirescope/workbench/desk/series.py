"""The main statistics of a WebRTC connection over time, from the samples of a capture.

A capture keeps of each sample what has changed. So a counter that no sample names stood still, and
gives 0 for that time. A level, such as a jitter, is given only of samples in which its object moved
at all: of a stream that has ended the last value would be no news, and no truth.

Samples are taken in once, and kept as columns. Of very many, two neighbours are made one, again and
again, so that a connection of days takes no more room than one of hours; so many are then one of
those that come, too. Everything here is done in the thread that reads the file.
"""

from array import array
from bisect import bisect_left, bisect_right

from wirescope.events import AnyEvent, Statistics
from wirescope.workbench.desk.following import Follower
from wirescope.workbench.desk.peer_model import Series, StatisticsSeries
from wirescope.workbench.desk.sampled import FIGURES_OF, SampledObject

MOST_POINTS = 2000
"""Values that a series has at most."""

MOST_SERIES = 200
MOST_OBJECTS = 2000
"""Objects of `getStats` that are followed, those that moved last: a connection that runs for days
makes new ones."""

MOST_SAMPLES = 16_384
"""Samples that are kept; of one a second these are of four and a half hours."""

MOST_VALUES = 2_000_000
"""Values of all objects that are kept, of eight bytes each."""

_SAMPLE_NS = 100_000_000
"""Events of one sample are written within this time of its first."""

_WANTED = " or ".join(f'object == "{kind}"' for kind in FIGURES_OF)


class StatisticsIndex(Follower):
    """The samples of one connection.

    Args:
        connection: `c1` …

    Raises:
        UnknownConnectionError: no connection can have this id.
    """

    def __init__(self, connection: str) -> None:
        super().__init__(connection, f"type == stats and ({_WANTED})")
        self._objects: dict[str, SampledObject] = {}  # the one that moved last is the last
        self._times = array("q")
        self._each = 1  # samples that are one entry
        self._held = 0  # those of the last entry, of which more may come
        self._sample = 0  # the number of the latest
        self._begun_ns = 0
        self._named: set[str] = set()  # objects of the latest sample
        self._in_use: dict[str, str] = {}  # of a transport -> the pair that data takes
        self._entries = 0

    def take(self, event: AnyEvent) -> None:
        """Take what an object says in a sample."""
        if not isinstance(event, Statistics) or event.object not in FIGURES_OF:
            return
        self._place(event)
        known = self._objects.pop(event.id, None) or SampledObject(event.object, event.id)
        self._objects[event.id] = known
        if len(self._objects) > MOST_OBJECTS:
            self._forget(next(iter(self._objects)))
        known.take(event.values)
        self._note(known)
        if "selectedCandidatePairId" in event.values and event.object == "transport":
            pair = self._in_use[event.id] = str(event.values["selectedCandidatePairId"])
            if pair in self._named and pair in self._objects:
                self._note(self._objects[pair])
        if len(self._times) >= MOST_SAMPLES or self._entries >= MOST_VALUES:
            self._thin()

    def _place(self, event: Statistics) -> None:
        """Begin a sample, unless the event belongs to the latest: in one, no object is named twice.

        Samples may be taken one right after the other, as when a pair has moved.
        """
        is_same = event.at_ns - self._begun_ns <= _SAMPLE_NS and (
            event.id not in self._named or event.at_ns <= self._begun_ns
        )
        if not self._times or not is_same:
            self._begun_ns = event.at_ns
            self._sample += 1
            self._named.clear()
            if self._times and self._held < self._each:
                self._held += 1
                self._times[-1] = event.at_ns
            else:
                self._held = 1
                self._times.append(event.at_ns)
        self._named.add(event.id)

    def _note(self, each: SampledObject) -> None:
        # What a pair measures that no data takes is not the connection's round trip.
        if each.kind == "candidate-pair" and each.key not in self._in_use.values():
            return
        before = each.entries
        each.note(len(self._times) - 1, self._sample)
        self._entries += each.entries - before

    def _forget(self, key: str) -> None:
        self._entries -= self._objects.pop(key).entries
        self._in_use.pop(key, None)

    def _thin(self) -> None:
        """Make one of two samples each."""
        odd = len(self._times) % 2  # one that has no neighbour stays as it is
        if not odd:
            self._held += self._each  # all but the last are full
        self._each *= 2
        self._times = self._times[1::2] + self._times[len(self._times) - odd :]
        for each in self._objects.values():
            each.thin()
        self._entries = sum(each.entries for each in self._objects.values())

    def series(self, *, from_ns: int, to_ns: int, points: int) -> StatisticsSeries:
        """Give the figures of a part of the connection's life.

        Args:
            from_ns: where the part begins; a negative one is counted back from the last sample.
            to_ns: where it ends; 0 is the end of the capture.
            points: how many values a series has at most.
        """
        times = self._times
        if from_ns < 0 and times:
            from_ns += times[-1]
        first = bisect_left(times, from_ns)
        end = bisect_right(times, to_ns) if to_ns else len(times)
        count = max(0, end - first)
        together = max(1, -(-count // max(1, min(points, MOST_POINTS))))
        ends = [*range(first + together - 1, end, together)]
        if count and (not ends or ends[-1] != end - 1):
            ends.append(end - 1)
        over = self._ends_of_streams()
        series: list[Series] = []
        left_out = 0
        for each in sorted(self._objects.values(), key=lambda each: each.order):
            gone = over.get(each.key, len(times))
            for figure in FIGURES_OF[each.kind]:
                if not each.has(figure, first, end, gone):
                    continue
                if len(series) == MOST_SERIES:  # to make all of very many would take seconds
                    left_out += 1
                elif (made := each.series(figure, times, ends, first, gone)).at_ns:
                    series.append(made)
        still_to_come = self._each - self._held if count and end == len(times) else 0
        return StatisticsSeries(
            connection=self.connection,
            series=series,
            samples=count * self._each - still_to_come,
            together=together * self._each,
            left_out=left_out,
            last_seq=self.read_seq,
        )

    def _ends_of_streams(self) -> dict[str, int]:
        """Say where objects end whose stream another one has gone on with, under a new SSRC.

        That an object is gone no sample says.
        """
        told = [
            (stream, each)
            for each in self._objects.values()
            if (stream := each.stream) is not None and each.places
        ]
        begun: dict[tuple[str, ...], int] = {}
        for stream, each in told:
            begun[stream] = max(begun.get(stream, 0), each.places[0])
        return {
            each.key: each.places[-1] for stream, each in told if begun[stream] > each.places[-1]
        }
