"""The sweep of a topology: participants doubled from two until a bound is met.

Between two sizes nothing is closed. Each size is run several times, once more before that for what
the machine has to get used to.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

from wirescope.clock import SystemClock
from wirescope.errors import LabError
from wirescope.lab.measures import Bounds, Curve, Ended, Point, Spare, Topology, bound_met, no_room
from wirescope.lab.scale.stages import RATES, SECOND_NS, Holding, Round, Stage, staged

OVERRUN = 1.1
"""How much longer than it was given a sweep may take, as the last size can only be estimated."""


async def sweep(
    topology: Topology,
    bounds: Bounds | None = None,
    *,
    rounds: int = 5,
    round_s: float = 0.5,
) -> Curve:
    """Measure a topology from two participants on, doubled until a bound is met.

    Args:
        topology: which.
        bounds: how far it goes.
        rounds: at each size, of which the medians count.
        round_s: seconds for which messages are sent in each.

    Raises:
        LabError: not even two participants could be measured.
    """
    bounds = bounds or Bounds()
    points: list[Point] = []
    most_s = bounds.seconds * OVERRUN
    try:
        async with asyncio.timeout(most_s), staged(topology) as stage:
            ended = await _doubled(stage, topology, bounds, points, (rounds, round_s))
    except TimeoutError:
        ended = Ended(cause="time", words=f"{_next(points)} was not done after {most_s:.0f} s.")
    except LabError as error:
        if not points:
            raise
        ended = Ended(cause="error", words=f"At {_next(points)}: {error.message}")
    if not points:
        raise LabError(ended.words, hint="Try again when this machine has less to do.")
    return Curve(topology=topology, points=points, ended=ended, every_ms=1e3 / RATES[topology])


def _next(points: Sequence[Point]) -> int:
    return 2 * points[-1].participants if points else 2


async def _doubled(
    stage: Stage,
    topology: Topology,
    bounds: Bounds,
    points: list[Point],
    rounds: tuple[int, float],
) -> Ended:
    """Add points until there is a reason not to; that."""
    deadline_ns = SystemClock.monotonic_ns() + round(bounds.seconds * SECOND_NS)
    took_s: list[float] = []
    while True:
        size, began_ns = _next(points), SystemClock.monotonic_ns()
        await stage.grow(size)
        found, holding = await _measured(stage, size, *rounds)
        points.append(_point(size, found, holding))
        now_ns = SystemClock.monotonic_ns()
        took_s.append((now_ns - began_ns) / SECOND_NS)
        spare = Spare(
            seconds=(deadline_ns - now_ns) / SECOND_NS,
            memory_bytes=_free_bytes(),
            descriptors=holding.most_descriptors,
        )
        ended = bound_met(points[-1], bounds)
        ended = ended or no_room(topology, points, took_s, spare, bounds)
        if ended is not None:
            return ended


async def _measured(
    stage: Stage, participants: int, rounds: int, round_s: float
) -> tuple[list[Round], Holding]:
    await stage.round(participants, round_s / 2)
    found = [await stage.round(participants, round_s) for _ in range(rounds)]
    return found, await stage.holding(participants)


def _point(participants: int, found: list[Round], holding: Holding) -> Point:
    costs = [each.sender_us for each in found]
    low, middle, high = quantiles(costs, n=4, method="inclusive") if len(costs) > 1 else costs * 3
    delays = [each.p99_ms for each in found if each.p99_ms is not None]
    return Point(
        participants=participants,
        sender_us=middle,
        spread=(high - low) / 2 / middle,
        participant_us=median(each.participant_us for each in found),
        all_us=median(each.all_us for each in found),
        sender_bytes=holding.sender_bytes,
        participant_bytes=holding.participant_bytes,
        sender_share=median(each.sender_share for each in found),
        crowd_share=median(each.crowd_share for each in found),
        machine_share=median(each.machine_share for each in found),
        p99_ms=median(delays) if delays else None,
        delivered=median(each.delivered for each in found),
        descriptors=holding.descriptors,
    )


def _free_bytes() -> int | None:
    """Read how much memory is free (proc(5), meminfo); None where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) << 10
    except (OSError, ValueError):
        pass
    return None
