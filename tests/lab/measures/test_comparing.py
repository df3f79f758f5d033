import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.measures import SURE, Estimate, compare


def estimate(*repeats, low=None, high=None):
    return Estimate(value=sorted(repeats)[len(repeats) // 2], repeats=repeats, low=low, high=high)


def difference(one, other):
    return compare(one, other, apart=5, share=0.1)


STORIES = [
    ("three repeats each on their side", (25, 26, 27), (95, 94, 96), "lower", 0.9),
    ("four are surer", (25, 26, 27, 28), (95, 94, 96, 97), "lower", 1 - 2 / 70),
    ("five are surer still", (25, 26, 27, 28, 29), (95, 94, 96, 97, 98), "lower", 1 - 2 / 252),
    ("two are not sure", (25, 26), (95, 94), "unsure", 1 - 2 / 6),
    ("one each says nothing", (25,), (95,), "unsure", 0),
    ("one repeat that reaches the others", (25, 26, 100), (95, 94, 96), "unsure", 0),
    ("the higher one", (95, 94, 96), (25, 26, 27), "higher", 0.9),
    ("too near each other to matter", (25, 26, 26), (27, 28, 29), "same", 0.75**2),
    ("a tenth does not matter", (1_000, 1_010), (1_050, 1_070), "same", 0.25),
]


@pytest.mark.parametrize(("story", "one", "other", "outcome", "confidence"), STORIES)
def test_repeats_tell_how_sure_a_difference_is(story, one, other, outcome, confidence):
    found = difference(estimate(*one), estimate(*other))
    assert (found.outcome, found.confidence) == (outcome, pytest.approx(confidence)), story


def test_intervals_that_do_not_touch_make_up_for_repeats():
    found = difference(estimate(25, low=24, high=27), estimate(95, low=60))
    assert (found.outcome, found.confidence, found.times) == ("lower", 0.95, 3.8)


def test_intervals_that_touch_do_not():
    assert difference(estimate(25, low=24, high=61), estimate(95, low=60)).outcome == "unsure"


def test_an_interval_without_an_end_says_nothing():
    assert difference(estimate(25, low=24), estimate(95, low=60)).outcome == "unsure"


def test_intervals_close_together_are_the_same():
    found = difference(estimate(25, low=24, high=27), estimate(26, low=25, high=28))
    assert (found.outcome, found.confidence) == ("same", 0.9)


def test_what_is_higher_for_sure_but_hardly_is_not_called_so():
    found = difference(estimate(25.6, 25.5, 25.7), estimate(26.3, 26.2, 46))
    assert found.outcome == "unsure"


def test_nothing_is_infinitely_often_as_high_as_nothing():
    assert difference(estimate(0, 0, 0), estimate(50, 51, 52)).times == math.inf


def test_the_bounds_are_the_repeats_or_of_one_its_interval():
    assert estimate(3, 1, 2, low=0, high=9).bounds == (1, 3)
    assert estimate(3, low=2).bounds == (2, 3)


REPEATS = st.lists(st.floats(0.1, 1e4), min_size=1, max_size=6)


@settings(deadline=None)
@given(REPEATS, REPEATS)
def test_comparing_the_other_way_round_says_the_opposite(one, other):
    here = difference(estimate(*one), estimate(*other))
    there = difference(estimate(*other), estimate(*one))
    opposite = {"lower": "higher", "higher": "lower", "same": "same", "unsure": "unsure"}
    assert there.outcome == opposite[here.outcome]
    assert there.confidence == here.confidence
    assert here.times >= 1


@settings(deadline=None)
@given(REPEATS, REPEATS)
def test_what_is_called_different_does_not_overlap_and_is_sure(one, other):
    found = difference(estimate(*one), estimate(*other))
    if found.outcome in ("lower", "higher"):
        assert found.confidence >= SURE
        assert max(one) < min(other) or max(other) < min(one)
