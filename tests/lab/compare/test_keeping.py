"""Experiments in a folder: found again, and only where it is the same experiment."""

from pathlib import Path
from typing import Any

import pytest

from wirescope.errors import LabError
from wirescope.lab import Cell, Sample
from wirescope.lab.compare import ComparisonPlan, Experiment, Kept
from wirescope.lab.measures import Figures
from wirescope.lab.results import Repeat
from wirescope.lab.workloads import workload
from wirescope.link import Direction, RandomLoss, symmetric

LOSSY = symmetric("lossy", Direction(delay_ms=25, loss=RandomLoss(share=0.01)))
WORSE = symmetric("lossy", Direction(delay_ms=25, loss=RandomLoss(share=0.05)))


def plan(**more: Any) -> ComparisonPlan:
    asked: dict[str, Any] = {"workloads": (workload("ticker"),), "links": (LOSSY,)}
    return ComparisonPlan(**asked | more)


CELL = plan().cells()[0]


def experiment(cell: Cell, *problems: str) -> Experiment:
    samples = [Sample("b", 0, 200, 5, 30), Sample("b", 1, 200, 6, None)]
    repeat = Repeat(seed=cell.seed, figures=Figures(sent=2, received=1), problems=problems)
    return Experiment(cell=cell, repeat=repeat, samples=samples)


def test_what_was_kept_is_found_as_it_was(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "runs", plan())
    assert kept.find(CELL) is None
    kept.keep(experiment(CELL))
    assert Kept(tmp_path / "runs", plan()).find(CELL) == experiment(CELL)
    assert [each.suffix for each in kept.folder.iterdir()] == [".json"]


def test_what_does_not_count_is_run_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path, plan())
    kept.keep(experiment(CELL, "It was late."))
    assert kept.find(CELL) is None


def test_what_cannot_be_kept_says_why(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "runs", plan())
    kept.folder.rmdir()
    with pytest.raises(LabError, match=r"cannot be kept in .*runs: No such file"):
        kept.keep(experiment(CELL))
    (tmp_path / "runs").write_text("")
    with pytest.raises(LabError, match="checks cannot be made"):
        kept.folder_for_checks()


def test_another_seed_is_another_experiment(tmp_path: Path) -> None:
    asked = plan(repeats=2)
    one, other = (each for each in asked.runs() if each.transport == "websocket")
    kept = Kept(tmp_path, asked)
    kept.keep(experiment(one))
    assert kept.find(other) is None


@pytest.mark.parametrize(
    "changed",
    [{"links": (WORSE,)}, {"duration_s": 5}, {"warm_up_s": 3}],
    ids=["link", "length", "warm-up"],
)
def test_the_same_name_for_something_else_is_not_found(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    Kept(tmp_path, plan()).keep(experiment(CELL))
    assert Kept(tmp_path, plan(**changed)).find(CELL) is None


def test_a_file_that_cannot_be_read_counts_as_not_there(tmp_path: Path) -> None:
    kept = Kept(tmp_path, plan())
    kept.keep(experiment(CELL))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert kept.find(CELL) is None
