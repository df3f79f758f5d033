"""One clock and one numbering a capture."""

from tests.support.fake_clock import FakeClock
from wirescope.events import Timeline


def test_numbers_begin_at_one_and_leave_none_out() -> None:
    timeline = Timeline()
    assert [timeline.next_seq() for _ in range(3)] == [1, 2, 3]
    assert [timeline.next_payload_id() for _ in range(2)] == [1, 2]
    assert [timeline.new_connection() for _ in range(2)] == ["c1", "c2"]


def test_time_is_counted_from_the_start(clock: FakeClock) -> None:
    timeline = Timeline(clock)
    assert timeline.now_ns() == 0
    clock.advance(ns=7)
    assert timeline.now_ns() == 7


def test_a_moved_wall_clock_leaves_the_times_alone(clock: FakeClock) -> None:
    timeline = Timeline(clock)
    start = timeline.started_wall_ns
    clock.advance(s=1)
    clock.move_wall(ns=-3_600_000_000_000)
    assert timeline.now_ns() == 1_000_000_000
    assert timeline.started_wall_ns == start
    assert timeline.wall_drift_ns() == -3_600_000_000_000


def test_two_timelines_know_nothing_of_each_other() -> None:
    first, second = Timeline(), Timeline()
    first.next_seq()
    assert second.next_seq() == 1


def test_the_machines_clock_never_goes_back() -> None:
    timeline = Timeline()
    readings = [timeline.now_ns() for _ in range(1000)]
    assert readings == sorted(readings)
