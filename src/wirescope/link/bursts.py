"""How long bursts of losses are: what a model says, what was seen, and whether that agrees.

A burst is a run of lost packets between two that arrived. The agreement is a chi-square test
(Pearson 1900); its distribution is worked out here, since nothing else needs more of statistics.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import exp, lgamma, log

from msgspec import Struct

from wirescope.link.settings import GilbertElliott, RandomLoss

LEAST_EXPECTED = 5.0
"""How many bursts a class is expected to have at least; longer ones are put together."""

_MOST_CLASSES = 1000


class Agreement(Struct, frozen=True, kw_only=True):
    """How well lengths agree with a model.

    Attributes:
        bursts: how many there were.
        classes: how many lengths were told apart.
        statistic: chi-square.
        p_value: the probability of a statistic that large where the model holds.
    """

    bursts: int
    classes: int
    statistic: float
    p_value: float


def burst_lengths(is_lost: Sequence[bool | None]) -> Counter[int]:
    """Count the bursts of each length, in the order of sending.

    Args:
        is_lost: of each packet whether it is lost; None for one that says nothing, as it met an
            outage. A burst that such packets or an end of the sequence cut is left out.
    """
    runs = [(value, sum(1 for _ in run)) for value, run in groupby(is_lost)]
    return Counter(
        length
        for (before, _), (value, length), (after, _) in zip(runs, runs[1:], runs[2:], strict=False)
        if value is True and before is False and after is False
    )


def expected_shares(loss: RandomLoss | GilbertElliott) -> Iterator[float]:
    """Give the share of bursts that are one packet long, then two, and so on for ever."""
    if isinstance(loss, RandomLoss):
        loss = GilbertElliott(enter=1, leave=1, loss_good=loss.share, loss_bad=loss.share)
    good, bad = _first_lost(loss)
    left = good + bad
    while True:
        # states of those bursts that were not over, then of the next packet in each, if it is lost
        good, bad = (
            (good * (1 - loss.enter) + bad * loss.leave) * loss.loss_good,
            (good * loss.enter + bad * (1 - loss.leave)) * loss.loss_bad,
        )
        yield left - good - bad
        left = good + bad


def _first_lost(loss: GilbertElliott) -> tuple[float, float]:
    """Give how often a burst's first packet finds the good state, and how often the bad one."""
    good = (1 - loss.bad_share) * (1 - loss.loss_good)
    bad = loss.bad_share * (1 - loss.loss_bad)
    first_good = (good * (1 - loss.enter) + bad * loss.leave) * loss.loss_good
    first_bad = (good * loss.enter + bad * (1 - loss.leave)) * loss.loss_bad
    total = first_good + first_bad
    return (first_good / total, first_bad / total) if total else (0.0, 0.0)


def agreement(seen: Counter[int], loss: RandomLoss | GilbertElliott) -> Agreement | None:
    """Compare lengths that were seen with those of a model.

    Returns:
        None where there are too few bursts to tell two lengths apart.
    """
    bursts = seen.total()
    classes: list[tuple[float, int]] = []  # expected, seen
    left, left_seen = 1.0, bursts
    for length, share in enumerate(expected_shares(loss), start=1):
        rest = left - share
        if min(rest, share) * bursts < LEAST_EXPECTED or len(classes) == _MOST_CLASSES:
            break
        classes.append((share * bursts, seen[length]))
        left, left_seen = rest, left_seen - seen[length]
    if not classes:
        return None
    classes.append((left * bursts, left_seen))
    statistic = sum((had - wanted) ** 2 / wanted for wanted, had in classes)
    return Agreement(
        bursts=bursts,
        classes=len(classes),
        statistic=statistic,
        p_value=chi_square_above(statistic, len(classes) - 1),
    )


def chi_square_above(statistic: float, freedom: int) -> float:
    """Give the probability that a chi-square variable is above a value.

    >>> round(chi_square_above(3.841, 1), 3), round(chi_square_above(18.307, 10), 3)
    (0.05, 0.05)
    """
    if statistic <= 0:
        return 1.0
    a, x = freedom / 2, statistic / 2
    scale = exp(a * log(x) - x - lgamma(a))
    if x < a + 1:  # the lower incomplete gamma function as a series
        term = total = 1 / a
        for n in range(1, 10_000):
            term *= x / (a + n)
            total += term
            if term < total * 1e-15:
                break
        return max(0.0, 1 - scale * total)
    # the upper one as a continued fraction, by Lentz's method
    b = x + 1 - a
    c, d = 1e300, 1 / b
    fraction = d
    for n in range(1, 10_000):
        b += 2
        d = 1 / (b - n * (n - a) * d)
        c = b - n * (n - a) / c
        fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return min(1.0, scale * fraction)
