"""The same live prices over WebSocket and over data channels, through a link that loses packets.

    python examples/compare.py [SECONDS [REPEATS]]

It makes its own network, with nothing of it outside of this machine, and needs no server.
"""

import asyncio
import sys

import wirescope
from wirescope.lab.compare import Progress
from wirescope.lab.workloads import workload
from wirescope.link import PROFILES


def tell(progress: Progress) -> None:
    """Say how far it is."""
    print(f"{progress.done} of {progress.all}: {progress.name}", file=sys.stderr)


async def main() -> None:
    """Run every cell as often as asked, and print what came of it."""
    asked = sys.argv[1:]
    plan = wirescope.ComparisonPlan(
        workloads=(workload("ticker"),),
        links=(PROFILES["clean"], PROFILES["loss-5"]),
        duration_s=float(asked[0]) if asked else 20,
        repeats=int(asked[1]) if asked[1:] else 3,
    )
    found = await wirescope.compare(plan, on_progress=tell)
    for cell in found.cells:
        shown = [f"{value:.1f} ms" if value else "-" for value in (cell.p50_ms, cell.p99_ms)]
        came = "-" if cell.delivered is None else f"{cell.delivered:.1%}"
        print(f"{cell.link:8} {cell.transport:24} half {shown[0]:>9}, 99 % {shown[1]:>9}, {came}")
    for verdict in found.verdicts:
        print(f"{verdict.use_case} over {verdict.link}: {verdict.winner}. {verdict.why}")


asyncio.run(main())
