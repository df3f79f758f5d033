"""Bulk: the goodput of each transport as a share of the link's rate, and what keeps it from more.

Nine links, of 10, 100 and 1,000 Mbit/s with round trips of 1, 20 and 100 ms; on each WebSocket on
CUBIC and on BBR, a reliable channel and an unreliable one, for some seconds. Each has to have a
share, none above 1, and where it is below nine tenths the tool itself has to say why.

The queue before each link is as long as the round trip, so that one sender that halves its window
leaves the link full, but 50 ms at least: with 1 ms a single packet would fill it at 10 Mbit/s.

At 1,000 Mbit/s the links have an MTU of 9,000 bytes, as what emulates them carries 70,000 packets a
second or so; data channels send packets of 1,250 bytes all the same. A tenth link shows what is
said of 1,000 Mbit/s at 1,500 bytes. A cell whose link did not keep its settings is marked.

Then a queue of 200 ms, on which an unpaced channel stands still after its first burst: it has to be
seen and named, beside the same with a pace and beside WebSocket, and beside Chromium, page to page,
where that is installed.
"""

import asyncio
import sys
from collections.abc import Iterator

from msgspec.structs import replace

from benchmarks.bulk import series
from tests.support.ends import Stack
from tests.support.namespaces import namespaces
from tests.support.parts import PARTS
from wirescope.clock import SystemClock
from wirescope.lab.cells import TransportName
from wirescope.lab.compare import ComparisonPlan, Progress, compare
from wirescope.lab.results import CellResult, Comparison
from wirescope.lab.verdicts import (
    FULL,
    NOT_KNOWN,
    LinkFacts,
    cell_name,
    reasons,
    share,
    stands_still,
)
from wirescope.lab.workloads import Workload, workload
from wirescope.link import Direction, LinkSettings, Queue, symmetric

RUN_S = 4.0
RATES_MBIT, ROUND_TRIPS_MS = (10, 100, 1_000), (1, 20, 100)
SHORTEST_QUEUE_MS = 50.0
JUMBO_FROM_MBIT, JUMBO_BYTES, COMMON_BYTES = 1_000, 9_000, 1_500

LONG_QUEUE_MS = 200.0
STANDING_S = 6.0
STANDING_MBIT = (10, 100)
STANDING_ROUND_TRIP_MS = 20
OF_THE_RATE = 0.8
KEPT = 0.95
"""Part of its pace that a paced transfer has to keep."""

STOOD = 0.5
"""Part of the rate that a channel which stands still does not reach."""

FILE = workload("file")
CHANNEL: TransportName = "data-channel-reliable"


def link(
    rate_mbit: int, round_trip_ms: float, *, queue_ms: float, mtu: int = COMMON_BYTES
) -> LinkSettings:
    """Make a link, called after its numbers."""
    name = f"{rate_mbit}-{round_trip_ms:g}"
    direction = Direction(
        delay_ms=round_trip_ms / 2,
        rate_bps=rate_mbit * 1_000_000,
        queue=Queue(ms=queue_ms),
    )
    return symmetric(name if mtu == COMMON_BYTES else f"{name}-jumbo", direction, mtu=mtu)


def links() -> tuple[LinkSettings, ...]:
    """Make the nine links, and the tenth."""
    nine = [
        link(
            rate,
            trip,
            queue_ms=max(SHORTEST_QUEUE_MS, trip),
            mtu=JUMBO_BYTES if rate >= JUMBO_FROM_MBIT else COMMON_BYTES,
        )
        for rate in RATES_MBIT
        for trip in ROUND_TRIPS_MS
    ]
    return (*nine, link(JUMBO_FROM_MBIT, ROUND_TRIPS_MS[0], queue_ms=SHORTEST_QUEUE_MS))


def facts_of(settings: LinkSettings) -> LinkFacts:
    """Say what of a link a reason needs."""
    trip_ms = settings.up.delay_ms + settings.down.delay_ms
    rate_bps = settings.down.rate_bps
    return LinkFacts(name=settings.name, round_trip_ms=trip_ms, loss=0, rate_bps=rate_bps)


def run(plan: ComparisonPlan) -> Comparison:
    """Compare, and say of each experiment that failed why."""

    def tell(progress: Progress) -> None:
        if progress.failure:
            print(f"  {progress.name}: {progress.failure}", flush=True)

    return asyncio.run(compare(plan, environment={}, on_progress=tell))


def tell(cell: CellResult, sent: Workload, facts: LinkFacts) -> Iterator[str]:
    """Say what a cell reached and why it was no more; give what falls short."""
    part, why = share(cell, sent, facts), reasons(cell, sent, facts)
    name = f"{sent.name} over {cell_name(cell)} on {facts.name}"
    mark = "" if cell.valid else "  (its link did not keep its settings)"
    said = "  –  " if part is None else f"{part:5.3f}"
    print(f"  {facts.name:14} {sent.name:11} {cell_name(cell):28} {said}{mark}", flush=True)
    for each in (*why, *(() if cell.valid else cell.problems)):
        print(f"  {'':14} {'':11} – {each}")
    if not part:
        yield f"{name}: no figure"
    elif part > 1:
        yield f"{name}: {part:.3f} of the link's rate"
    elif part < FULL and (not why or NOT_KNOWN in why):
        yield f"{name}: {part:.3f}, and no reason"


def sweep() -> Iterator[str]:
    """Run the links; give what falls short."""
    all_links = links()
    plan = ComparisonPlan(
        workloads=(FILE,),
        links=all_links,
        congestion_controls=("cubic", "bbr"),
        repeats=1,
        duration_s=RUN_S,
    )
    found = run(plan)
    for each in all_links:
        cells = [cell for cell in found.cells if cell.link == each.name]
        if len(cells) < len(plan.cells()) / len(all_links):
            yield f"{each.name}: {len(cells)} cells only"
        for cell in cells:
            yield from tell(cell, plan.workload(FILE.name), facts_of(each))


def standing() -> Iterator[str]:
    """Run a channel without a pace and with one before a long queue; give what falls short."""
    stood = False
    for rate in STANDING_MBIT:
        only = link(rate, STANDING_ROUND_TRIP_MS, queue_ms=LONG_QUEUE_MS)
        pace = OF_THE_RATE * rate * 1e6 / 8
        paced = replace(FILE, name="file paced", bulk_bytes_per_s=pace)
        plan = ComparisonPlan(
            workloads=(FILE, paced),
            links=(only,),
            transports=("websocket", CHANNEL),
            repeats=1,
            duration_s=STANDING_S,
        )
        found = run(plan)
        for cell in found.cells:
            sent, facts = plan.workload(cell.workload), facts_of(only)
            yield from tell(cell, sent, facts)
            part = share(cell, sent, facts) or 0
            if cell.workload == paced.name:
                if part < KEPT * OF_THE_RATE or stands_still(cell):
                    yield f"{only.name}: paced, {cell_name(cell)} reached {part:.3f}"
            elif cell.transport == CHANNEL:
                named = any("fills the queue" in each for each in reasons(cell, sent, facts))
                stood = stood or (part < STOOD and named and stands_still(cell))
            elif part < FULL:
                yield f"{only.name}: {cell_name(cell)} reached {part:.3f}"
        for verdict in found.verdicts:
            print(f"  {only.name}, {verdict.workload}: {verdict.why}", flush=True)
    if not stood:
        yield "no unpaced channel stood still, or it was not said"


def beside_chromium() -> Iterator[str]:
    """Run the same between two pages of Chromium; give what falls short."""
    if not (namespaces() and PARTS["chromium"]()):
        print("  Chromium is not installed, or there are no namespaces: not compared")
        return
    rate = STANDING_MBIT[0]
    stacks: tuple[tuple[str, Stack], ...] = (
        ("ours", "engine"),
        ("Chromium, page to page", "chromium"),
    )
    for name, stack in stacks:
        seconds, dropped = asyncio.run(
            series(stack, mbit_s=rate, queue_ms=LONG_QUEUE_MS, seconds=int(STANDING_S), pace=None)
        )
        part = 8 * sum(seconds) / len(seconds) / rate
        shown = " ".join(f"{each:.2f}" for each in seconds)
        print(f"  {name:24} {part:.3f}, {dropped} dropped; MB in each second: {shown}", flush=True)
        if part >= STOOD:
            yield f"{name}: {part:.3f} of the rate, so the two do not do the same"


def main() -> int:
    """Run all of it, and say what falls short."""
    began_ns = SystemClock.monotonic_ns()
    failed: list[str] = []
    for title, part in (
        (f"share of the link's rate, {RUN_S:g} s a run", sweep),
        (f"a queue of {LONG_QUEUE_MS:g} ms, {STANDING_S:g} s a run", standing),
        (f"{STANDING_MBIT[0]} Mbit/s, a queue of {LONG_QUEUE_MS:g} ms", beside_chromium),
    ):
        print(title, flush=True)
        failed += part()
    print(f"{(SystemClock.monotonic_ns() - began_ns) / 1e9:.0f} s")
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
