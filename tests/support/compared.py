"""A comparison as the lab would find it, made up: messages over modelled links, from fixed seeds.

What is made up are only the samples. Figures, cells, distributions and verdicts come about as in a
real comparison. There is a clean link, one that loses packets, one on which messages pile up at
their sender, one on which nobody can be sure, a cell that does not count, a run that does not
count, and a bulk workload.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from wirescope.lab.cells import Cell, Sample, TransportName
from wirescope.lab.measures import distribution, figures, intervals
from wirescope.lab.results import CellResult, Comparison, Repeat, Row, cell_result
from wirescope.lab.verdicts import LinkFacts, verdicts
from wirescope.lab.workloads import Sending, Workload, shortened, workload
from wirescope.link import PROFILES, LinkSettings

_MS = 1_000_000
_SEEDS = (1, 2, 3)
_DURATION_S = 12

WORKLOADS: Mapping[str, Workload] = {
    name: shortened(workload(name), _DURATION_S) for name in ("ticker", "game", "file")
}
LINKS: Mapping[str, LinkSettings] = {
    name: PROFILES[name] for name in ("clean", "loss-5", "narrow-lossy", "loss-1")
}

ENVIRONMENT: dict[str, Any] = {
    "time": "2026-11-22T12:04:31Z",
    "wirescope": "0.1.0",
    "command": "wirescope compare ticker game file --link clean,loss-5,narrow-lossy,loss-1",
    "python": "CPython 3.12.4",
    "system": "Linux 6.1.0",
    "machine": "x86_64",
    "processor": "Example CPU at 2.40 GHz",
    "cores": 8,
    "load": [0.42, 0.37, 0.2],
    "congestion_controls": ["reno", "cubic", "bbr"],
    "gil": True,
    "runs": "comparison-2026-11-22",
    "captures": True,
}

ROWS = (
    Row(
        aspect="Communication type",
        websocket="client to server: every byte passes the server, two hops between two clients",
        webrtc="peer to peer, one hop; through a relay where no direct path is found",
        evidence="captures of both sides, direct and server path",
    ),
    Row(
        aspect="Latency",
        websocket="p99 27.0 ms without loss, 134 ms at 5 % loss: what is behind a lost one waits",
        webrtc="p99 26.9 ms at any loss unreliable (5 % never came), 187 ms at 5 % reliable",
        evidence="cells ticker/clean, ticker/loss-5",
    ),
    Row(
        aspect="Complexity",
        websocket="2 round trips until the first message, 104 ms",
        webrtc="6 round trips until the first message, 312 ms; needs signaling",
        evidence="setup_ms of all cells",
    ),
    Row(
        aspect="Security",
        websocket="TLS to the server, which reads every message",
        webrtc="DTLS from end to end; the server in the middle saw no payload",
        evidence="captures of the server path",
    ),
)


class _Way(NamedTuple):
    """How a transport behaves on a link.

    Attributes:
        transport: its name.
        control: the congestion control, of TCP.
        loss: share of its packets that are lost.
        recovery_ms: what it takes until a lost one came after all; None where it never does.
        pause_ms: for how long its sender is busy with each message, so that the next ones wait.
        wobble: how much runs differ, as a share of what waits.
        problem: why no run counts, or only the last one does not.
    """

    transport: TransportName
    control: str = ""
    loss: float = 0
    recovery_ms: float | None = None
    pause_ms: float = 0
    wobble: float = 0
    problem: str = ""
    only_last: bool = False


_STOOD_STILL = "From a to b, the relay stood still for 41 ms."


def _ways(workload: str, link: str) -> list[_Way]:
    loss = {"clean": 0.0, "loss-5": 0.05, "narrow-lossy": 0.05, "loss-1": 0.01}[link]
    pause_ms = 24 if link == "narrow-lossy" else 0
    if workload == "file":
        pause_ms = 3
    wobble = 0.9 if link == "loss-1" else 0.05
    if link == "loss-1":
        return [
            _Way("websocket", "cubic", loss, 100, 0, wobble),
            _Way("data-channel-reliable", "", loss, 105, 0, wobble),
        ]
    first = _Way("websocket", "cubic", loss, 110, pause_ms * 0.9, wobble)
    return [
        first,
        first._replace(control="bbr", recovery_ms=95, pause_ms=0 if workload != "file" else 2),
        _Way("data-channel-reliable", "", loss, 160, pause_ms * 1.2, wobble),
        _Way("data-channel-unreliable", "", loss, None, pause_ms * 1.1, wobble),
    ]


def _with_faults(ways: list[_Way], workload: str, link: str) -> list[_Way]:
    if (workload, link) == ("game", "loss-5"):
        ways[2] = ways[2]._replace(problem=_STOOD_STILL)
    if (workload, link) == ("ticker", "clean"):
        ways[0] = ways[0]._replace(problem=_STOOD_STILL, only_last=True)
    return ways


def _carried(plan: Sequence[Sending], way: _Way, one_way_ms: float, seed: int) -> list[Sample]:
    """Carry what is planned, one message after the other for each side."""
    chance = random.Random(f"{way} {seed}")
    run = 1 + way.wobble * (chance.random() - 0.5)
    free_ns = {"a": 0, "b": 0}
    before_ns = {"a": 0, "b": 0}
    numbers = {"a": 0, "b": 0}
    samples = []
    for side, at_ns, size in plan:
        gone_ns = max(at_ns, free_ns[side])
        free_ns[side] = gone_ns + round(way.pause_ms * run * _MS)
        took_ms = one_way_ms * (1 + chance.expovariate(60))
        received_ns: int | None = gone_ns + round(took_ms * _MS)
        if chance.random() < way.loss:
            again = way.recovery_ms
            received_ns = None if again is None else gone_ns + round((took_ms + again * run) * _MS)
        if way.recovery_ms is not None and received_ns is not None:
            before_ns[side] = received_ns = max(received_ns, before_ns[side])
        samples.append(Sample(side, numbers[side], size, at_ns, received_ns))
        numbers[side] += 1
    return samples


@cache
def _plan(name: str, seed: int) -> list[Sending]:
    found = WORKLOADS[name]
    plan = found.plan(seed)
    if found.pace == "bulk":
        return [plan[0]] * 600
    return plan


def _measured(found: Workload, link: LinkSettings, way: _Way) -> CellResult:
    one_way_ms = link.up.delay_ms
    runs = {seed: _carried(_plan(found.name, seed), way, one_way_ms, seed) for seed in _SEEDS}
    repeats = [_repeat(found, way, seed, run, one_way_ms) for seed, run in runs.items()]
    counted = [runs[each.seed] for each in repeats if not each.problems]
    return cell_result(
        Cell(
            workload=found.name,
            transport=way.transport,
            link=link.name,
            congestion_control=way.control,
        ),
        repeats,
        intervals(counted) if counted else {},
        distribution(counted) if counted else None,
    )


def _repeat(found: Workload, way: _Way, seed: int, run: list[Sample], one_way_ms: float) -> Repeat:
    is_tcp = way.transport == "websocket"
    counts = not way.problem or (way.only_last and seed != _SEEDS[-1])
    return Repeat(
        seed=seed,
        figures=figures(
            run,
            floors_ms={"a": one_way_ms, "b": one_way_ms},
            useful_for_ms=found.useful_for_ms,
            is_state=found.is_state,
        ),
        setup_ms=(4 if is_tcp else 12) * one_way_ms + 4 + seed,
        cold_setup_ms=(4 if is_tcp else 14) * one_way_ms + 64 + seed,
        cpu_s=(0.21 if is_tcp else 0.58) + seed / 100,
        memory_bytes=(31 if is_tcp else 74) << 20,
        wire_bytes_per_byte=(1.34 if is_tcp else 1.52) + way.loss,
        problems=() if counts else (way.problem,),
    )


def _facts(link: LinkSettings) -> LinkFacts:
    loss = link.up.loss
    return LinkFacts(
        name=link.name,
        round_trip_ms=link.up.delay_ms + link.down.delay_ms,
        loss=0 if loss is None else loss.stationary,
        rate_bps=link.up.mean_rate_bps,
    )


def _cells() -> Iterator[CellResult]:
    places = {
        "ticker": ("clean", "loss-5", "narrow-lossy", "loss-1"),
        "game": ("clean", "loss-5"),
        "file": ("clean",),
    }
    for name, links in places.items():
        for link in links:
            for way in _with_faults(_ways(name, link), name, link):
                yield _measured(WORKLOADS[name], LINKS[link], way)


@cache
def compared() -> Comparison:
    """Give the comparison."""
    cells = tuple(_cells())
    return Comparison(
        environment=ENVIRONMENT,
        cells=cells,
        rows=ROWS,
        verdicts=tuple(
            verdicts(
                cells,
                workloads=WORKLOADS,
                links={name: _facts(link) for name, link in LINKS.items()},
            )
        ),
    )
