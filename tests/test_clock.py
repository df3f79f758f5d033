"""Reading the time, and writing it down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.clock import SystemClock, parse_rfc3339, rfc3339

YEAR_1970, YEAR_9999 = 0, 253_402_300_799_999_999_999


def test_the_monotonic_reading_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic_ns() for _ in range(1000)]
    assert readings == sorted(readings)


def test_the_wall_clock_is_in_this_century() -> None:
    assert rfc3339(SystemClock().wall_ns()).startswith("20")


@given(st.integers(YEAR_1970, YEAR_9999))
def test_a_time_written_can_be_read_to_the_nanosecond(wall_ns: int) -> None:
    text = rfc3339(wall_ns)
    assert parse_rfc3339(text) == wall_ns
    assert len(text) == len("2023-11-14T22:13:20.123456789Z")


@given(st.integers(YEAR_1970, YEAR_9999), st.integers(YEAR_1970, YEAR_9999))
def test_times_written_sort_as_text(one: int, other: int) -> None:
    assert (rfc3339(one) < rfc3339(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "wall_ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31 23:00:00-01:00", 0),
        ("1970-01-01t00:00:00.5z", 500_000_000),
        ("1970-01-01T00:00:00.0000000019Z", 1),
        ("1969-12-31T23:59:59.5Z", -500_000_000),
    ],
)
def test_the_forms_of_rfc_3339_are_read(text: str, wall_ns: int) -> None:
    assert parse_rfc3339(text) == wall_ns


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2023-11-14",
        "2023-11-14T22:13:20",
        "2023-13-14T22:13:20Z",
        "2023-02-30T00:00:00Z",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_rfc3339(text)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        parse_rfc3339(text)
    except ValueError:
        return
