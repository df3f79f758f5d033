"""The figures of one object of `getStats` over the samples of a connection, in columns.

Only samples in which the object moved take room, and of its members only those that figures are
made of. What a counter gained is summed up as it is told: a counter that begins anew, as after a
restart of the other side, takes nothing away from what it had gained.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import isfinite, nan
from typing import Any, Literal, NamedTuple

from wirescope.events import MediaKind
from wirescope.workbench.desk.peer_model import Series, Unit

_MOST = 1e18
"""No counter comes near, and no sum of such numbers is infinite."""

_RETURNING = ("packetsLost",)
"""Counters that fall when a packet comes late after all (RFC 3550 section 6.4.1): such a one gains
only what is beyond the highest that it had."""


class Figure(NamedTuple):
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
    Figure("inbound-rtp", "bytesReceived", "bit/s", "rate", 8),
    Figure("inbound-rtp", "packetsLost", "1/s", "rate"),
    Figure("inbound-rtp", "jitter", "s", "level"),
    Figure("inbound-rtp", "framesDecoded", "1/s", "rate"),
    Figure("inbound-rtp", "frameWidth", "px", "level"),
    Figure("inbound-rtp", "frameHeight", "px", "level"),
    Figure("inbound-rtp", "concealedSamples", "share", "share", of="totalSamplesReceived"),
    Figure("outbound-rtp", "bytesSent", "bit/s", "rate", 8),
    Figure("outbound-rtp", "retransmittedPacketsSent", "1/s", "rate"),
    Figure("outbound-rtp", "framesEncoded", "1/s", "rate"),
    Figure("outbound-rtp", "frameWidth", "px", "level"),
    Figure("outbound-rtp", "frameHeight", "px", "level"),
    Figure("remote-inbound-rtp", "packetsLost", "1/s", "rate"),
    Figure("remote-inbound-rtp", "jitter", "s", "level"),
    Figure("remote-inbound-rtp", "roundTripTime", "s", "level"),
    Figure("candidate-pair", "currentRoundTripTime", "s", "level"),
    Figure("candidate-pair", "availableOutgoingBitrate", "bit/s", "level"),
    Figure("candidate-pair", "availableIncomingBitrate", "bit/s", "level"),
    Figure("transport", "bytesSent", "bit/s", "rate", 8),
    Figure("transport", "bytesReceived", "bit/s", "rate", 8),
    Figure("data-channel", "messagesSent", "1/s", "rate"),
    Figure("data-channel", "messagesReceived", "1/s", "rate"),
    Figure("data-channel", "bytesSent", "bit/s", "rate", 8),
    Figure("data-channel", "bytesReceived", "bit/s", "rate", 8),
)
FIGURES_OF = {
    kind: [each for each in _FIGURES if each.object == kind]
    for kind in {each.object: None for each in _FIGURES}
}
"""Those of each kind of object."""

_COUNTERS = {
    kind: {name for each in figures if each.how != "level" for name in (each.name, each.of) if name}
    for kind, figures in FIGURES_OF.items()
}
_LEVELS = {
    kind: {each.name for each in figures if each.how == "level"}
    for kind, figures in FIGURES_OF.items()
}
_NAMING = ("kind", "label", "mid", "rid", "ssrc")


class SampledObject:
    """One object of `getStats`.

    Args:
        kind: its W3C `type`.
        key: its id.

    Attributes:
        kind: as given.
        key: as given.
        places: numbers of the entries in which it moved; an entry is one sample, or several.
    """

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        self.places = array("L")
        self._names: dict[str, str] = {}
        self._now = dict.fromkeys((*_COUNTERS[kind], *_LEVELS[kind]), nan)
        self._last: dict[str, float] = {}
        self._columns = {name: array("d") for name in self._now}
        self._weights = array("L")  # samples of each place in which it moved
        self._sample = 0
        self._so_far: dict[str, float] = {}  # levels of the last place without the latest sample

    @property
    def entries(self) -> int:
        """How many values are kept of it."""
        return len(self.places) * len(self._columns)

    def take(self, changed: dict[str, Any]) -> None:
        """Take what has changed."""
        for name in _NAMING:
            if name in changed:
                self._names[name] = str(changed[name])
        for name in changed.keys() & self._now.keys():
            value = _number(changed[name])
            if value is None:
                continue
            if name in _LEVELS[self.kind]:
                self._now[name] = value
            else:
                self._count(name, value)

    def _count(self, name: str, value: float) -> None:
        last = self._last.get(name)
        if last is None:
            self._now[name] = 0.0
        elif value > last:
            self._now[name] += value - last
        elif name in _RETURNING:
            return
        self._last[name] = value

    def note(self, place: int, sample: int) -> None:
        """Note its values as those of a sample: of a level the mean, of a counter the latest.

        Args:
            place: the number of the entry, the last one.
            sample: the number of the sample, which is a part of it.
        """
        if not self.places or self.places[-1] != place:
            self.places.append(place)
            self._weights.append(0)
            for column in self._columns.values():
                column.append(nan)
            self._sample = 0
        if self._sample != sample:
            self._sample = sample
            self._so_far = {name: self._columns[name][-1] for name in _LEVELS[self.kind]}
            self._weights[-1] += 1
        for name, column in self._columns.items():
            now = self._now[name]
            if name in self._so_far:
                now = _mean(self._so_far[name], self._weights[-1] - 1, now, 1)
            column[-1] = now

    def thin(self) -> None:
        """Make one of two entries each: of a level their mean, of a counter the later."""
        kept: list[tuple[int, int]] = []  # first and last of those that are one
        for index, place in enumerate(self.places):
            if kept and self.places[kept[-1][0]] // 2 == place // 2:
                kept[-1] = kept[-1][0], index
            else:
                kept.append((index, index))
        weights = self._weights
        for name, column in self._columns.items():
            of_two = name in _LEVELS[self.kind]
            column[:] = array(
                "d",
                [
                    _mean(column[first], weights[first], column[last], weights[last])
                    if of_two and first != last
                    else column[last]
                    for first, last in kept
                ],
            )
        weights[:] = array("L", [sum(weights[first : last + 1]) for first, last in kept])
        self.places[:] = array("L", [self.places[last] // 2 for _, last in kept])

    # What is made of it

    @property
    def stream(self) -> tuple[str, str, str, str] | None:
        """What it is the statistics of, whatever its SSRC; None where that is not said."""
        if "mid" not in self._names:
            return None
        return (self.kind, self._media_kind(), self._names["mid"], self._names.get("rid", ""))

    @property
    def order(self) -> tuple[str, str, str, str]:
        """What objects are sorted by."""
        return (self.kind, self._media_kind(), self._label(), self.key)

    def has(self, figure: Figure, first: int, end: int, over: int) -> bool:
        """Say whether a figure can have values, without making them.

        Args:
            figure: one of its kind.
            first: the first entry that is wanted.
            end: the one behind the last that is.
            over: the entry after which it is no more.
        """
        if not self.places or not isfinite(self._now[figure.name]) or first > over:
            return False
        if figure.how == "level":
            return bisect_right(self.places, end - 1) > bisect_right(self.places, first - 1)
        return self.places[0] < end - 1  # a counter's first value needs the entry before it

    def series(
        self, figure: Figure, times: Sequence[int], ends: Sequence[int], first: int, over: int
    ) -> Series:
        """Give a figure.

        Args:
            figure: one of its kind.
            times: when each entry was taken.
            ends: the entries that end what one value is made of.
            first: the first entry that is wanted.
            over: the entry after which it is no more.
        """
        made = list(self._values(figure, times, ends, first, over))
        return Series(
            object=self.kind,
            id=self.key,
            name=figure.name,
            unit=figure.unit,
            kind=self._media_kind(),
            label=self._label(),
            at_ns=[at_ns for at_ns, _ in made],
            values=[value for _, value in made],
        )

    def _values(
        self, figure: Figure, times: Sequence[int], ends: Sequence[int], first: int, over: int
    ) -> Iterator[tuple[int, float]]:
        before = first - 1  # a counter's first value needs the sample before it
        for end in ends:
            if before >= over:
                return
            if figure.how == "level":
                value = self._level(figure.name, before, end)
            else:
                value = self._gain(figure, times, before, end)
            if value is not None:
                yield times[end], value
            before = end

    def _level(self, name: str, before: int, end: int) -> float | None:
        start, stop = bisect_right(self.places, before), bisect_right(self.places, end)
        known = [value for value in self._columns[name][start:stop] if isfinite(value)]
        return sum(known) / len(known) if known else None

    def _gain(self, figure: Figure, times: Sequence[int], before: int, end: int) -> float | None:
        gained = self._difference(figure.name, before, end)
        if gained is None:
            return None
        if figure.how == "share":
            of = self._difference(figure.of, before, end)
            return None if not of else gained / of
        seconds = (times[end] - times[before]) / 1e9
        return gained * figure.factor / seconds if seconds > 0 else None

    def _difference(self, name: str, before: int, end: int) -> float | None:
        one, other = self._at(name, before), self._at(name, end)
        return None if one is None or other is None else other - one

    def _at(self, name: str, place: int) -> float | None:
        index = bisect_right(self.places, place) - 1
        value = self._columns[name][index] if index >= 0 and place >= 0 else nan
        return value if isfinite(value) else None

    def _media_kind(self) -> MediaKind | Literal[""]:
        kind = self._names.get("kind")
        return "audio" if kind == "audio" else "video" if kind == "video" else ""

    def _label(self) -> str:
        names = ("label",) if self.kind == "data-channel" else ("mid", "rid", "ssrc")
        return " ".join(self._names[name] for name in names if name in self._names)


def _mean(one: float, weight: int, other: float, other_weight: int) -> float:
    if not isfinite(one):
        return other
    if not isfinite(other):
        return one
    return one + (other - one) * other_weight / (weight + other_weight)


def _number(value: object) -> float | None:
    """Take a member that is a number; a capture from elsewhere may say anything."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if isfinite(value) and abs(value) < _MOST else None
