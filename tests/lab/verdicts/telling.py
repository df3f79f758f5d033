"""Tells what was measured in a line a cell, and gives the verdicts: cells in, sentences out."""

from typing import Any

from wirescope.lab.cells import Cell
from wirescope.lab.measures import Figures, Interval
from wirescope.lab.results import CellResult, Repeat, Verdict, cell_result
from wirescope.lab.verdicts import LinkFacts, verdicts
from wirescope.lab.workloads import WORKLOADS

WEBSOCKET = "websocket"
RELIABLE = "data-channel-reliable"
UNRELIABLE = "data-channel-unreliable"

LINKS = {
    each.name: each
    for each in (
        LinkFacts(name="clean", round_trip_ms=50, loss=0),
        LinkFacts(name="loss-1", round_trip_ms=50, loss=0.01),
        LinkFacts(name="loss-5", round_trip_ms=50, loss=0.05),
        LinkFacts(name="narrow", round_trip_ms=50, loss=0, rate_bps=500_000),
    )
}


def cell(
    transport: str,
    p99_ms: list[float],
    *,
    workload: str = "ticker",
    link: str = "clean",
    path: str = "direct",
    stack: str = "wirescope",
    control: str = "",
    problem: str = "",
    interval: Interval | None = None,
    setup_ms: float | None = None,
    cpu_s: float | None = None,
    wire: float | None = None,
    **figures: Any,
) -> CellResult:
    """Make a cell with a repeat for each p99; the other figures are the same in all of them."""
    given: dict[str, Any] = {"p50_ms": 25.3, "delivered": 1.0, **figures}
    repeats = [
        Repeat(
            seed=seed,
            figures=Figures(sent=3_000, received=3_000, p99_ms=value, **given),
            setup_ms=setup_ms,
            cpu_s=cpu_s,
            wire_bytes_per_byte=wire,
            problems=(problem,) if problem else (),
        )
        for seed, value in enumerate(p99_ms)
    ]
    run = Cell(
        workload=workload,
        transport=transport,  # type: ignore[arg-type]
        link=link,
        path=path,  # type: ignore[arg-type]
        stack=stack,
        congestion_control=control,
    )
    return cell_result(run, repeats, {} if interval is None else {"p99_ms": interval})


def judge(*cells: CellResult) -> list[Verdict]:
    """Give the verdicts."""
    return verdicts(cells, workloads=WORKLOADS, links=LINKS)


def only(*cells: CellResult) -> Verdict:
    """Give the verdict, of cells that have one."""
    (found,) = judge(*cells)
    return found
