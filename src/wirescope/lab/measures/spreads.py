"""What several runs of a cell say together.

That is the median of each figure, how far it spread, and between what it lies but for chance. Every
run counts, an outlier as well; nothing is left out for being unlikely.
"""

from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct

from wirescope.lab.cells import Sample
from wirescope.lab.measures.figures import Figures, goodputs_bps, latencies_ms
from wirescope.lab.measures.percentiles import Interval, interval


class Spread(Struct, frozen=True, kw_only=True):
    """A figure over the repeats of a cell.

    Attributes:
        median: of the repeats.
        low: the lowest.
        high: the highest.
        count: how many repeats have the figure.
    """

    median: float
    low: float
    high: float
    count: int

    @property
    def width(self) -> float:
        """How far the repeats lie apart, as a share of the median; 0 where that is 0."""
        return (self.high - self.low) / abs(self.median) if self.median else 0.0


def spread(values: Iterable[float | None]) -> Spread | None:
    """Return the spread of a figure; None where no repeat has it."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(median=median(known), low=min(known), high=max(known), count=len(known))


def intervals(runs: Sequence[Sequence[Sample]], *, least_s: float = 0) -> dict[str, Interval]:
    """Return between what the figures that verdicts are drawn from lie, of all runs together.

    The goodput's is that of the median of the parts of a run, as if they were runs.

    Args:
        runs: the samples of each repeat, without the warm-up.
        least_s: seconds that the goodput of each counts over at least.
    """
    latencies = [
        latencies_ms(sorted(run, key=lambda each: (each.side, each.sent_ns))) for run in runs
    ]
    return {
        "p50_ms": interval(latencies, 0.5),
        "p95_ms": interval(latencies, 0.95),
        "p99_ms": interval(latencies, 0.99),
        "goodput_bps": interval([goodputs_bps(run, least_s=least_s) for run in runs], 0.5),
    }


def spreads(repeats: Sequence[Figures]) -> dict[str, Spread]:
    """Return the spread of each figure that any repeat has, by its name."""
    found = {
        name: spread(getattr(each, name) for each in repeats) for name in Figures.__struct_fields__
    }
    return {name: each for name, each in found.items() if each is not None}
