"""The sweep of a topology: participants doubled from two until a bound is met.

Between two sizes nothing is closed. Each size is run several times, once more before that for what
the machine has to get used to.
"""

from pathlib import Path
from statistics import median, quantiles

from wirescope.clock import SystemClock
from wirescope.errors import LabError
from wirescope.lab.measures import Bounds, Curve, Ended, Point, Spare, Topology, bound_met, no_room
from wirescope.lab.scale.stages import SECOND_NS, Holding, Round, Stage, staged


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
    deadline_ns = SystemClock.monotonic_ns() + round(bounds.seconds * SECOND_NS)
    points: list[Point] = []
    took_s: list[float] = []
    async with staged(topology) as stage:
        ended: Ended | None = None
        while ended is None:
            size = 2 * points[-1].participants if points else 2
            began_ns = SystemClock.monotonic_ns()
            try:
                await stage.grow(size)
                found, holding = await _measured(stage, size, rounds, round_s)
                points.append(_point(size, found, holding))
            except LabError as error:
                if not points:
                    raise
                ended = Ended(cause="error", words=f"At {size}: {error.message}")
                break
            took_s.append((SystemClock.monotonic_ns() - began_ns) / SECOND_NS)
            spare = Spare(
                seconds=(deadline_ns - SystemClock.monotonic_ns()) / SECOND_NS,
                memory_bytes=_free_bytes(),
                descriptors=holding.most_descriptors,
            )
            ended = bound_met(points[-1], bounds) or no_room(
                topology, points, took_s, spare, bounds
            )
    return Curve(topology=topology, points=points, ended=ended, every_ms=1e3 / stage.rate)


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
