"""The places of a comparison: what was measured of one workload on one link and path.

At each place the transports stand beside each other: one verdict, one set of figures. How a
transport looks in them is the same at all places.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wirescope.lab.cells import PathName, TransportName
from wirescope.lab.measures import LATE_MS
from wirescope.lab.results import CellResult, Comparison, Verdict
from wirescope.lab.verdicts import Criterion, criterion
from wirescope.lab.workloads import Workload

_DRIFTS = 0.2  # of the median, from the first third of the messages to the last


class Place(NamedTuple):
    """A workload on a link and path.

    Attributes:
        workload: what was sent.
        link: the name of the emulated network.
        path: whether a server was in the middle.
        cells: what was measured, in the order of the comparison.
        verdict: what follows; None where one transport alone was run.
    """

    workload: Workload
    link: str
    path: PathName
    cells: tuple[CellResult, ...]
    verdict: Verdict | None

    @property
    def anchor(self) -> str:
        """What its parts of a page are called, in letters, digits and dashes."""
        words = f"{self.workload.name} {self.link} {self.path}"
        return "-".join("".join(c if c.isalnum() else " " for c in words).split())

    @property
    def valid(self) -> tuple[CellResult, ...]:
        """The cells that count."""
        return tuple(each for each in self.cells if each.valid)

    @property
    def criterion(self) -> Criterion | None:
        """What decides here; None where too little came."""
        return criterion(self.valid, self.workload)

    @property
    def drifts(self) -> bool:
        """Whether latencies grew in the course of the runs, of a workload that has a pace."""
        if self.workload.pace == "bulk":
            return False
        return any(
            cell.drift_ms > max(LATE_MS, _DRIFTS * (cell.p50_ms or 0))
            for cell in self.valid
            if cell.drift_ms is not None
        )


def places(comparison: Comparison, workloads: Mapping[str, Workload]) -> list[Place]:
    """Return the places of a comparison, in the order of its cells.

    Args:
        comparison: what was found.
        workloads: by their names, those of all cells.
    """
    found: dict[tuple[str, str, PathName], list[CellResult]] = {}
    for cell in comparison.cells:
        found.setdefault((cell.workload, cell.link, cell.path), []).append(cell)
    told = {(each.workload, each.link, each.path): each for each in comparison.verdicts}
    return [
        Place(workloads[workload], link, path, tuple(cells), told.get((workload, link, path)))
        for (workload, link, path), cells in found.items()
    ]


class Look(NamedTuple):
    """How a cell is drawn: what differs by colour differs by dash and marker as well.

    Attributes:
        hue: the class of the style sheet that has its colour.
        dash: the class that has its dash.
        marker: its shape: `circle`, `square`, `diamond` or `triangle`.
        filled: whether its markers are; a second cell of the same transport has hollow ones.
    """

    hue: str
    dash: str
    marker: str
    filled: bool


_LOOKS: Final[dict[TransportName, tuple[str, str, str]]] = {
    "websocket": ("ws", "", "circle"),
    "data-channel-reliable": ("rtc", "", "square"),
    "data-channel-unreliable": ("rtc", "dashed", "diamond"),
    "media": ("rtc", "dotted", "triangle"),
}


def looks(cells: tuple[CellResult, ...]) -> list[Look]:
    """Return how each of some cells is drawn that stand beside each other."""
    seen: dict[TransportName, int] = {}
    found = []
    for cell in cells:
        hue, dash, marker = _LOOKS[cell.transport]
        before = seen.get(cell.transport, 0)
        seen[cell.transport] = before + 1
        found.append(
            Look(hue, dash if not before else f"{dash} second".strip(), marker, not before)
        )
    return found
