"""Traces in Mahimahi's form are read, and say when bytes can go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.strategies import traces
from wirescope.errors import ForeignFormatError
from wirescope.link import Trace, build_trace, parse_trace, trace_of_rates
from wirescope.link.trace import MAX_OPPORTUNITIES, MAX_TIME_MS


@pytest.mark.parametrize(
    ("data", "times"),
    [
        (b"1\n2\n2\n7\n", (1, 2, 2, 7)),
        (b"0\n0\n5", (0, 0, 5)),
        (b"\n 3 \r\n# a comment\n4 # another\n\n", (3, 4)),
        (b"86400000", (MAX_TIME_MS,)),
    ],
)
def test_a_trace_is_a_time_a_line(data, times):
    assert parse_trace(data) == Trace(at_ms=times)


@pytest.mark.parametrize(
    ("data", "where", "says"),
    [
        (b"", "", "no line"),
        (b"0\n0\n", "", "no line"),
        (b"# nothing\n", "", "no line"),
        (b"3\nx\n", "line 2", "'x' is no time"),
        (b"-3\n", "line 1", "'-3' is no time"),
        (b"1.5\n", "line 1", "'1.5' is no time"),
        (b"3\n2\n", "line 2", "2 ms comes after 3 ms"),
        (b"86400001\n", "line 1", "is no time"),
        (b"9" * 5000, "line 1", "is no time"),
        ("٣\n".encode(), "line 1", "is no time"),
        (b"\xff\xfe", "line 1", "is no time"),
    ],
)
def test_what_is_no_trace_is_refused_at_its_line(data, where, says):
    with pytest.raises(ForeignFormatError, match=says) as caught:
        parse_trace(data)
    assert caught.value.where == where


def test_a_trace_that_is_too_long_is_refused():
    with pytest.raises(ForeignFormatError, match="more than 1,000,000 lines"):
        parse_trace(b"5\n" * (MAX_OPPORTUNITIES + 1))


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text("0123456789\n #-", max_size=200).map(str.encode))
def test_any_bytes_are_a_trace_or_are_refused(data):
    try:
        trace = parse_trace(data)
    except ForeignFormatError:
        return
    assert parse_trace(build_trace(trace)) == trace


@settings(deadline=None)
@given(traces(), st.integers(0, 500))
def test_the_first_opportunity_from_a_time_is_the_first_that_is_not_before_it(trace, at_ms):
    number = trace.first_from(at_ms)
    assert trace.time_of(number) >= at_ms
    assert number == 0 or trace.time_of(number - 1) < at_ms


@settings(deadline=None)
@given(traces(), st.integers(0, 200))
def test_times_of_opportunities_go_on_round_after_round(trace, number):
    assert trace.time_of(number) <= trace.time_of(number + 1)
    assert trace.time_of(number + len(trace.at_ms)) == trace.time_of(number) + trace.period_ms


@pytest.mark.parametrize("times", [(), (0,), (0, 0), (3, 2)])
def test_a_trace_without_a_time_or_with_one_that_goes_back_is_none(times):
    with pytest.raises(ValueError, match="trace"):
        Trace(at_ms=times)


@pytest.mark.parametrize(
    ("rates", "step_s"),
    [([12e6], 1), ([1e6, 0, 5e6, 0], 0.5), ([0, 3e6], 2), ([20_000] * 10, 1)],
)
def test_a_trace_of_rates_carries_what_they_carry(rates, step_s):
    trace = trace_of_rates(rates, step_s=step_s)
    assert trace.period_ms == round(len(rates) * step_s * 1000)
    bits = sum(rates) * step_s
    assert abs(len(trace.at_ms) * 12_000 - bits) <= 12_000
    for index, rate in enumerate(rates[:-1]):
        begin, end = index * step_s * 1000, (index + 1) * step_s * 1000
        had = sum(begin <= at_ms < end for at_ms in trace.at_ms)
        assert abs(had * 12_000 - rate * step_s) <= 2 * 12_000


def test_the_average_of_a_trace_is_what_it_carries_in_a_round():
    assert Trace(at_ms=(5, 10)).rate_bps == 2_400_000


@pytest.mark.parametrize(
    ("rates", "step_s"), [([], 1), ([100], 1), ([-1, 5e6], 1), ([1e12], 100), ([1e6], 1e9)]
)
def test_rates_that_give_no_trace_are_refused(rates, step_s):
    with pytest.raises(ValueError, match="rate"):
        trace_of_rates(rates, step_s=step_s)
