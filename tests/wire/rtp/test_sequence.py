"""Counters that wrap are compared by the shorter way round (RFC 1982 section 3.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.wire.rtp import Unwrapper, difference, is_newer

numbers = st.integers(0, 0xFFFF)


@pytest.mark.parametrize(
    ("value", "other", "ahead"),
    [(1, 0, 1), (0, 1, -1), (0, 0xFFFF, 1), (0xFFFF, 0, -1), (0x7FFF, 0, 0x7FFF), (5, 5, 0)],
)
def test_a_number_is_ahead_by_the_shorter_way(value, other, ahead):
    assert difference(value, other) == ahead
    assert is_newer(value, other) == (ahead > 0)


def test_counters_may_have_other_widths():
    assert difference(3, 0xFFFFFFFF, bits=32) == 4
    assert is_newer(0, 127, bits=7)


@given(numbers, numbers)
def test_of_two_different_numbers_exactly_one_is_newer(value, other):
    assert (is_newer(value, other) + is_newer(other, value)) == (value != other)


def test_unwrapping_goes_on_where_the_counter_wraps():
    unwrap = Unwrapper().unwrap
    assert [unwrap(n) for n in (65534, 65535, 0, 65535, 1)] == [65534, 65535, 65536, 65535, 65537]


def test_what_comes_late_just_after_the_start_is_below_zero():
    unwrap = Unwrapper(bits=32).unwrap
    assert [unwrap(n) for n in (0, 0xFFFFFFFF)] == [0, -1]


@given(numbers, st.lists(st.integers(-0x7FFF, 0x7FFF), max_size=50))
def test_steps_of_less_than_half_the_circle_are_followed(start, steps):
    unwrapper = Unwrapper()
    place = unwrapper.unwrap(start)
    for step in steps:
        place += step
        assert unwrapper.unwrap(place & 0xFFFF) == place


@given(numbers, numbers)
def test_unwrapping_agrees_with_is_newer(first, second):
    unwrapper = Unwrapper()
    assert unwrapper.unwrap(first) == first
    assert unwrapper.unwrap(second) - first == difference(second, first)
