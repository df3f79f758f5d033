"""What a measurement leaves out, since the machine stood still."""

import pytest

from benchmarks.stalls import AFTERMATH, Stalls


def stalled(*spans: tuple[int, int]) -> Stalls:
    stalls = Stalls()
    for each in spans:
        stalls.note(each)
    return stalls


def test_what_no_stall_has_touched_is_kept() -> None:
    stalls = stalled((100, 110), (300, 320))
    assert stalls.untouched([(10, 90), (200, 250)]) == [80, 50]


@pytest.mark.parametrize(
    "span",
    [(90, 101), (105, 106), (109, 200), (90, 400), (110 + AFTERMATH * 10 - 1, 200)],
    ids=["began before", "within", "ended after", "around", "in the aftermath"],
)
def test_what_a_stall_has_touched_is_left_out(span: tuple[int, int]) -> None:
    assert stalled((300, 320), (100, 110)).untouched([span, (0, 7), (0, 9)]) == [7, 9]


def test_nothing_is_left_out_when_little_would_remain() -> None:
    stalls = stalled((100, 110))
    assert stalls.untouched([(101, 102), (103, 105), (0, 7)]) == [1, 2, 7]
    assert stalls.untouched([(101, 102), (0, 7)]) == [7]


def test_stalls_of_two_cores_count_once() -> None:
    stalls = stalled((100, 200), (150, 250), (400, 500))
    assert stalls.share(0, 1000) == pytest.approx(0.25)
    assert stalls.share(200, 300) == pytest.approx(0.5)


def test_without_stalls_all_is_kept() -> None:
    assert stalled().untouched([(1, 2)]) == [1]
    assert stalled().share(0, 10) == 0
