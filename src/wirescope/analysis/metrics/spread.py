"""How often which value was seen, in bounded memory: lengths, gaps, latencies.

The idea is that of HdrHistogram: values that share their highest bits are counted together. Few
values are counted exactly; from then on a value's class is the upper half of its 32-bit floating
point form, which has eight significant bits, so that the interpreter's own loops do the counting.
Why it is our own: docs/decisions/0013-own-histogram.md.
"""

import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

DISTINCT = 1024
"""Different values that are counted exactly; with more of them all are counted in classes."""

ERROR = 1 / 256
"""How far a percentile may be off, as a share of it, once values are counted in classes."""

_UPPER_HALF = 1 if sys.byteorder == "little" else 0


class Spread:
    """Counts numbers, 0 or more.

    Percentiles are those of numpy's default, interpolated between neighbours: the very ones as long
    as there were at most `DISTINCT` different values, then off by `ERROR` at most. There are 128
    classes for each power of two, so that a spread of nanoseconds to minutes takes some thousand
    counters at most.
    """

    __slots__ = ("_classes", "_exact")

    def __init__(self, values: Iterable[int] = ()) -> None:
        self._exact: Counter[int] = Counter()
        self._classes: Counter[int] = Counter()
        self.add(values)

    def add(self, values: Iterable[int]) -> None:
        """Count values."""
        if self._classes:
            _count(self._classes, values)
            return
        self._exact.update(values)
        if len(self._exact) > DISTINCT:
            self._begin_classes()

    def merge(self, other: "Spread") -> None:
        """Count what another spread has counted."""
        self._exact += other._exact
        self._classes += other._classes
        if self._classes or len(self._exact) > DISTINCT:
            self._begin_classes()

    def _begin_classes(self) -> None:
        numbers: Counter[int] = Counter()
        for value, count in self._exact.items():
            _count(numbers, (value,))
            (number,) = numbers
            self._classes[number] += count
            numbers.clear()
        self._exact.clear()

    @property
    def count(self) -> int:
        """How many values were counted."""
        return self._exact.total() + self._classes.total()

    def percentile(self, share: float) -> float:
        """Return what `share` (0 to 1) of the values do not exceed; 0 without any."""
        return self.percentiles([share])[0]

    def percentiles(self, shares: Iterable[float]) -> list[float]:
        """Return several percentiles; see `percentile`."""
        counts = [(float(max(0, value)), count) for value, count in self._exact.items()]
        counts += [(_middle(number), count) for number, count in self._classes.items()]
        counts.sort()
        return [_at(counts, share) for share in shares]


def _count(classes: "Counter[int]", values: Iterable[int]) -> None:
    halves = array("H")
    halves.frombytes(array("f", values).tobytes())
    classes.update(halves[_UPPER_HALF::2])


def _middle(number: int) -> float:
    """Return the middle of a class of whole numbers; small numbers have classes of their own."""
    if number >= 0x8000:
        return 0.0  # a clock went backwards
    (low,) = struct.unpack(">f", struct.pack(">I", number << 16))
    width = 2.0 ** max(0, (number >> 7) - 127 - 7)
    return float(low + (width - 1) / 2)


def _at(counts: list[tuple[float, int]], share: float) -> float:
    """Interpolate linearly between the two values around a place, as numpy does by default."""
    total = sum(count for _, count in counts)
    if not total:
        return 0.0
    place = share * (total - 1)
    below, rest = int(place), place - int(place)
    lower = upper = counts[-1][0]
    for (value, _), seen in zip(counts, accumulate(count for _, count in counts), strict=True):
        if seen > below:
            lower = value
            upper = value if seen > below + 1 else _next_value(counts, value)
            break
    return lower + (upper - lower) * rest


def _next_value(counts: list[tuple[float, int]], value: float) -> float:
    return next((each for each, _ in counts if each > value), value)
