"""How a cost grows with a number: a line through what was measured, and what it foretells.

The line is fitted to the smaller numbers and says what the next one takes, which is then held
against what was measured there. Not here: what is measured, and what ends a sweep.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from msgspec import Struct

from wirescope.errors import LabError

LEAST_POINTS = 2
"""Through fewer there is no line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A cost that grows with a number: `base + slope * number`."""

    base: float
    slope: float

    def at(self, number: float) -> float:
        """Say what it is for a number."""
        return self.base + self.slope * number

    def number_at(self, cost: float) -> float | None:
        """Say for which number it is a cost; None where it does not grow so far."""
        if self.slope <= 0 or cost < self.base:
            return None
        return (cost - self.base) / self.slope


def fit(points: Iterable[tuple[float, float]]) -> Line:
    """Fit a line by the median of the slopes of all pairs (Sen 1968, JASA 63, page 1379).

    A few costs that something else on the machine has raised, or that it has spared, move neither
    the slope nor the base, which is the median of what the slope leaves.

    Raises:
        LabError: there are not two different numbers, or a cost is not above 0.
    """
    known = list(points)
    slopes = [
        (cost - before) / (number - smaller)
        for (smaller, before), (number, cost) in combinations(known, 2)
        if number != smaller
    ]
    if not slopes or any(cost <= 0 for _, cost in known):
        raise LabError("No model can be fitted to the costs that were measured.")
    slope = median(slopes)
    return Line(median(cost - slope * number for number, cost in known), slope)


class Forecast(Struct, frozen=True, kw_only=True):
    """What a line foretold, and what was measured then.

    Attributes:
        number: for which.
        foretold: by the line through all smaller numbers.
        measured: the cost.
    """

    number: float
    foretold: float
    measured: float

    @property
    def error(self) -> float:
        """How far off the foretold is, as a share of what was measured; above 0 it is too much."""
        return self.foretold / self.measured - 1


def forecasts(points: Sequence[tuple[float, float]]) -> list[Forecast]:
    """Say of each number but the first two what the line through those before it foretold.

    Args:
        points: numbers, ascending, and their costs.

    Raises:
        LabError: a number is there twice at the beginning, or a cost is not above 0.
    """
    return [
        Forecast(number=number, foretold=fit(points[:before]).at(number), measured=measured)
        for before, (number, measured) in enumerate(points)
        if before >= LEAST_POINTS
    ]
