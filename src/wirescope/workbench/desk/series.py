"""The main statistics of a WebRTC connection over time, read from the samples of a capture.

A capture keeps of each sample what has changed. So a counter that no sample names stood still, and
gives 0 for that time. A level, such as a jitter, is given only of samples in which its object moved
at all: of a stream that has ended the last value would be no news, and no truth.

Everything here is done in the thread that reads the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, Literal, NamedTuple

from wirescope.capture import Capture
from wirescope.errors import UnknownConnectionError
from wirescope.events import MediaKind, Statistics
from wirescope.workbench.desk.peer_model import Series, StatisticsSeries, Unit

MOST_POINTS = 2000
"""Values that a series has at most."""

MOST_SERIES = 200
MOST_OBJECTS = 2000
"""Objects of `getStats` that are followed: a connection that runs for days makes new ones."""

_MOST = 1e18
"""No counter comes near, and no sum of such numbers is infinite."""

_SAMPLE_NS = 100_000_000
"""Events of one sample are written within this time of its first."""


class _Figure(NamedTuple):
    """A figure that is given: of which objects, from which member, and how.

    `rate` is what a counter gains in a second, times `factor`; `share` is what it gains for each
    that the counter `of` gains; `level` is the member as it stands.
    """

    object: str
    name: str
    unit: Unit
    how: Literal["rate", "share", "level"]
    factor: int = 1
    of: str = ""


_FIGURES = (
    _Figure("inbound-rtp", "bytesReceived", "bit/s", "rate", 8),
    _Figure("inbound-rtp", "packetsLost", "1/s", "rate"),
    _Figure("inbound-rtp", "jitter", "s", "level"),
    _Figure("inbound-rtp", "framesDecoded", "1/s", "rate"),
    _Figure("inbound-rtp", "frameWidth", "px", "level"),
    _Figure("inbound-rtp", "frameHeight", "px", "level"),
    _Figure("inbound-rtp", "concealedSamples", "share", "share", of="totalSamplesReceived"),
    _Figure("outbound-rtp", "bytesSent", "bit/s", "rate", 8),
    _Figure("outbound-rtp", "retransmittedPacketsSent", "1/s", "rate"),
    _Figure("outbound-rtp", "framesEncoded", "1/s", "rate"),
    _Figure("outbound-rtp", "frameWidth", "px", "level"),
    _Figure("outbound-rtp", "frameHeight", "px", "level"),
    _Figure("remote-inbound-rtp", "packetsLost", "1/s", "rate"),
    _Figure("remote-inbound-rtp", "jitter", "s", "level"),
    _Figure("remote-inbound-rtp", "roundTripTime", "s", "level"),
    _Figure("candidate-pair", "currentRoundTripTime", "s", "level"),
    _Figure("candidate-pair", "availableOutgoingBitrate", "bit/s", "level"),
    _Figure("candidate-pair", "availableIncomingBitrate", "bit/s", "level"),
    _Figure("transport", "bytesSent", "bit/s", "rate", 8),
    _Figure("transport", "bytesReceived", "bit/s", "rate", 8),
    _Figure("data-channel", "messagesSent", "1/s", "rate"),
    _Figure("data-channel", "messagesReceived", "1/s", "rate"),
    _Figure("data-channel", "bytesSent", "bit/s", "rate", 8),
    _Figure("data-channel", "bytesReceived", "bit/s", "rate", 8),
)
_FIGURES_OF = {
    kind: [each for each in _FIGURES if each.object == kind]
    for kind in {each.object: None for each in _FIGURES}
}


class _Sample(NamedTuple):
    """What one sample says: when it was taken, and what has changed of each object."""

    at_ns: int
    changed: dict[str, tuple[str, dict[str, Any]]]


def series_of(
    capture: Capture, connection: str, *, from_ns: int, to_ns: int, points: int
) -> StatisticsSeries:
    """Give the figures of a part of a connection's life.

    Args:
        capture: the capture.
        connection: `c1` …
        from_ns: where the part begins.
        to_ns: where it ends; 0 is the end of the capture.
        points: how many values a series has at most.

    Raises:
        UnknownConnectionError: no connection can have this id.
    """
    if not (len(connection) < 20 and connection.isascii() and connection.isalnum()):
        raise UnknownConnectionError(f"There is no connection {connection[:20]!r} in this capture.")
    wanted = " or ".join(f'object == "{kind}"' for kind in _FIGURES_OF)
    events = capture.events(filter=f"connection == {connection} and type == stats and ({wanted})")
    return series_from(
        (event for event in events if isinstance(event, Statistics)),
        connection,
        from_ns=from_ns,
        to_ns=to_ns,
        points=points,
        last_seq=capture.last_seq,
    )


def series_from(
    events: Iterable[Statistics],
    connection: str,
    *,
    from_ns: int,
    to_ns: int,
    points: int,
    last_seq: int,
) -> StatisticsSeries:
    """Make the figures of a connection's samples; see `series_of`."""
    objects: dict[str, _Object] = {}
    times: list[int] = []
    for sample in _samples(events):
        if to_ns and sample.at_ns > to_ns:
            break
        _take(objects, sample)
        if sample.at_ns >= from_ns:
            times.append(sample.at_ns)
    together = max(1, -(-len(times) // max(1, min(points, MOST_POINTS))))
    series = [
        made
        for each in objects.values()
        for made in each.series(times, together, from_ns=from_ns)
        if made.at_ns
    ]
    series.sort(key=lambda made: (made.object, made.kind, made.label, made.id))
    return StatisticsSeries(
        connection=connection,
        series=series[:MOST_SERIES],
        samples=len(times),
        together=together,
        left_out=max(0, len(series) - MOST_SERIES),
        last_seq=last_seq,
    )


def _samples(events: Iterable[Statistics]) -> Iterator[_Sample]:
    sample = _Sample(0, {})
    for event in events:
        if event.at_ns - sample.at_ns > _SAMPLE_NS or not sample.changed:
            if sample.changed:
                yield sample
            sample = _Sample(event.at_ns, {})
        sample.changed[event.id] = event.object, event.values
    if sample.changed:
        yield sample


def _take(objects: "dict[str, _Object]", sample: _Sample) -> None:
    for key, (kind, changed) in sample.changed.items():
        known = objects.get(key)
        if known is None:
            if kind not in _FIGURES_OF or len(objects) >= MOST_OBJECTS:
                continue
            known = objects[key] = _Object(kind, key)
        known.take(changed)
    selected = {
        str(each.values.get("selectedCandidatePairId"))
        for each in objects.values()
        if each.kind == "transport"
    }
    for key, known in objects.items():
        # What a pair measures that no data takes is not the connection's round trip.
        is_in_use = known.kind != "candidate-pair" or key in selected
        known.note(sample.at_ns, moved=key in sample.changed and is_in_use)


class _Object:
    """One object of `getStats`: its latest values, and those of its figures at each sample."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.values: dict[str, Any] = {}
        self._key = key
        self._figures = _FIGURES_OF[kind]
        names = {each.name for each in self._figures} | {each.of for each in self._figures}
        self._kept: dict[str, list[float | None]] = {name: [] for name in names if name}
        self._moved: list[bool] = []
        self._at_ns: list[int] = []

    def take(self, changed: dict[str, Any]) -> None:
        """Take what has changed."""
        self.values |= changed

    def note(self, at_ns: int, *, moved: bool) -> None:
        """Note the values of a sample; whether any of them is news."""
        self._at_ns.append(at_ns)
        self._moved.append(moved)
        for name, column in self._kept.items():
            column.append(_number(self.values.get(name)))

    def series(self, times: Sequence[int], together: int, *, from_ns: int) -> Iterator[Series]:
        """Give its figures from a time on, so many samples to a value."""
        if not times:
            return
        first = next((place for place, at in enumerate(self._at_ns) if at >= from_ns), None)
        if first is None:
            return
        # A counter's first value needs the sample before it.
        ends = [*range(first + together - 1, len(self._at_ns), together)]
        if not ends or ends[-1] != len(self._at_ns) - 1:
            ends.append(len(self._at_ns) - 1)
        for figure in self._figures:
            made = list(self._values(figure, first, ends))
            yield Series(
                object=self.kind,
                id=self._key,
                name=figure.name,
                unit=figure.unit,
                kind=self._media_kind(),
                label=self._label(),
                at_ns=[at_ns for at_ns, _ in made],
                values=[value for _, value in made],
            )

    def _values(
        self, figure: _Figure, first: int, ends: Sequence[int]
    ) -> Iterator[tuple[int, float]]:
        before = first - 1
        for end in ends:
            value = (
                self._level(figure, before + 1, end)
                if figure.how == "level"
                else self._gain(figure, before, end)
            )
            if value is not None:
                yield self._at_ns[end], value
            before = end

    def _level(self, figure: _Figure, start: int, end: int) -> float | None:
        column = self._kept[figure.name]
        known = [
            value
            for value, moved in zip(
                column[start : end + 1], self._moved[start : end + 1], strict=True
            )
            if moved and value is not None
        ]
        return sum(known) / len(known) if known else None

    def _gain(self, figure: _Figure, before: int, end: int) -> float | None:
        gained = self._difference(figure.name, before, end)
        if gained is None:
            return None
        if figure.how == "share":
            of = self._difference(figure.of, before, end)
            return None if not of else gained / of
        seconds = (self._at_ns[end] - self._at_ns[before]) / 1e9
        return gained * figure.factor / seconds if seconds > 0 else None

    def _difference(self, name: str, before: int, end: int) -> float | None:
        if before < 0:
            return None
        column = self._kept[name]
        one, other = column[before], column[end]
        return None if one is None or other is None else other - one

    def _media_kind(self) -> MediaKind | Literal[""]:
        kind = self.values.get("kind")
        return kind if kind in ("audio", "video") else ""

    def _label(self) -> str:
        names = ("label",) if self.kind == "data-channel" else ("mid", "rid", "ssrc")
        known = [str(self.values[name]) for name in names if name in self.values]
        return " ".join(known)


def _number(value: object) -> float | None:
    """Take a member that is a number; a capture from elsewhere may say anything."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if isfinite(value) and abs(value) < _MOST else None
