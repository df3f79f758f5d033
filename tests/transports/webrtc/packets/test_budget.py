"""So much at once, and so much a second."""

from wirescope.transports.webrtc.packets.budget import Budget

S = 1_000_000_000


def test_what_is_taken_comes_back_with_time_and_never_more_than_at_once() -> None:
    budget = Budget(at_once=3, per_s=2)
    assert [budget.take(1, 5 * S) for _ in range(4)] == [True, True, True, False]
    assert budget.take(1, 5 * S + S // 2)
    assert not budget.take(1, 5 * S + S // 2)
    assert [budget.take(1, 60 * S) for _ in range(4)] == [True, True, True, False]


def test_what_is_refused_takes_nothing() -> None:
    budget = Budget(at_once=3, per_s=1)
    assert not budget.take(4, 0)
    assert budget.take(3, 0)


def test_a_clock_that_is_set_back_gives_nothing() -> None:
    budget = Budget(at_once=1, per_s=1)
    assert budget.take(1, 10 * S)
    assert not budget.take(1, 5 * S)
