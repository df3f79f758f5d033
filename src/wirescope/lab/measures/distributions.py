"""How the latencies of a cell are distributed, and how they went in the course of its runs.

It is what plots are drawn from, so that nobody needs the samples for that: some quantiles, closer
together the further out in the tail they are, and the runs in steps of equal length. Its size does
not grow with the runs. Not here: the figures that verdicts are drawn from (`figures`, `spreads`).
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from msgspec import Struct

from wirescope.lab.cells import Sample
from wirescope.lab.measures.figures import latencies_ms
from wirescope.lab.measures.percentiles import percentile

SHARES: Final = (
    *(0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85),
    *(0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.985),
    *(0.99, 0.9925, 0.995, 0.996, 0.997, 0.998, 0.9985),
    *(0.999, 0.9995, 0.9999),
)
"""Of the messages that came, which quantiles are given; those of the figures are among them."""

MOST_STEPS: Final = 60
"""Into so many steps a run is cut at most."""

_LENGTHS_S = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800)
_SECOND = 1_000_000_000


class Quantile(Struct, frozen=True, array_like=True):
    """A quantile of the latencies; in JSON an array of these.

    Attributes:
        share: of the messages that came, which took no longer.
        ms: the median of the repeats.
        low_ms: the lowest of them.
        high_ms: the highest of them.
    """

    share: float
    ms: float
    low_ms: float
    high_ms: float


class Step(Struct, frozen=True, array_like=True):
    """What was sent in a part of the runs, of all repeats together; in JSON an array of these.

    Attributes:
        sent: messages.
        received: messages of these that came, whenever that was.
        p50_ms: the median of their latencies; None where none came.
        max_ms: the longest.
    """

    sent: int
    received: int
    p50_ms: float | None
    max_ms: float | None


class Distribution(Struct, frozen=True, kw_only=True):
    """The latencies of a cell, one-way, of the messages that came.

    Attributes:
        quantiles: those of `SHARES` that there were messages enough for, ascending.
        step_s: how long a step is, in seconds.
        steps: one after the other, from the first message of each repeat.
    """

    quantiles: tuple[Quantile, ...]
    step_s: float
    steps: tuple[Step, ...]


def distribution(runs: Sequence[Sequence[Sample]]) -> Distribution:
    """Return the distribution of the latencies of several runs of a cell.

    Args:
        runs: the samples of each repeat that counts, without the warm-up.
    """
    step_s = _step_s(runs)
    return Distribution(
        quantiles=tuple(_quantiles([sorted(latencies_ms(run)) for run in runs])),
        step_s=step_s,
        steps=tuple(map(_step, _cut(runs, step_s))),
    )


def _quantiles(runs: Sequence[Sequence[float]]) -> Iterator[Quantile]:
    for share in SHARES:
        found = [percentile(ordered, share) for ordered in runs]
        known = [value for value in found if value is not None]
        if known:
            yield Quantile(share, median(known), min(known), max(known))


def _step_s(runs: Iterable[Sequence[Sample]]) -> float:
    """Choose the shortest steps of which there are not too many."""
    times = [[each.sent_ns for each in run] for run in runs if run]
    longest_s = max((max(each) - min(each) for each in times), default=0) / _SECOND
    fitting = (each for each in _LENGTHS_S if longest_s < each * MOST_STEPS)
    return next(fitting, longest_s / (MOST_STEPS - 1))


def _cut(runs: Iterable[Sequence[Sample]], step_s: float) -> list[list[Sample]]:
    """Return the messages of all runs by the step in which they were sent."""
    steps: list[list[Sample]] = []
    for run in runs:
        start_ns = min((each.sent_ns for each in run), default=0)
        for each in run:
            index = int((each.sent_ns - start_ns) / (step_s * _SECOND))
            while index >= len(steps):
                steps.append([])
            steps[index].append(each)
    return steps


def _step(samples: Sequence[Sample]) -> Step:
    came = latencies_ms(samples)
    return Step(
        sent=len(samples),
        received=len(came),
        p50_ms=median(came) if came else None,
        max_ms=max(came, default=None),
    )
