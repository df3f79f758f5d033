import math

import pytest

from wirescope.lab.report.drawing import spread_out
from wirescope.lab.report.scales import (
    linear_scale,
    log_scale,
    log_ticks,
    share_in_words,
    tail,
    tail_scale,
)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([25.0], id="one value"),
        pytest.param([25.0, 25.0, 25.0], id="all alike"),
        pytest.param([24.9, 25.1], id="nearly alike"),
        pytest.param([22.0, 180.0], id="within a decade"),
        pytest.param([20.0, 13_000.0], id="several decades"),
        pytest.param([0.04, 0.3], id="below a millisecond"),
        pytest.param([1e-6, 1e9], id="very far apart"),
    ],
)
def test_a_logarithmic_axis_shows_all_values_between_round_ones(values):
    scale = log_scale(values, 0, 200)
    assert scale.low < min(values) <= max(values) < scale.high
    assert all(0 < scale.at(value) < 200 for value in values)
    assert 3 <= len(scale.ticks) <= 16
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)
    assert all(len(f"{tick:.3g}") <= 7 for tick in scale.ticks)


def test_what_is_all_alike_is_in_the_middle():
    assert log_scale([25.0, 25.0], 0, 200).at(25.0) == pytest.approx(100)


@pytest.mark.parametrize("values", [[], [0.0], [math.nan], [math.inf]])
def test_without_values_there_is_an_axis_all_the_same(values):
    scale = log_scale(values, 0, 200)
    assert (scale.low, scale.high) == (1, 10)
    assert scale.ticks


def test_what_is_not_above_0_is_at_the_low_end():
    scale = log_scale([0.0, 10.0, 100.0], 0, 200)
    assert scale.at(0.0) == 0
    assert scale.at(10.0) > 0


def test_an_axis_may_go_upwards():
    scale = log_scale([10.0, 1_000.0], 200, 0)
    assert scale.at(10.0) > scale.at(100.0) > scale.at(1_000.0)


@pytest.mark.parametrize(("low", "high"), [(19, 38), (70, 140), (95, 190), (1, 2), (0.9, 1.9)])
def test_a_narrow_axis_has_ticks_as_well(low, high):
    assert len(log_ticks(low, high)) >= 3


def test_the_tail_has_as_much_room_for_each_nine():
    scale = tail_scale(0.999, 0, 300)
    assert [share_in_words(tick) for tick in scale.ticks] == ["0", "50", "90", "99", "99.9"]
    assert [scale.at(tail(each)) for each in (0.9, 0.99, 0.999)] == pytest.approx([100, 200, 300])


def test_the_tail_ends_where_the_messages_do():
    assert share_in_words(tail_scale(0.9, 0, 300).ticks[-1]) == "90"
    assert share_in_words(tail_scale(0.5, 0, 300).ticks[-1]) == "90"


def test_an_axis_of_seconds_has_round_ones():
    assert linear_scale(0, 60, 0, 100).ticks == (0, 20, 40, 60)
    assert linear_scale(0, 0.5, 0, 100).ticks == (0, 0.2, 0.4)
    assert linear_scale(0, 0, 0, 100).ticks[0] == 0


def test_labels_keep_apart_in_their_order_and_near_their_lines():
    placed = spread_out([100, 101, 102, 20], 14, 0, 200)
    assert placed == [87, 101, 115, 20]


def test_labels_stay_inside_as_long_as_there_is_room():
    assert spread_out([0, 0, 0], 14, 0, 200) == [0, 14, 28]
    assert spread_out([200, 200], 14, 0, 200) == [186, 200]
    assert spread_out([], 14, 0, 200) == []
