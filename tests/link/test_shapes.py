"""Jitter has the deviation that it was told, whatever its shape, and stays within its reach."""

from itertools import pairwise
from random import Random
from statistics import fmean, pstdev

import pytest

from wirescope.link import Jitter
from wirescope.link.chance import Wander
from wirescope.link.shapes import drawer, reach

SHAPES = ["normal", "pareto", "uniform"]
MS = 1_000_000


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_has_the_mean_0_and_the_deviation_1(shape):
    draw = drawer(shape, Random(5))
    drawn = [draw() for _ in range(40_000)]
    assert fmean(drawn) == pytest.approx(0, abs=0.02)
    assert pstdev(drawn) == pytest.approx(1, abs=0.03)
    least, most = reach(shape, keeps_order=False)
    assert least <= min(drawn) < least + 0.1
    assert most / 2 < max(drawn) <= most


@pytest.mark.parametrize("shape", SHAPES)
def test_a_delay_that_wanders_has_its_deviation_and_never_falls_faster_than_time(shape):
    jitter = Jitter(ms=3, shape=shape)
    wander = Wander(jitter, Random(5))
    step_ns = 2 * MS
    times = range(0, 40_000 * step_ns, step_ns)
    added = [wander.at(at_ns) for at_ns in times]
    assert fmean(added) / MS == pytest.approx(0, abs=0.2)
    assert pstdev(added) / MS == pytest.approx(3, rel=0.1)
    assert all(later - earlier >= -step_ns - 2 for earlier, later in pairwise(added))
    assert min(added) >= -jitter.below_ms * MS - 1


def test_a_delay_wanders_on_after_a_pause():
    wander = Wander(Jitter(ms=3), Random(5))
    assert wander.at(0) != wander.at(10**15)
