"""Percentiles by rank, and how far they may be off by chance.

No distribution is assumed anywhere: latencies have tails, and often several humps. The interval is
that of order statistics (David and Nagaraja, Order Statistics, section 7.1), with a correction for
what latencies do under loss: those behind one lost packet are late together, and say no more about
the tail than one of them.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

LEVEL: Final = 0.95
"""How often an interval holds what it is about."""


class Interval(Struct, frozen=True):
    """Between what a figure lies, but for chance.

    Attributes:
        low: it is no less; None where too little was seen to say.
        high: it is no more; None where too little was seen to say.
    """

    low: float | None
    high: float | None


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return what `share` of the values do not exceed: the value of rank ceil(share * count).

    None where no more than one value is expected above it, or fewer: of 99.9 % below 1,000 values.

    Args:
        ordered: ascending.
        share: from 0 to 1, without these.
    """
    if len(ordered) * (1 - share) < 1 - 1e-9:
        return None
    return ordered[_rank(len(ordered), share) - 1]


def _rank(count: int, share: float) -> int:
    return max(1, math.ceil(share * count - 1e-9))


def interval(runs: Sequence[Sequence[float]], share: float) -> Interval:
    """Return between what a percentile of all runs lies, in `LEVEL` of the cases.

    Args:
        runs: the values of each run in the order of time, so that what was late together is seen.
        share: which percentile, from 0 to 1, without these.
    """
    ordered = sorted(value for run in runs for value in run)
    if not ordered:
        return Interval(None, None)
    middle = ordered[_rank(len(ordered), share) - 1]
    independent = max(1, int(len(ordered) / clustering(runs, middle)))
    low, high = _ranks(independent, share)
    scale = len(ordered) / independent
    return Interval(
        None if low < 1 else ordered[max(1, int(low * scale)) - 1],
        None if high > independent else ordered[min(len(ordered), math.ceil(high * scale)) - 1],
    )


def clustering(runs: Iterable[Sequence[float]], threshold: float) -> float:
    """Return how much more the count of values above a threshold varies than by independent chance.

    Values in a row above it are a cluster. The variance of a count of clusters of the sizes s is
    sum(s^2) / sum(s) times that of single ones; for independent values, which make some clusters as
    well, that is (1 + q) / (1 - q) of a share q above. 1 is no more than by chance.
    """
    sizes: list[int] = []
    count = 0
    for run in runs:
        count += len(run)
        above = groupby(run, key=lambda value: value > threshold)
        sizes += [sum(1 for _ in group) for is_above, group in above if is_above]
    exceeding = sum(sizes)
    if not exceeding or exceeding == count:
        return 1.0
    seen = sum(size * size for size in sizes) / exceeding
    share = exceeding / count
    return max(1.0, seen * (1 - share) / (1 + share))


def _ranks(count: int, share: float) -> tuple[int, int]:
    """Return the ranks between whose values the percentile lies; 0 and count + 1 are outside.

    The number of values below the percentile is binomial. What is left out is half of it at each
    side at most.
    """
    outside = (1 - LEVEL) / 2
    sums = 0.0
    low, high = 0, count + 1
    likely = count * share - 10 * math.sqrt(count * share * (1 - share))
    for below in range(max(0, int(likely)), count + 1):  # what is before has a chance of 10^-20
        sums += _binomial(count, below, share)
        if sums <= outside:
            low = below + 1
        if sums >= 1 - outside:
            high = below + 1
            break
    return low, high


def _binomial(count: int, hits: int, share: float) -> float:
    ways = math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)
    return math.exp(ways + hits * math.log(share) + (count - hits) * math.log1p(-share))
