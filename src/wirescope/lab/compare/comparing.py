"""A whole comparison: all experiments of a plan, the checks, then what all of it says together.

An experiment that fails says why and does not end the others: its cell has one repeat less. One
that does not count, or failed, is followed by one more. What was kept is not run again. Nor does a
check that fails, whatever it is, throw away what was measured: its rows say why.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from wirescope.errors import LabError, LinkError, UsageError, WirescopeError
from wirescope.lab.cells import Cell
from wirescope.lab.checks import Bench, Check
from wirescope.lab.compare.experiment import Experiment, run_experiment
from wirescope.lab.compare.keeping import Kept
from wirescope.lab.compare.machine import check_machine
from wirescope.lab.compare.machine import environment as around
from wirescope.lab.compare.plan import ComparisonPlan
from wirescope.lab.compare.spreading import joined
from wirescope.lab.ends import Starter
from wirescope.lab.measures import distribution, intervals
from wirescope.lab.results import ASPECTS, CellResult, Comparison, Row, cell_result
from wirescope.lab.verdicts import LinkFacts, measured_rows, verdicts
from wirescope.link import Direction, LinkSettings

CHECK_S = 60.0
"""Seconds that a check may take."""


class Progress(NamedTuple):
    """An experiment or a check has ended.

    Attributes:
        name: what was run.
        experiment: what came of it; None of a check, and where it failed.
        failure: why; empty where it did not.
        done: experiments and checks that have ended.
        all: that there are.
        known: whether it was kept, and not run now.
    """

    name: str
    experiment: Experiment | None
    failure: str
    done: int
    all: int
    known: bool = False


OnProgress = Callable[[Progress], None]

Measure = Callable[[Cell], Awaitable[Experiment]]
"""Runs a cell once."""


async def compare(
    plan: ComparisonPlan,
    *,
    environment: Mapping[str, Any] | None = None,
    checks: Sequence[Check] = (),
    kept: Kept | None = None,
    with_captures: bool = False,
    cluster: str | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Comparison:
    """Run the experiments of a plan that are not kept yet, make the checks, draw the verdicts.

    Args:
        plan: what is compared.
        environment: what it runs on; None has it looked at.
        checks: what is tried out beside; each row of theirs is in the table of differences.
        kept: where experiments are kept; None keeps none.
        with_captures: whether each side's capture is kept as well, which takes processor time.
        cluster: the address of a Dask scheduler whose workers run the experiments, as many at a
            time as they have threads; None runs them here.
        on_progress: told of each experiment and each check that has ended.

    Raises:
        UsageError: what is to be compared is not to be had on this machine.
        LabError: not one experiment came to an end.
        LinkError: there can be no emulated network here.
    """
    check_machine(plan)
    if cluster is not None and with_captures:
        raise UsageError("A cluster keeps no captures: they would be on its machines.")
    ran_on = around() if environment is None else dict(environment)
    comparing = _Comparing(plan, kept, on_progress, with_captures=with_captures, more=len(checks))
    with ExitStack() as stack:
        if kept is not None:
            folder = kept.folder_for_checks()
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wirescope-")))
        async with Starter() as starter:
            if cluster is None:
                await comparing.run(partial(comparing.here, starter), plan.at_once)
            else:
                async with joined(cluster) as found_there:
                    ran_on |= {"cluster": cluster, "workers": found_there.workers}
                    run = partial(found_there.run, plan)
                    await comparing.run(run, found_there.at_once)
            rows = await comparing.check(
                checks, Bench(starter=starter, folder=folder, kept=kept is not None)
            )
    cells = comparing.results()
    links = {each.name: _facts(each) for each in plan.links}
    workloads = {each.name: each for each in plan.workloads}
    found = verdicts(cells, workloads=workloads, links=links)
    rows += measured_rows(cells, found, links=links)
    return Comparison(
        environment=ran_on,
        cells=tuple(cells),
        rows=tuple(sorted(rows, key=lambda row: ASPECTS.index(row.aspect))),
        verdicts=tuple(found),
    )


class _Comparing:
    """A comparison that is under way."""

    def __init__(
        self,
        plan: ComparisonPlan,
        kept: Kept | None,
        on_progress: OnProgress,
        *,
        with_captures: bool,
        more: int,
    ) -> None:
        self._plan, self._kept, self._on_progress = plan, kept, on_progress
        self._with_captures = with_captures
        self._found: dict[Cell, Experiment] = {}
        self._failures: list[WirescopeError] = []
        self._done, self._all = 0, len(plan.runs()) + more

    # Experiments

    async def run(self, measure: Measure, at_once: int) -> None:
        """Run what is not kept, so many at a time."""
        room = asyncio.Semaphore(at_once)

        async def one(cell: Cell) -> None:
            async with room:
                spare = await self._experiment(cell, measure)
            if spare is not None:
                self._all += 1
                group.create_task(one(spare))

        async with asyncio.TaskGroup() as group:
            for cell in self._plan.runs():
                group.create_task(one(cell))
        if not self._found:
            raise LabError(f"No experiment came to its end. {self._failures[0]}")

    async def _experiment(self, cell: Cell, measure: Measure) -> Cell | None:
        """Run a cell once; the run that takes its place where it does not count."""
        known, failure = self._find(cell), ""
        experiment = known
        try:
            if experiment is None:
                experiment = await measure(cell)
                if self._kept is not None:
                    await asyncio.to_thread(self._kept.keep, experiment)
        except (LabError, LinkError) as error:
            failure = str(error)
            self._failures.append(error)
        if experiment is not None:
            self._found[cell] = experiment
        self._tell(_name(cell), experiment, failure, known=known is not None)
        counts = experiment is not None and not experiment.repeat.problems
        return None if counts else self._plan.spare(cell)

    def _find(self, cell: Cell) -> Experiment | None:
        return None if self._kept is None else self._kept.find(cell)

    async def here(self, starter: Starter, cell: Cell) -> Experiment:
        """Run a cell on this machine."""
        plan, kept = self._plan, self._kept
        return await run_experiment(
            cell,
            workload=plan.workload(cell.workload),
            link=plan.link(cell.link),
            starter=starter,
            warm_up_s=plan.warm_up_s,
            captures=kept.captures(cell) if kept is not None and self._with_captures else None,
        )

    def _tell(
        self, name: str, experiment: Experiment | None, failure: str, *, known: bool = False
    ) -> None:
        self._done += 1
        told = Progress(name, experiment, failure, self._done, self._all, known)
        self._on_progress(told)

    def results(self) -> list[CellResult]:
        """Give the cells that have a repeat at least."""
        made = (self._result(cell) for cell in self._plan.cells())
        return [each for each in made if each is not None]

    def _result(self, cell: Cell) -> CellResult | None:
        """Put the repeats of a cell together; None where none came to its end."""
        found, workload = self._found.items(), self._plan.workload(cell.workload)
        repeats = [each for other, each in found if replace(other, seed=cell.seed) == cell]
        counted = [each.samples for each in repeats if not each.repeat.problems]
        if not repeats:
            return None
        return cell_result(
            cell,
            [each.repeat for each in repeats],
            intervals(counted, least_s=workload.sends_for_s) if counted else {},
            distribution(counted) if counted else None,
        )

    # Checks

    async def check(self, checks: Sequence[Check], bench: Bench) -> list[Row]:
        """Make the checks, one after the other; one that fails says why in its rows."""
        rows: list[Row] = []
        for check in checks:
            failure = ""
            try:
                async with asyncio.timeout(CHECK_S):
                    rows += await check.make(bench)
            except TimeoutError:
                failure = f"It took more than {CHECK_S:g} s."
            except Exception as error:  # noqa: BLE001 -- what was measured is not lost for it
                failure = str(error) or type(error).__name__
            if failure:
                rows += [_untried(aspect, failure) for aspect in check.aspects]
            self._tell(", ".join(check.aspects).lower(), None, failure)
        return rows


def _name(cell: Cell) -> str:
    words = (cell.workload, "over", cell.transport, cell.congestion_control, "on", cell.link)
    server = " through a server" if cell.path == "server" else ""
    return " ".join(each for each in words if each) + server


def _untried(aspect: str, failure: str) -> Row:
    said = "could not be tried here"
    return Row(aspect=aspect, websocket=said, webrtc=said, evidence=failure)


def _facts(link: LinkSettings) -> LinkFacts:
    ways: Sequence[Direction] = (link.up, link.down)
    rates = [each.mean_rate_bps for each in ways if each.mean_rate_bps is not None]
    return LinkFacts(
        name=link.name,
        round_trip_ms=sum(each.delay_ms for each in ways),
        loss=max(0.0 if each.loss is None else each.loss.stationary for each in ways),
        rate_bps=min(rates, default=None),
        down_bps=link.down.mean_rate_bps,
    )
