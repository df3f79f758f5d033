import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.analysis.allowance import ENTRY_BYTES, Allowance
from wirescope.analysis.metrics.spread import COARSE_ERROR, DISTINCT, ERROR, Spread

SHARES = [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1]
VALUES = st.integers(0, 10**14) | st.integers(0, 2000)


def close_to_numpy(spread, values, *, error):
    expected = np.percentile(np.array(values, dtype=float), [100 * share for share in SHARES])
    for found, exact in zip(spread.percentiles(SHARES), expected, strict=True):
        assert found == pytest.approx(exact, rel=error + 1e-9, abs=1e-6)


@settings(deadline=None)  # numpy takes its time when it is first used
@given(st.lists(VALUES, min_size=1, max_size=100))
def test_few_values_have_the_percentiles_of_numpy(values):
    spread = Spread(values)
    assert spread.count == len(values)
    close_to_numpy(spread, values, error=0)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.lists(VALUES, min_size=1, max_size=300), st.integers(1, 50))
def test_many_values_have_them_within_the_stated_error(few, step):
    values = [*few, *range(0, (DISTINCT + 10) * step, step)]
    spread = Spread()
    for start in range(0, len(values), 100):
        spread.add(values[start : start + 100])
    assert spread.count == len(values)
    close_to_numpy(spread, values, error=ERROR)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.lists(VALUES, min_size=20, max_size=300))
def test_where_nothing_may_be_kept_they_are_coarser_and_give_their_memory_back(values):
    allowance = Allowance(0)
    spread = Spread(allowance=allowance)
    for start in range(0, len(values), 10):
        spread.add(values[start : start + 10])
    assert spread.count == len(values)
    assert allowance.left >= -ENTRY_BYTES * 16
    inside = sorted(values)
    for share in (0.01, 0.5, 0.99):
        low = inside[int(share * (len(values) - 1))]
        high = inside[int(share * (len(values) - 1)) + 1]
        found = spread.percentile(share)
        assert low * (1 - COARSE_ERROR) - 1e-6 <= found <= high * (1 + COARSE_ERROR) + 1e-6


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.lists(VALUES, max_size=100), st.lists(VALUES, max_size=100), st.booleans())
def test_merging_counts_what_both_have_counted(one, other, many):
    if many:
        other = [*other, *range(3 * DISTINCT)]
    merged = Spread(one)
    merged.merge(Spread(other))
    assert merged.count == len(one) + len(other)
    if one or other:
        close_to_numpy(merged, one + other, error=ERROR)


def test_small_numbers_stay_exact_among_many():
    spread = Spread([3] * 5000)
    spread.add(range(10_000, 10_000 + 2 * DISTINCT))
    assert spread.percentile(0.1) == 3


def test_an_empty_spread_has_zeros():
    assert Spread().percentiles([0, 0.5, 1]) == [0, 0, 0]
    assert Spread().count == 0


def test_a_clock_that_went_backwards_counts_as_no_time():
    spread = Spread([-5, 10])
    assert spread.percentile(0) == 0
    spread.add(range(2 * DISTINCT))
    assert spread.percentile(0) == 0


def test_the_memory_is_bounded():
    spread = Spread()
    for power in range(50):
        spread.add(range(2**power, 2**power + 10_000, 7))
    assert len(spread._classes) <= 128 * 51
