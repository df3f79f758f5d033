"""A whole comparison: all experiments of a plan, then what their cells say together.

An experiment that fails says why and does not end the others: its cell has one repeat less. What
was kept is not run again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from wirescope.errors import LabError, LinkError
from wirescope.lab.cells import Cell
from wirescope.lab.compare.experiment import Experiment, run_experiment
from wirescope.lab.compare.keeping import Kept
from wirescope.lab.compare.plan import ComparisonPlan
from wirescope.lab.ends import Starter, first_of
from wirescope.lab.measures import intervals
from wirescope.lab.results import CellResult, Comparison, cell_result
from wirescope.lab.verdicts import LinkFacts, verdicts
from wirescope.link import Direction, LinkSettings


class Progress(NamedTuple):
    """An experiment has ended.

    Attributes:
        cell: what was run.
        experiment: what came of it; None where it failed.
        failure: why; empty where it did not.
        done: experiments that have ended.
        all: that there are.
    """

    cell: Cell
    experiment: Experiment | None
    failure: str
    done: int
    all: int


OnProgress = Callable[[Progress], None]


async def compare(
    plan: ComparisonPlan,
    *,
    environment: Mapping[str, Any],
    kept: Kept | None = None,
    with_captures: bool = False,
    on_progress: OnProgress = lambda _: None,
) -> Comparison:
    """Run the experiments of a plan that are not kept yet, and draw the verdicts.

    Args:
        plan: what is compared.
        environment: what it runs on.
        kept: where experiments are kept; None keeps none.
        with_captures: whether each side's capture is kept as well, which takes processor time.
        on_progress: told of each experiment that has ended.

    Raises:
        LabError: not one experiment came to an end.
        LinkError: there can be no emulated network here.
    """
    runs = plan.runs()
    found: dict[Cell, Experiment] = {}
    failures: list[str] = []
    room = asyncio.Semaphore(plan.at_once)

    async def run(cell: Cell, starter: Starter) -> None:
        async with room:
            experiment, failure = None, ""
            try:
                experiment = await _experiment(
                    plan, cell, kept, starter, with_captures=with_captures
                )
                found[cell] = experiment
            except LabError as error:
                failure = str(error)
                failures.append(failure)
            done = len(found) + len(failures)
            on_progress(Progress(cell, experiment, failure, done, len(runs)))

    try:
        async with Starter() as starter, asyncio.TaskGroup() as group:
            for cell in runs:
                group.create_task(run(cell, starter))
    except* LinkError as errors:
        raise first_of(errors) from None
    if not found:
        raise LabError(f"No experiment came to its end. {failures[0]}")
    cells = [result for cell in plan.cells() if (result := _result(cell, found)) is not None]
    return Comparison(
        environment=dict(environment),
        cells=tuple(cells),
        verdicts=tuple(
            verdicts(
                cells,
                workloads={each.name: each for each in plan.workloads},
                links={each.name: _facts(each) for each in plan.links},
            )
        ),
    )


async def _experiment(
    plan: ComparisonPlan,
    cell: Cell,
    kept: Kept | None,
    starter: Starter,
    *,
    with_captures: bool,
) -> Experiment:
    known = None if kept is None else kept.find(cell)
    if known is not None:
        return known
    experiment = await run_experiment(
        cell,
        workload=plan.workload(cell.workload),
        link=plan.link(cell.link),
        starter=starter,
        warm_up_s=plan.warm_up_s,
        captures=kept.captures(cell) if kept is not None and with_captures else None,
    )
    if kept is not None:
        await asyncio.to_thread(kept.keep, experiment)
    return experiment


def _result(cell: Cell, found: Mapping[Cell, Experiment]) -> CellResult | None:
    """Put the repeats of a cell together; None where none came to its end."""
    repeats = [each for other, each in found.items() if replace(other, seed=cell.seed) == cell]
    counted = [each.samples for each in repeats if not each.repeat.problems]
    made = intervals(counted) if counted else {}
    return cell_result(cell, [each.repeat for each in repeats], made) if repeats else None


def _facts(link: LinkSettings) -> LinkFacts:
    ways: Sequence[Direction] = (link.up, link.down)
    rates = [each.mean_rate_bps for each in ways if each.mean_rate_bps is not None]
    return LinkFacts(
        name=link.name,
        round_trip_ms=sum(each.delay_ms for each in ways),
        loss=max(0.0 if each.loss is None else each.loss.stationary for each in ways),
        rate_bps=min(rates, default=None),
    )
