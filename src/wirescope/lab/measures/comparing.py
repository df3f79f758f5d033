"""Whether one cell's figure is below another's, by how much, and how sure that is.

Two things have to speak for a difference: no repeat of the one reaches any of the other, and chance
is an unlikely reason. How unlikely is told by the repeats (of all ways to put six values in a row,
one in ten has three of one kind first or last) and by the intervals (two that hold in 95 % of the
cases and do not touch). No more is assumed: neither a distribution nor equal variances.
"""

import math
from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

SURE: Final = 0.9
"""From which confidence on a difference is one: three repeats each, all on their side."""

_BOTH_HOLD = 0.9  # two intervals of 95 %, at worst
_APART = 0.95  # each may be wrong on one side only, by 2.5 %

Outcome = Literal["lower", "higher", "same", "unsure"]


class Estimate(Struct, frozen=True, kw_only=True):
    """A figure of a cell and how sure it is.

    Attributes:
        value: the median of the repeats.
        repeats: the figure of each.
        low: it is no less, in 95 % of the cases; None where too little was seen to say.
        high: it is no more, likewise.
    """

    value: float
    repeats: tuple[float, ...]
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The repeats' lowest and highest, or where one was made the interval as far as known."""
        if len(self.repeats) > 1:
            return min(self.repeats), max(self.repeats)
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return low, high


class Difference(Struct, frozen=True, kw_only=True):
    """How a figure compares with another.

    Attributes:
        outcome: of the first one: `lower`, `higher`, `same` (not far enough apart to matter), or
            `unsure`.
        confidence: how sure that is, from 0 to 1; of `unsure` how sure the order of the two is.
        times: how many times as high the higher one is; infinite above 0.
    """

    outcome: Outcome
    confidence: float
    times: float


def compare(one: Estimate, other: Estimate, *, apart: float, share: float) -> Difference:
    """Compare two figures.

    Args:
        one: of the one cell.
        other: of the other.
        apart: a difference up to this does not matter.
        share: nor does one up to this share of the lower one.
    """
    lower, higher = sorted((one, other), key=lambda each: each.value)
    times = higher.value / lower.value if lower.value > 0 else math.inf
    matters = max(apart, share * lower.value)
    same = _sameness(lower, higher, matters)
    if same is not None:
        return Difference(outcome="same", confidence=same, times=times)
    confidence = _separation(lower, higher)
    if confidence < SURE or higher.value - lower.value <= matters:  # more, but perhaps not enough
        return Difference(outcome="unsure", confidence=confidence, times=times)
    outcome: Outcome = "lower" if lower is one else "higher"
    return Difference(outcome=outcome, confidence=confidence, times=times)


def _sameness(lower: Estimate, higher: Estimate, matters: float) -> float | None:
    """Return how sure it is that the two are no further apart than matters; None if they may be."""
    lows, highs = (lower.low, higher.low), (lower.high, higher.high)
    known = [*_given(lows), *_given(highs), lower.value, higher.value]
    if len(known) == len(lows) + len(highs) + 2 and max(known) - min(known) <= matters:
        return _BOTH_HOLD
    values = lower.repeats + higher.repeats
    fewest = min(len(lower.repeats), len(higher.repeats))
    if fewest > 1 and max(values) - min(values) <= matters:
        return float((1 - 2.0 ** (1 - fewest)) ** 2)  # a median lies within its repeats that often
    return None


def _given(bounds: Iterable[float | None]) -> list[float]:
    return [each for each in bounds if each is not None]


def _separation(lower: Estimate, higher: Estimate) -> float:
    """Return how sure it is that the lower one is the lower one; 0 where their repeats overlap."""
    if max(lower.repeats) >= min(higher.repeats):
        return 0.0
    count = len(lower.repeats) + len(higher.repeats)
    # Either order of the two would have been told, so both count as chance.
    by_rank = 1 - 2 / math.comb(count, len(lower.repeats))
    known = lower.high is not None and higher.low is not None
    by_interval = _APART if known and (lower.high or 0) < (higher.low or 0) else 0.0
    return max(by_rank, by_interval)
