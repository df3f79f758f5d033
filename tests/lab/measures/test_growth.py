"""The model of how a cost grows, and what it foretells."""

import pytest

from wirescope.lab.measures import fit, forecasts
from wirescope.lab.measures.growth import Line


def test_one_cost_that_is_far_off_moves_the_model_little() -> None:
    points = [(n, 40.0 + 10 * n) for n in (4, 8, 16, 32, 64)]
    line = fit([(2, 5), *points])
    assert line.at(128) == pytest.approx(1320, rel=0.02)


def test_each_size_is_held_against_what_the_smaller_ones_foretold() -> None:
    found = forecasts([(2, 60), (4, 80), (8, 120), (16, 400)])
    assert [each.number for each in found] == [8, 16]
    assert [each.foretold for each in found] == pytest.approx([120, 200])
    assert [each.error for each in found] == pytest.approx([0, -0.5])


def test_of_two_sizes_nothing_is_foretold() -> None:
    assert forecasts([(2, 60), (4, 80)]) == []


def test_a_line_says_where_it_reaches_a_cost() -> None:
    assert Line(40, 10).number_at(1_040) == pytest.approx(100)
    assert Line(40, 0).number_at(1_040) is None
    assert Line(40, 10).number_at(30) is None
