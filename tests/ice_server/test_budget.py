"""How much is answered to those who have shown no credentials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.ice_server.budget import MAX_SOURCES, AnswerBudget, answer_room
from wirescope.ice_server.flows import Moment

S = 1_000_000_000


def budget(
    moment: Moment, source: tuple[float, float] = (10, 20), total: tuple[float, float] = (1e6, 1e6)
) -> AnswerBudget:
    return AnswerBudget(moment, source=source, total=total)


def taken(left: AnswerBudget, host: str, tries: int) -> int:
    return sum(left.take(host) for _ in range(tries))


def test_a_source_has_so_many_answers_at_once_and_then_none() -> None:
    assert taken(budget(Moment()), "a", 100) == 20


def test_answers_come_back_with_time_up_to_what_there_is_at_once() -> None:
    moment = Moment()
    left = budget(moment)
    taken(left, "a", 100)
    moment.now_ns = S // 2
    assert taken(left, "a", 100) == 5
    moment.now_ns = 1000 * S
    assert taken(left, "a", 100) == 20


def test_one_source_takes_nothing_from_another() -> None:
    left = budget(Moment())
    taken(left, "a", 100)
    assert taken(left, "b", 100) == 20


def test_who_has_a_network_of_ipv6_is_one_source() -> None:
    left = budget(Moment())
    assert sum(taken(left, f"2001:db8::{number:x}", 1) for number in range(100)) == 20
    assert taken(left, "2001:db8:0:1::1", 1) == 1


def test_all_sources_together_have_a_limit_of_their_own() -> None:
    left = budget(Moment(), total=(10, 50))
    assert sum(taken(left, f"source {number}", 1) for number in range(100)) == 50


def test_only_so_many_sources_are_remembered() -> None:
    left = budget(Moment())
    for number in range(MAX_SOURCES + 100):
        left.take(f"source {number}")
    assert len(left) == MAX_SOURCES


def test_a_source_that_comes_often_is_not_the_one_that_is_forgotten() -> None:
    left = budget(Moment())
    taken(left, "a", 100)
    for number in range(MAX_SOURCES * 2):
        left.take(f"source {number}")
        left.take("a")
    assert not left.take("a")


def test_to_look_takes_nothing() -> None:
    left = budget(Moment())
    assert all(left.allows("a") for _ in range(1000))


@pytest.mark.parametrize(
    ("request_length", "overhead", "room"), [(28, 28, 56), (20, 28, 44), (20, 48, 52), (0, 28, 12)]
)
def test_the_room_is_half_as_much_again_counted_as_packets(
    request_length: int, overhead: int, room: int
) -> None:
    assert answer_room(request_length, overhead) == room


@given(st.integers(20, 65_507), st.sampled_from([28, 48]))
def test_an_answer_that_fills_the_room_amplifies_by_one_and_a_half_at_most(
    request_length: int, overhead: int
) -> None:
    room = answer_room(request_length, overhead)
    assert (room + overhead) <= 1.5 * (request_length + overhead) < room + overhead + 4
    assert room % 4 == 0
