"""What jitter is drawn from: three shapes, each with the mean 0 and the standard deviation 1.

All of them are cut, so that a delay is never negative and never endless: the normal distribution at
three deviations, Pareto's (exponent 3, as in Linux's netem) at ten times its least.
"""

from collections.abc import Callable
from math import erf, exp, pi, sqrt
from math import pow as power
from random import Random
from typing import Literal, TypeAlias

Shape: TypeAlias = Literal["uniform", "normal", "pareto"]

_ROOT_3 = sqrt(3)

_CUT = 3.0
# variance of a standard normal distribution within ±c: 1 - 2 c phi(c) / (2 Phi(c) - 1)
_NORMAL_DEVIATION = sqrt(1 - 2 * _CUT * exp(-(_CUT**2) / 2) / sqrt(2 * pi) / erf(_CUT / sqrt(2)))

_EXPONENT, _MOST = 3.0, 10.0
_WITHIN: float = 1 - _MOST**-_EXPONENT
_PARETO_MEAN: float = _EXPONENT / (_EXPONENT - 1) * (1 - _MOST ** (1 - _EXPONENT)) / _WITHIN
_PARETO_SQUARE: float = _EXPONENT / (_EXPONENT - 2) * (1 - _MOST ** (2 - _EXPONENT)) / _WITHIN
_PARETO_DEVIATION = sqrt(_PARETO_SQUARE - _PARETO_MEAN**2)

_REACH: dict[Shape, tuple[float, float]] = {
    "uniform": (-_ROOT_3, _ROOT_3),
    "normal": (-_CUT / _NORMAL_DEVIATION, _CUT / _NORMAL_DEVIATION),
    "pareto": (
        (1 - _PARETO_MEAN) / _PARETO_DEVIATION,
        (_MOST - _PARETO_MEAN) / _PARETO_DEVIATION,
    ),
}

SPREAD = sqrt(1.5)
"""What draws are spread by where values between them are wanted: a point anywhere on the straight
line between two draws has two thirds of their variance."""


def reach(shape: Shape, *, keeps_order: bool) -> tuple[float, float]:
    """Give the least and the most that comes of a shape, in standard deviations."""
    least, most = _REACH[shape]
    return (least * SPREAD, most * SPREAD) if keeps_order else (least, most)


def drawer(shape: Shape, chance: Random) -> Callable[[], float]:
    """Give what draws from a shape."""

    def uniform() -> float:
        return chance.uniform(-_ROOT_3, _ROOT_3)

    def normal() -> float:
        while abs(drawn := chance.normalvariate(0, 1)) > _CUT:
            pass
        return drawn / _NORMAL_DEVIATION

    def pareto() -> float:
        drawn = power(1 - chance.random() * _WITHIN, -1 / _EXPONENT)
        return (drawn - _PARETO_MEAN) / _PARETO_DEVIATION

    draws: dict[Shape, Callable[[], float]] = {
        "uniform": uniform,
        "normal": normal,
        "pareto": pareto,
    }
    return draws[shape]
