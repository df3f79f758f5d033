import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.measures import LEVEL, Interval, clustering, interval, percentile

VALUES = st.floats(0, 1e6)

RANKS = [
    ([1, 2], 0.5, 1),
    ([1, 2, 3], 0.5, 2),
    (range(1, 21), 0.95, 19),
    (range(1, 101), 0.99, 99),
    (range(1, 1_001), 0.999, 999),
    (range(1, 1_002), 0.999, 1_000),
    ([1], 0.5, None),
    (range(19), 0.95, None),
    (range(99), 0.99, None),
    (range(999), 0.999, None),
    ([], 0.5, None),
]


@pytest.mark.parametrize(("values", "share", "expected"), RANKS)
def test_a_percentile_is_a_value_by_its_rank_where_there_are_enough(values, share, expected):
    assert percentile(list(values), share) == expected


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(VALUES, min_size=2), st.sampled_from([0.1, 0.5, 0.9]))
def test_no_more_than_the_share_is_below_and_at_least_the_share_up_to_it(values, share):
    found = percentile(sorted(values), share)
    if found is None:
        return
    assert sum(value < found for value in values) < share * len(values) + 1e-9
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_the_interval_of_independent_values_is_that_of_order_statistics():
    # The tables say 40 and 61 for a median of 100 at 95 %.
    values = random.Random(1).sample(range(1, 101), 100)
    assert interval([values], 0.5) == Interval(40, 61)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.lists(VALUES, max_size=60), max_size=4), st.sampled_from([0.5, 0.95, 0.99]))
def test_an_interval_has_values_that_were_seen_around_the_percentile(runs, share):
    found = interval(runs, share)
    ordered = sorted(value for run in runs for value in run)
    if not ordered:
        assert found == Interval(None, None)
        return
    middle = ordered[max(1, math.ceil(share * len(ordered) - 1e-9)) - 1]
    assert found.low is None or (found.low in ordered and found.low <= middle)
    assert found.high is None or (found.high in ordered and found.high >= middle)


def test_few_values_have_no_upper_end_for_the_tail():
    values = [float(value) for value in range(300)]
    random.Random(1).shuffle(values)
    assert interval([values], 0.99).high is None
    assert interval([values], 0.95).high is not None


def test_values_above_in_no_order_are_not_clustered():
    generator = random.Random(2)
    values = [generator.random() for _ in range(20_000)]
    assert clustering([values], 0.5) == pytest.approx(1, abs=0.05)
    assert clustering([values], 0.99) == pytest.approx(1, abs=0.1)


def test_values_that_are_above_together_vary_as_much_as_their_number_says():
    run = ([0.0] * 95 + [1.0] * 5) * 20
    assert clustering([run], 0.5) == pytest.approx(5 * 0.95 / 1.05)


def test_clusters_do_not_reach_from_one_run_into_the_next():
    assert clustering([[0, 0, 0, 0, 0, 1]] * 2, 0.5) == 1


def test_none_or_all_above_is_no_clustering():
    assert clustering([[1, 2, 3]], 5) == 1
    assert clustering([[1, 2, 3]], 0) == 1
    assert clustering([], 0) == 1


def covered(make, share, truth, *, tries=300):
    hits = 0
    for seed in range(tries):
        found = interval([make(random.Random(seed))], share)
        above = found.low is None or found.low <= truth
        hits += above and (found.high is None or found.high >= truth)
    return hits / tries


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_the_interval_holds_the_truth_as_often_as_it_says_of_independent_values(share):
    def make(chance):
        return [chance.expovariate(1) for _ in range(600)]

    assert covered(make, share, -math.log(1 - share)) >= LEVEL - 0.03


@pytest.mark.slow
def test_the_interval_holds_the_truth_when_messages_are_late_together():
    """One message in a hundred is lost, and six wait behind it, each less than the one before."""

    def make(chance):
        values, late = [], 0.0
        for _ in range(3_000):
            late = 120.0 if chance.random() < 0.01 else max(0.0, late - 20)
            values.append(25 + late + chance.random())
        return values

    long_run = sorted(value for seed in range(100) for value in make(random.Random(10_000 + seed)))
    truth = percentile(long_run, 0.95)
    assert covered(make, 0.95, truth) >= LEVEL - 0.03
