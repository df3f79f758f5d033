"""Axes: where on them a value is, and which values they name.

Latencies are on logarithmic axes, as the tail is often a hundred times the median. The quantiles
are on one of what is left above them, so that as much room is between 90 % and 99 % as between 99 %
and 99.9 %. Not here: how an axis is drawn (`drawing`).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

_LEAST_RATIO = 2.0
_MARGIN = 0.04  # of an axis, on each side of what it shows
_FEWEST_TICKS, _MOST_TICKS = 4, 8
# From coarse to fine; the first that gives ticks enough is taken.
_MANTISSAS: Final[tuple[tuple[float, ...], ...]] = (
    (1,),
    (1, 3),
    (1, 2, 5),
    (1, 1.5, 2, 3, 5, 7),
    (1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9),
)
_TAILS: Final = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)


class Scale(NamedTuple):
    """An axis.

    Attributes:
        low: the value at its start.
        high: the value at its end.
        start: of the axis, in the picture's units.
        end: of the axis.
        ticks: the values that it names, ascending.
        is_log: whether it is logarithmic; then low is above 0.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def at(self, value: float) -> float:
        """Return where a value is; what is beyond an end is at that end."""
        within = min(max(value, self.low), self.high)
        if self.is_log:
            share = math.log(within / self.low) / math.log(self.high / self.low)
        else:
            share = (within - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def log_scale(values: Iterable[float], start: float, end: float) -> Scale:
    """Make a logarithmic axis that shows some values; what is not above 0 is at its low end.

    Where there are none it is from 1 to 10, and where they are all alike they are in its middle.
    """
    shown = [value for value in values if value > 0 and math.isfinite(value)]
    low, high = _bounds(shown) if shown else (1.0, 10.0)
    return Scale(low, high, start, end, log_ticks(low, high), is_log=True)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = (high / low) ** _MARGIN
    low, high = low / margin, high * margin
    if high / low < _LEAST_RATIO:
        widened = math.sqrt(_LEAST_RATIO * low / high)
        low, high = low / widened, high * widened
    return low, high


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return round values between two bounds, ascending, four to eight of them if that can be.

    >>> log_ticks(20, 13_000)
    (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
    >>> log_ticks(22, 180)
    (30.0, 50.0, 70.0, 100.0, 150.0)
    """
    found: tuple[float, ...] = ()
    for mantissas in _MANTISSAS:
        finer = tuple(_round_values(mantissas, low, high))
        if len(finer) > _MOST_TICKS and found:
            break
        found = finer
        if len(found) >= _FEWEST_TICKS:
            break
    return found


def _round_values(mantissas: Iterable[float], low: float, high: float) -> Iterable[float]:
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    for decade in decades:
        for mantissa in mantissas:
            value = float(f"{mantissa}e{decade}")
            if low <= value <= high:
                yield value


def linear_scale(low: float, high: float, start: float, end: float) -> Scale:
    """Make an axis from one value to a higher one, with round values between them."""
    if high <= low:
        high = low + 1
    step = _round_step((high - low) / 4)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    ticks = tuple(float(f"{number * step:.6g}") for number in range(first, last + 1))
    return Scale(low, high, start, end, ticks)


def _round_step(least: float) -> float:
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * each for each in (1, 2, 5, 10) if size * each >= least * (1 - 1e-9))


def tail_scale(most: float, start: float, end: float) -> Scale:
    """Make an axis of quantiles; its values are those of `tail`.

    Args:
        most: the highest share that it shows, below 1.
        start: of the axis.
        end: of the axis.
    """
    high = tail(max(most, 0.9))
    return Scale(0, high, start, end, tuple(tail(each) for each in _TAILS if tail(each) <= high))


def tail(share: float) -> float:
    """Return how far out in the tail a quantile is: 0 for the least, 1 for 90 %, 2 for 99 %."""
    return round(-math.log10(1 - share), 9)


def share_in_words(far: float) -> str:
    """Name the quantile that is so far out in the tail, in percent.

    >>> share_in_words(tail(0.999)), share_in_words(0)
    ('99.9', '0')
    """
    return f"{100 * (1 - 10**-far):.4g}"
