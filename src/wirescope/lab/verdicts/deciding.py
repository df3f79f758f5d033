"""Which of some cells is the best one, and how sure that is.

What decides is a property of the workload: of bulk the goodput, of all others the latency that 99 %
of the messages do not exceed. Where every message is needed, a cell that lost some is out. Two that
do not differ enough to matter are equal, and where the spreads overlap nobody wins.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from wirescope.lab.cells import TransportName
from wirescope.lab.measures import LATE_MS, Estimate, Interval, compare
from wirescope.lab.results import CellResult
from wirescope.lab.verdicts.wording import cell_name
from wirescope.lab.workloads import Workload

NO_DIFFERENCE = "no difference"
NOT_SURE = "not sure"
INVALID = "invalid"

_MATTERS = 0.1  # a tenth more or less decides nothing
_OBSERVED = 1.0  # that a cell lost messages was seen, not inferred


class Criterion(NamedTuple):
    """What decides.

    Attributes:
        field: of a cell and of figures.
        title: how it is said.
        apart: a difference up to this does not matter.
    """

    field: Literal["p99_ms", "p95_ms", "p50_ms", "goodput_bps"]
    title: str
    apart: float

    @property
    def wants_more(self) -> bool:
        """Whether the higher value is the better one."""
        return self.field == "goodput_bps"


# Of the latencies the first one that all cells have messages enough for.
_LATENCIES = (
    Criterion("p99_ms", "p99 latency", LATE_MS),
    Criterion("p95_ms", "p95 latency", LATE_MS),
    Criterion("p50_ms", "median latency", LATE_MS),
)
_GOODPUT = (Criterion("goodput_bps", "goodput", 0),)


class Contender(NamedTuple):
    """A cell that may win.

    Attributes:
        cell: what was measured.
        name: how it is called beside the others.
        estimate: of what decides.
    """

    cell: CellResult
    name: str
    estimate: Estimate

    @property
    def transport(self) -> TransportName:
        """How its messages travelled."""
        return self.cell.transport


class Decision(NamedTuple):
    """What follows from the cells.

    Attributes:
        criterion: what decided.
        best: the cell with the best value, whether it wins or not.
        equal: the other transports' cells that are as good.
        unsure: those whose spreads overlap with the best one's.
        worse: those that are worse for sure, the best of them first; with another congestion
            control those of the same transport as well.
        alike: the same transport with another congestion control, not surely worse.
        out: those that lost messages where every one is needed.
        silent: the names of those over which nothing came.
        confidence: how sure it is, from 0 to 1.
    """

    criterion: Criterion
    best: Contender
    equal: tuple[Contender, ...]
    unsure: tuple[Contender, ...]
    worse: tuple[Contender, ...]
    alike: tuple[Contender, ...]
    out: tuple[Contender, ...]
    silent: tuple[str, ...]
    confidence: float

    @property
    def winner(self) -> str:
        """The transport that wins, `no difference` or `not sure`."""
        if self.unsure:
            return NOT_SURE
        return NO_DIFFERENCE if self.equal else self.best.transport

    @property
    def all(self) -> tuple[Contender, ...]:
        """All cells that were compared, the best one first, those that are out last."""
        return (self.best, *self.alike, *self.equal, *self.unsure, *self.worse, *self.out)


def decide(cells: Sequence[CellResult], workload: Workload) -> Decision | None:
    """Find the best of some valid cells of one workload, link and path; None where there is none.

    Args:
        cells: of several transports.
        workload: what they sent.
    """
    deciding = criterion(cells, workload)
    if deciding is None:
        return None
    found = [_contender(cell, deciding) for cell in cells]
    contenders = [each for each in found if each is not None]
    out: list[Contender] = []
    if workload.needs_every_message and any(each.cell.is_complete for each in contenders):
        out = [each for each in contenders if not each.cell.is_complete]
        contenders = [each for each in contenders if each.cell.is_complete]
    silent = tuple(cell_name(cell) for cell in cells if not cell.delivered)
    return best_of(contenders, deciding)._replace(out=tuple(out), silent=silent)


def best_of(contenders: Sequence[Contender], criterion: Criterion) -> Decision:
    """Decide between contenders, of which there is one at least."""
    sign = -1 if criterion.wants_more else 1
    best, *others = sorted(contenders, key=lambda each: sign * each.estimate.value)
    groups: dict[str, list[Contender]] = {"same": [], "unsure": [], "worse": [], "alike": []}
    sure: dict[str, list[float]] = {"same": [], "unsure": [], "worse": []}
    for each in others:
        found = compare(best.estimate, each.estimate, apart=criterion.apart, share=_MATTERS)
        group = found.outcome if found.outcome in ("same", "unsure") else "worse"
        if each.transport != best.transport:
            groups[group].append(each)
            sure[group].append(found.confidence)
        else:
            groups["worse" if group == "worse" else "alike"].append(each)
    deciding = sure["unsure"] or sure["same"] or sure["worse"]
    return Decision(
        criterion=criterion,
        best=best,
        equal=tuple(groups["same"]),
        unsure=tuple(groups["unsure"]),
        worse=tuple(groups["worse"]),
        alike=tuple(groups["alike"]),
        out=(),
        silent=(),
        confidence=min(deciding, default=_OBSERVED),
    )


def criterion(cells: Sequence[CellResult], workload: Workload) -> Criterion | None:
    """Say what decides between some valid cells of a workload; None where too little came."""
    for each in _GOODPUT if workload.pace == "bulk" else _LATENCIES:
        if all(getattr(cell, each.field) is not None for cell in cells if cell.delivered):
            return each if any(cell.delivered for cell in cells) else None
    return None


def _contender(cell: CellResult, criterion: Criterion) -> Contender | None:
    value = getattr(cell, criterion.field)
    if value is None:
        return None
    figures = [getattr(each.figures, criterion.field) for each in cell.counted]
    interval = cell.intervals.get(criterion.field, Interval(None, None))
    estimate = Estimate(
        value=value,
        repeats=tuple(each for each in figures if each is not None) or (value,),
        low=interval.low,
        high=interval.high,
    )
    return Contender(cell, cell_name(cell), estimate)
