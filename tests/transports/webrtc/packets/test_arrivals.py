"""Times of arrival, until they are told."""

from wirescope.transports.webrtc.packets import control
from wirescope.transports.webrtc.packets.arrivals import AT_ONCE, KEPT, Arrivals, Row


def test_nothing_is_told_before_anything_came() -> None:
    assert Arrivals().take() is None


def test_each_time_is_told_once_and_gaps_are() -> None:
    arrivals = Arrivals()
    for number in (5, 6, 8):
        arrivals.note(number, number * 10)
    assert arrivals.take() == Row(5, [50, 60, None, 80])
    assert arrivals.take() is None
    arrivals.note(9, 90)
    assert arrivals.take() == Row(9, [90])


def test_what_is_missing_between_two_rows_is_told_to_be_lost() -> None:
    arrivals = Arrivals()
    arrivals.note(5, 50)
    arrivals.take()
    arrivals.note(8, 80)
    assert arrivals.take() == Row(6, [None, None, 80])


def test_a_gap_that_is_longer_than_a_row_is_told_with_what_came_behind_it() -> None:
    arrivals = Arrivals()
    arrivals.note(0, 1)
    arrivals.take()
    arrivals.note(AT_ONCE + 100, 2)
    row = arrivals.take()
    assert row is not None
    assert row == Row(1, [None] * (AT_ONCE + 99) + [2])
    assert len(control.arrival_times(1, 2, row, 0)) < 60


def test_one_that_was_told_to_be_lost_and_comes_is_told_with_its_neighbours() -> None:
    arrivals = Arrivals()
    for number in (1, 3):
        arrivals.note(number, number * 10)
    arrivals.take()
    arrivals.note(2, 35)
    assert arrivals.take() == Row(2, [35, 30])


def test_numbers_go_on_over_the_wrap() -> None:
    arrivals = Arrivals()
    for number in (65535, 0, 1):
        arrivals.note(number, 7)
    assert arrivals.take() == Row(65535, [7, 7, 7])


def test_a_long_row_is_told_in_pieces() -> None:
    arrivals = Arrivals()
    for number in range(AT_ONCE + 10):
        arrivals.note(number, 1)
    rows = [arrivals.take(), arrivals.take(), arrivals.take()]
    assert [None if each is None else len(each.times_ns) for each in rows] == [AT_ONCE, 10, None]


def test_what_nobody_takes_is_not_kept_without_end() -> None:
    arrivals = Arrivals()
    for number in range(10 * KEPT):
        arrivals.note(number, number)
    assert len(arrivals._times_ns) <= 2 * KEPT
    row = arrivals.take()
    assert row is not None
    assert row.base == 9 * KEPT - 1


def test_what_is_much_too_late_is_passed_over() -> None:
    arrivals = Arrivals()
    arrivals.note(0, 1)
    arrivals.note(KEPT + 100, 2)
    arrivals.take()
    arrivals.note(50, 3)
    assert arrivals.take() is None
