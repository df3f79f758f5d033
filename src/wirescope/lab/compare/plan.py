"""Which cells a comparison has, and in what order their repeats are run.

The order is random, so that what else the machine does falls on all cells alike, and comes from a
seed, so that it can be run again. What makes no sense is left out: WebSocket is run once for each
congestion control, what does not run over TCP without one.
"""

import random
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from wirescope.errors import UsageError
from wirescope.lab.cells import CONGESTION_CONTROLS, Cell, PathName, TransportName
from wirescope.lab.workloads import Workload, shortened
from wirescope.link import LinkSettings

AROUND_S = 1.6
"""Seconds that a run takes beside its messages: its network, its ends, two times joining them."""

CHANNELS: tuple[TransportName, ...] = ("data-channel-reliable", "data-channel-unreliable")


class ComparisonPlan(Struct, frozen=True, kw_only=True):
    """What is compared.

    Attributes:
        workloads: what is sent.
        links: over what; names must differ.
        transports: how messages travel.
        paths: directly, through a server in the middle, or both.
        congestion_controls: of WebSocket's TCP, the first as most servers have it.
        repeats: how often each cell is run, with another seed each time.
        duration_s: for how long at most; None for as long as the workload says.
        warm_up_s: what is sent in the first seconds does not count, but of bulk.
        at_once: experiments that run at the same time, each with a network of its own.
        seed: of the order, and of the first repeat.
    """

    workloads: tuple[Workload, ...]
    links: tuple[LinkSettings, ...]
    transports: tuple[TransportName, ...] = ("websocket", *CHANNELS)
    paths: tuple[PathName, ...] = ("direct",)
    congestion_controls: tuple[str, ...] = ("cubic",)
    repeats: Annotated[int, Meta(ge=1, le=100)] = 3
    duration_s: Annotated[float, Meta(gt=0)] | None = None
    warm_up_s: Annotated[float, Meta(ge=0)] = 1.0
    at_once: Annotated[int, Meta(ge=1, le=64)] = 1
    seed: int = 1

    def __post_init__(self) -> None:
        for kind, named in (("workloads", self.workloads), ("links", self.links)):
            names = [each.name for each in named]
            if not names or len(set(names)) < len(names):
                raise UsageError(f"A comparison needs {kind} with names that differ: {names}.")
        if len(set(self.transports)) < 2:
            raise UsageError("A comparison needs two transports at least.")
        for kind, chosen in (
            ("transport", self.transports),
            ("path", self.paths),
            ("congestion control", self.congestion_controls),
        ):
            if len(set(chosen)) < len(chosen):
                raise UsageError(f"A {kind} is named twice: {', '.join(chosen)}.")
        if "media" in self.transports:
            raise UsageError(
                "Sound and pictures over RTP are not compared yet.",
                hint="Leave the transport media out; voice and video run over the others.",
            )
        unknown = set(self.congestion_controls) - set(CONGESTION_CONTROLS)
        if unknown or not self.congestion_controls:
            raise UsageError(
                f"There is no congestion control {', '.join(sorted(unknown)) or 'given'}.",
                hint=f"There are {', '.join(CONGESTION_CONTROLS)}.",
            )

        shortest_s = min(self.workload(each.name).duration_s for each in self.workloads)
        if self.warm_up_s >= shortest_s:
            raise UsageError(
                f"Nothing would be measured: a run of {shortest_s:g} s is over when the first "
                f"{self.warm_up_s:g} s, which do not count, are.",
                hint="Let runs last longer.",
            )

    def workload(self, name: str) -> Workload:
        """Give a workload, as long as it is run here."""
        found = next(each for each in self.workloads if each.name == name)
        return found if self.duration_s is None else shortened(found, self.duration_s)

    def link(self, name: str) -> LinkSettings:
        """Give a link."""
        return next(each for each in self.links if each.name == name)

    def cells(self) -> list[Cell]:
        """Give the cells, in the order of what is asked for, with the seed of the first repeat."""
        return [
            Cell(
                workload=workload.name,
                transport=transport,
                link=link.name,
                path=path,
                congestion_control=control,
                seed=self.seed,
            )
            for workload in self.workloads
            for link in self.links
            for path in self.paths
            for transport in self.transports
            for control in (self.congestion_controls if transport == "websocket" else ("",))
        ]

    def runs(self) -> list[Cell]:
        """Give every repeat of every cell, in the order in which they are run."""
        order = random.Random(self.seed)
        runs: list[Cell] = []
        for repeat in range(self.repeats):
            # each round has all cells, so that a comparison which is cut short compares all alike
            cells = [replace(cell, seed=self.seed + repeat) for cell in self.cells()]
            order.shuffle(cells)
            runs += cells
        return runs

    def spare(self, cell: Cell) -> Cell | None:
        """Give the run that takes the place of one that does not count; None after such a one."""
        is_spare = cell.seed >= self.seed + self.repeats
        return None if is_spare else replace(cell, seed=cell.seed + self.repeats)

    def estimate_s(self, runs: int | None = None) -> float:
        """Say how long the experiments take, about; of all, or of so many that are left."""
        cells = self.runs()
        lengths = [self.workload(cell.workload).duration_s + AROUND_S for cell in cells]
        left = 1.0 if runs is None else runs / len(cells)
        return left * sum(lengths) / self.at_once
