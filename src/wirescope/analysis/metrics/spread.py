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
from functools import cache
from itertools import accumulate

from wirescope.analysis.allowance import ENTRY_BYTES, Allowance

DISTINCT = 1024
"""Different values that are counted exactly; with more of them all are counted in classes."""

ERROR = 1 / 256
"""How far a percentile may be off, as a share of it, once values are counted in classes."""

COARSE_ERROR = 1 / 8
"""The same where an `Allowance` was spent."""

_COARSE_BITS = 5  # of a class's number that are left away then
_FIRST_COARSE = 127 << 2  # the class of 1; there are four for each power of two
_COARSE_CLASSES = 2 + 64 * 4  # the first one is of 0
_FEW = 16
_UPPER_HALF = 1 if sys.byteorder == "little" else 0


class Spread:
    """Counts numbers, 0 or more.

    Percentiles are those of numpy's default, interpolated between neighbours: the very ones as long
    as there were at most `DISTINCT` different values, then off by `ERROR` at most. There are 128
    classes for each power of two, so that a spread of nanoseconds to minutes takes some thousand
    counters at most. Where a shared allowance is spent, it counts in one class for thirty-two.

    Args:
        values: counted at once.
        allowance: what it may keep; None for all that it needs.
    """

    __slots__ = ("_allowance", "_classes", "_coarse", "_exact", "_taken")

    def __init__(self, values: Iterable[int] = (), *, allowance: Allowance | None = None) -> None:
        self._exact: Counter[int] = Counter()
        self._classes: Counter[int] = Counter()
        self._coarse: array[int] | None = None
        self._allowance = allowance
        self._taken = 0
        self.add(values)

    def add(self, values: Iterable[int]) -> None:
        """Count values."""
        if self._coarse is not None:
            numbers: Counter[int] = Counter()
            _count(numbers, values)
            _count_coarsely(self._coarse, numbers)
            return
        if self._classes:
            _count(self._classes, values)
        else:
            self._exact.update(values)
            if len(self._exact) > DISTINCT:
                self._begin_classes()
        if self._allowance is not None:
            self._account(self._allowance)

    def _account(self, allowance: Allowance) -> None:
        size = len(self._exact) + len(self._classes)
        if size == self._taken:
            return
        allowance.left -= (size - self._taken) * ENTRY_BYTES
        self._taken = size
        if allowance.is_spent and size > _FEW:
            allowance.left += size * ENTRY_BYTES
            self._begin_classes()
            self._coarse = array("I", [0]) * _COARSE_CLASSES
            _count_coarsely(self._coarse, self._classes)
            self._classes = Counter()

    def merge(self, other: "Spread") -> None:
        """Count what another spread has counted."""
        self._exact += other._exact
        self._classes += other._fine_classes()
        if self._classes or len(self._exact) > DISTINCT:
            self._begin_classes()

    def _fine_classes(self) -> "Counter[int]":
        if self._coarse is None:
            return self._classes
        classes: Counter[int] = Counter()
        for index, count in enumerate(self._coarse):
            if count:
                classes[_middle_of_coarse(index)] += count
        return classes

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
        return self._exact.total() + self._fine_classes().total()

    def percentile(self, share: float) -> float:
        """Return what `share` (0 to 1) of the values do not exceed; 0 without any."""
        return self.percentiles([share])[0]

    def percentiles(self, shares: Iterable[float]) -> list[float]:
        """Return several percentiles; see `percentile`."""
        counts = [(float(max(0, value)), count) for value, count in self._exact.items()]
        counts += [(_middle(number), count) for number, count in self._fine_classes().items()]
        counts.sort()
        return [_at(counts, share) for share in shares]


def _count(classes: "Counter[int]", values: Iterable[int]) -> None:
    halves = array("H")
    halves.frombytes(array("f", values).tobytes())
    classes.update(halves[_UPPER_HALF::2])


def _count_coarsely(coarse: "array[int]", numbers: "Counter[int]") -> None:
    for number, count in numbers.items():
        index = (number >> _COARSE_BITS) - _FIRST_COARSE + 1
        coarse[index if 0 < index < _COARSE_CLASSES else 0] += count


@cache
def _middle_of_coarse(index: int) -> int:
    """Return the class that the middle of a coarse one is in."""
    if not index:
        return 0
    coarse = index - 1 + _FIRST_COARSE
    (low,) = struct.unpack(">f", struct.pack(">I", coarse << _COARSE_BITS + 16))
    width = 2.0 ** max(0, (coarse >> 2) - 127 - 2)
    numbers: Counter[int] = Counter()
    _count(numbers, [int(low + (width - 1) / 2)])
    (number,) = numbers
    return number


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
