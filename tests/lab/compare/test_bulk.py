"""A bulk transfer over a real link: what it reached, what it met, and what is said of it."""

import asyncio

import pytest
from msgspec.structs import replace

from wirescope.lab import Cell
from wirescope.lab.compare import run_experiment
from wirescope.lab.ends import Starter
from wirescope.lab.results import CellResult, cell_result
from wirescope.lab.verdicts import LinkFacts, reasons, share
from wirescope.lab.workloads import Workload, shortened, workload
from wirescope.link import Direction, Queue, symmetric
from wirescope.transports.link import why_not

WHY_NOT = why_not()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"no emulated network: {WHY_NOT}"),
]

RATE_BPS = 10_000_000
LINK = symmetric("narrow", Direction(delay_ms=10, rate_bps=RATE_BPS, queue=Queue(ms=100)))
FACTS = LinkFacts(name="narrow", round_trip_ms=20, loss=0, rate_bps=RATE_BPS)
FILE = shortened(workload("file"), 1.5)
PACED = replace(FILE, bulk_bytes_per_s=500_000.0)


async def transfers() -> list[CellResult]:
    async def one(sent: Workload, cell: Cell) -> CellResult:
        experiment = await run_experiment(cell, workload=sent, link=LINK, starter=starter)
        return cell_result(cell, [experiment.repeat])

    made = {"workload": "file", "link": "narrow"}
    async with Starter() as starter, asyncio.TaskGroup() as group:
        filling = Cell(transport="websocket", congestion_control="cubic", **made)
        pacing = Cell(transport="data-channel-reliable", **made)
        tasks = [group.create_task(one(FILE, filling)), group.create_task(one(PACED, pacing))]
    return [each.result() for each in tasks]


def test_a_websocket_fills_the_link_and_a_paced_channel_keeps_its_pace() -> None:
    filling, pacing = asyncio.run(transfers())
    for cell in (filling, pacing):
        limits = cell.repeats[0].limits
        assert limits is not None
        assert limits.seconds >= 1.5  # its first second counts as well
        assert 1 < limits.wire_bytes_per_byte < 1.3
        assert limits.link_bps <= 1.01 * RATE_BPS
        assert 0 < limits.link_cpu < 1
        assert cell.repeats[0].figures.delivered == 1
    assert 0.6 < (share(filling, FILE, FACTS) or 0) < 1
    assert (filling.repeats[0].limits.busy_share or 0) > 0.5  # type: ignore[union-attr]
    assert 0.3 < (share(pacing, PACED, FACTS) or 0) <= 0.45
    assert any("pace" in each for each in reasons(pacing, PACED, FACTS))
