"""The model of what the n-th participant costs, and how far runs lie apart."""

import pytest

from wirescope.errors import LabError
from wirescope.lab.checks.fan_out import Cost
from wirescope.lab.checks.scalability import mesh_words, server_words, spread
from wirescope.lab.measures import fit


def costs(size: int, *each_us: float) -> list[Cost]:
    return [Cost(size, us, 2 * us, size - 1, size + 1) for us in each_us]


def test_a_line_is_found_again() -> None:
    line = fit((n, 40 + 10 * n) for n in (2, 4, 8, 16))
    assert line.base == pytest.approx(40)
    assert line.slope == pytest.approx(10)
    assert line.at(32) == pytest.approx(360)


def test_small_costs_count_as_much_as_large_ones() -> None:
    line = fit([(1, 10), (2, 20), (100, 1_100)])
    assert line.at(1) == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("points", [[], [(2, 5)], [(2, 5), (2, 6)], [(2, 5), (4, 0)]])
def test_what_makes_no_line_is_said_to(points: list[tuple[float, float]]) -> None:
    with pytest.raises(LabError, match="No model"):
        fit(points)


def test_a_spread_is_half_of_the_middle_half() -> None:
    assert spread(costs(2, 80, 90, 100, 110, 120)) == pytest.approx(0.1)
    assert spread(costs(2, 100, 100) + costs(4, 80, 90, 100, 110, 120)) == pytest.approx(0.05)


def test_a_prediction_stands_beside_what_was_measured() -> None:
    measured = [each for n in (2, 4, 8, 16) for each in costs(n, *2 * (40 + 10 * n,))]
    words = server_words(measured + costs(32, 400, 400))
    assert "40 + 10 n µs a message (60, 80, 120, 200 µs for n = 2, 4, 8, 16; ±0%)" in words
    assert "For 32 it foretells 360 µs, measured 400 (-10%)" in words
    assert "31 copies up, 33 connections; all together 160 µs for n = 4" in words


def test_a_mesh_pays_for_each_copy() -> None:
    words = mesh_words(costs(2, 150, 150) + costs(3, 250, 250) + costs(4, 350, 350))
    assert "150, 250, 350 µs a message for n = 2, 3, 4" in words
    assert "50 + 100 (n-1) µs" in words
    assert "for n = 4: 3 copies up, 5 connections." in words


def test_one_copy_is_not_told_as_several() -> None:
    measured = [Cost(n, 40 + 10 * n, 1, 1, 32) for n in (2, 2, 4, 4, 8, 8, 16, 16, 32, 32)]
    assert ", 1 copy up, 32 connections;" in server_words(measured)
