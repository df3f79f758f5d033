"""The held clock behaves like a clock."""

import pytest

from tests.support.fake_clock import FakeClock


def test_the_held_clock_stands_still() -> None:
    clock = FakeClock()
    assert (clock.monotonic_ns(), clock.wall_ns()) == (clock.monotonic_ns(), clock.wall_ns())


def test_time_passes_on_both_readings(clock: FakeClock) -> None:
    monotonic, wall = clock.monotonic_ns(), clock.wall_ns()
    clock.advance(s=1.5, ns=1)
    assert clock.monotonic_ns() - monotonic == clock.wall_ns() - wall == 1_500_000_001


def test_moving_the_wall_clock_leaves_the_monotonic_one(clock: FakeClock) -> None:
    monotonic, wall = clock.monotonic_ns(), clock.wall_ns()
    clock.move_wall(ns=-5)
    assert clock.monotonic_ns() == monotonic
    assert clock.wall_ns() == wall - 5


def test_the_monotonic_reading_never_goes_back(clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(ns=-1)
