"""Which cells a comparison has, and in what order they are run."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from wirescope.errors import UsageError
from wirescope.lab.compare import ComparisonPlan, full_plan, quick_plan
from wirescope.lab.compare.plan import AROUND_S
from wirescope.lab.workloads import workload
from wirescope.link import Direction, symmetric

CLEAN = symmetric("clean", Direction(delay_ms=25))
OTHER = symmetric("other", Direction(delay_ms=50))


def plan(**more: Any) -> ComparisonPlan:
    asked: dict[str, Any] = {"workloads": (workload("ticker"),), "links": (CLEAN,)}
    return ComparisonPlan(**asked | more)


def test_websocket_is_run_for_each_congestion_control_and_channels_once() -> None:
    cells = plan(congestion_controls=("cubic", "bbr")).cells()
    assert [(each.transport, each.congestion_control) for each in cells] == [
        ("websocket", "cubic"),
        ("websocket", "bbr"),
        ("data-channel-reliable", ""),
        ("data-channel-unreliable", ""),
    ]


def test_each_cell_is_run_as_often_as_asked_with_another_seed_each_time() -> None:
    asked = plan(links=(CLEAN, OTHER), paths=("direct", "server"), repeats=3, seed=7)
    runs = asked.runs()
    assert len(set(runs)) == len(runs) == 3 * len(asked.cells())
    assert Counter(each.seed for each in runs) == {7: 12, 8: 12, 9: 12}


def test_each_round_has_all_cells_before_any_is_run_again() -> None:
    asked = plan(links=(CLEAN, OTHER), repeats=2)
    count = len(asked.cells())
    first = asked.runs()[:count]
    assert {each.seed for each in first} == {1}
    assert sorted(map(str, first)) == sorted(map(str, asked.cells()))


def test_the_order_is_random_and_comes_from_the_seed() -> None:
    asked = plan(links=(CLEAN, OTHER), repeats=4)
    assert asked.runs() == asked.runs()
    by_round = [asked.runs()[at : at + 6] for at in range(0, 24, 6)]
    orders = {tuple((each.transport, each.link) for each in cells) for cells in by_round}
    assert len(orders) > 1


def test_a_workload_is_no_longer_than_it_was() -> None:
    assert plan(duration_s=5).workload("ticker").duration_s == 5
    assert plan(duration_s=500).workload("ticker").duration_s == workload("ticker").duration_s


def test_the_time_that_it_takes_is_that_of_all_runs_together() -> None:
    six_runs_s = 6 * (5 + AROUND_S)
    assert plan(duration_s=5, repeats=2).estimate_s() == pytest.approx(six_runs_s)
    assert plan(duration_s=5, repeats=2, at_once=3).estimate_s() == pytest.approx(six_runs_s / 3)
    assert plan(duration_s=5, repeats=2).estimate_s(1) == pytest.approx(six_runs_s / 6)


def test_a_run_is_replaced_once_by_one_that_no_other_run_is() -> None:
    asked = plan(repeats=3, seed=7)
    runs = asked.runs()
    spares = [asked.spare(each) for each in runs]
    assert len({*runs, *spares}) == 2 * len(runs)
    assert all(asked.spare(each) is None for each in spares if each is not None)


@pytest.mark.parametrize("make", [quick_plan, full_plan])
def test_a_comparison_that_has_a_name_has_a_link_without_loss_and_one_with(
    make: Callable[[], ComparisonPlan],
) -> None:
    losses = {each.up.loss is not None for each in make().links}
    assert losses == {True, False}
    assert make().at_once <= 4


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"workloads": ()}, "needs workloads"),
        ({"links": (CLEAN, CLEAN)}, "names that differ"),
        ({"transports": ("websocket",)}, "two transports"),
        ({"transports": ("websocket", "media")}, "not compared yet"),
        ({"transports": ("websocket", "websocket")}, "two transports"),
        ({"paths": ("direct", "direct")}, "path is named twice"),
        ({"congestion_controls": ("bbr", "bbr")}, "control is named twice"),
        ({"duration_s": 0.5}, "Nothing would be measured"),
        ({"congestion_controls": ("vegas",)}, "no congestion control vegas"),
        ({"congestion_controls": ()}, "no congestion control given"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_plan_that_makes_no_comparison_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan(**more)
