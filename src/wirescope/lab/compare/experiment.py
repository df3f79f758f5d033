"""One experiment: a cell run once, over a network of its own, measured and judged.

The two sides stand at the two ends of the emulated link. Where a server is in the middle, it stands
in the middle of the link too, so that both paths are equally long. What the link did is held
against what it was told; an experiment whose link missed that is kept and does not count.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from math import sqrt
from pathlib import Path
from statistics import NormalDist

from msgspec import Struct
from msgspec.structs import replace

from wirescope.lab.cells import Cell, Sample
from wirescope.lab.compare.limiting import limits_of
from wirescope.lab.ends import Carried, Crossing, Ends, Opened, Starter, Way
from wirescope.lab.measures import Figures, figures, wire_bytes_per_byte
from wirescope.lab.results import Repeat
from wirescope.lab.workloads import Workload
from wirescope.link import Direction, LinkSettings, split, variance_of_losses
from wirescope.transports.link import DirectionReport, Network, NetworkReport

DRAIN_S = 8.0
"""After the last message was sent, how long those may still come that are under way or queued."""

LATE_US = 2_000.0
"""A link is not as long as it says where one packet in a hundred leaves later than that…"""

LATE_SHARE = 0.1
"""…and later than this share of its delay, which decides nothing (`verdicts`)."""

STALL_MS = 25.0
"""A single stop of the relay that is longer holds up so many messages that percentiles move."""

_Z = NormalDist().inv_cdf(0.9995)
"""A link that does what it should is judged to lose too much or too little once in a thousand."""

_NS = 1_000_000_000


class Experiment(Struct, frozen=True, kw_only=True):
    """A cell that was run once.

    Attributes:
        cell: what was run.
        repeat: what came of it.
        samples: of each message after the warm-up.
    """

    cell: Cell
    repeat: Repeat
    samples: list[Sample]


async def run_experiment(
    cell: Cell,
    *,
    workload: Workload,
    link: LinkSettings,
    starter: Starter,
    warm_up_s: float = 1.0,
    captures: Path | None = None,
) -> Experiment:
    """Run a cell once.

    Args:
        cell: what to run.
        workload: what is sent.
        link: over what; the cell's seed takes the place of its own.
        starter: starts its network and its ends.
        warm_up_s: what is sent in the first seconds does not count; of bulk all does, since how
            long it takes to get going is a part of a transfer.
        captures: a folder for the captures of both sides; None keeps none.

    Raises:
        LabError: an end could not do what it was told.
        LinkError: there can be no such network here.
    """
    link = replace(link, seed=cell.seed)
    async with standing(cell, link, starter) as (network, ends):
        way = Way(
            transport=cell.transport,
            path=cell.path,
            host=network.address("b" if cell.path == "direct" else "s"),
            congestion_control=cell.congestion_control or None,
        )
        crossing = Crossing(ends, way)
        cold, warm = await _joined(crossing, {} if captures is None else _capture_files(captures))
        before = await network.report(afresh=True)
        carried = await crossing.carry(workload, seed=cell.seed, drain_s=DRAIN_S)
        after = await network.report()
    samples = _counted(carried, 0 if workload.pace == "bulk" else warm_up_s)
    found = Repeat(
        seed=cell.seed,
        figures=_figures(samples, workload, link),
        setup_ms=warm.setup_ms,
        cold_setup_ms=cold.setup_ms,
        cpu_s=sum(each.usage.cpu_s for each in (carried.a, carried.b)),
        server_cpu_s=None if carried.s is None else carried.s.cpu_s,
        memory_bytes=sum(each.usage.memory_bytes for each in (carried.a, carried.b)),
        wire_bytes_per_byte=_wire_bytes(before, after, carried),
        problems=tuple(missed(link, after)),
        broke=_broken(carried),
        limits=limits_of(carried, workload, before, after),
    )
    return Experiment(cell=cell, repeat=found, samples=samples)


@asynccontextmanager
async def standing(
    cell: Cell, link: LinkSettings, starter: Starter
) -> AsyncIterator[tuple[Network, Ends]]:
    """Have the network of a cell and the processes on its hosts, while the context lasts."""
    hosts = ("a", "b") if cell.path == "direct" else ("a", "s", "b")
    links = split(link, len(hosts) - 1)
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(starter.network(links=links, hosts=hosts))
        ends = {}
        for host in hosts:
            transport = "websocket" if host == "s" else cell.transport
            end = await starter.end(host, transport, network=network, real_time=network.realtime)
            ends[host] = await stack.enter_async_context(end)
        yield network, Ends(**ends)


async def _joined(crossing: Crossing, captures: dict[str, str]) -> tuple[Opened, Opened]:
    """Join the two sides from cold, part them, and join them for good.

    A capture is of the second time, but that of a far side which listens: it has one for all that
    comes.
    """
    way = crossing.way
    listens = {side: file for side, file in captures.items() if side == "b"}
    crossing.way = replace(way, captures=listens if way.path == "direct" else {})
    await crossing.listen()
    crossing.way = way
    cold, _ = await crossing.open()
    await crossing.close()
    crossing.way = replace(way, captures=captures)
    warm, _ = await crossing.open()
    return cold, warm


def _capture_files(folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    return {side: str(folder / f"{side}.wirescope") for side in ("a", "b")}


def _counted(carried: Carried, warm_up_s: float) -> list[Sample]:
    """Leave out what was sent while the connection got going."""
    from_ns = carried.start_ns + round(warm_up_s * _NS)
    return [each for each in carried.samples if each.sent_ns >= from_ns]


def _figures(samples: list[Sample], workload: Workload, link: LinkSettings) -> Figures:
    return figures(
        samples,
        floors_ms={"a": link.up.delay_ms, "b": link.down.delay_ms},
        useful_for_ms=workload.useful_for_ms,
        is_state=workload.is_state,
        is_answered=workload.pace == "answered",
        least_s=workload.sends_for_s,
    )


def _wire_bytes(before: NetworkReport, after: NetworkReport, carried: Carried) -> float | None:
    """Give the bytes of IP packets on the way for each byte of a message that came."""
    sent = sum(
        late.counts.offered_bytes - early.counts.offered_bytes
        for early, late in zip(before.directions, after.directions, strict=True)
    )
    came = sum(each.size for each in carried.samples if each.received_ns is not None)
    return wire_bytes_per_byte(sent, came)


# What does not count


def _broken(carried: Carried) -> str:
    """Say why the connection did not live to the end, which is a result; empty where it did."""
    return next((each.broke for each in (carried.a, carried.b) if each.broke), "")


def missed(link: LinkSettings, report: NetworkReport) -> list[str]:
    """Say what the link did not keep of its settings."""
    problems = []
    for direction, told in zip(report.directions, _told(link, report), strict=True):
        way = f"From {direction.source} to {direction.target}"
        found = (*_late(direction, told), *_lost(direction, told))
        problems += [f"{way}, {each}." for each in found]
    return problems


def _told(link: LinkSettings, report: NetworkReport) -> list[Direction]:
    """Give what each direction of a report was told."""
    hops = split(link, len(report.directions) // 2)
    return [told for hop in hops for told in (hop.up, hop.down)]


def _late(direction: DirectionReport, told: Direction) -> list[str]:
    """Say where packets left late, or were dropped by the systems at both ends of the link."""
    problems = []
    late_us = direction.lateness.p99_us
    if late_us > max(LATE_US, LATE_SHARE * told.delay_ms * 1_000):
        problems.append(f"one packet in a hundred left {late_us / 1_000:.1f} ms late or more")
    if direction.behind_ms > STALL_MS:
        problems.append(f"the relay stood still for {direction.behind_ms:.0f} ms")
    dropped = direction.missed + direction.refused
    if dropped:
        problems.append(f"{dropped:,} packets were dropped beside the link")
    return problems


def _lost(direction: DirectionReport, told: Direction) -> list[str]:
    """Say where more or less was lost than chance allows for what the link was told."""
    counts = direction.counts
    count = counts.passed + counts.lost
    share = 0.0 if told.loss is None else told.loss.stationary
    deviation = 0.0 if told.loss is None else sqrt(variance_of_losses(told.loss, count))
    if abs(counts.lost - count * share) <= _Z * deviation + 1:  # 1: of few packets a loss is one
        return []
    return [f"{counts.lost:,} of {count:,} packets were lost where {share:.2%} should be"]
