"""Names and numbers as a report has them: how cells are called, how figures are written.

The terminal uses the same ones. Sentences about results are the verdicts'; what is here says what a
cell is and writes its figures with as many digits as the clock really has.
"""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from wirescope.lab.results import CellResult
from wirescope.lab.verdicts import (
    brief_name,
    cell_name,
    control_name,
    listing,
    milliseconds,
    percent,
)

NOT_KNOWN: Final = "–"

_KIBI = 1 << 10
_MEGABIT = 1e6


class Column(NamedTuple):
    """A figure of a cell, as tables show it.

    Attributes:
        field: of `CellResult`.
        head: its name.
        unit: what it is in; empty for a number alone.
        factor: that makes the unit of the field's.
        places: digits after the point.
        about: what it is, in a sentence.
    """

    field: str
    head: str
    unit: str
    factor: float
    places: int
    about: str

    def shown(self, cell: CellResult) -> str:
        """Write the figure of a cell, without its unit."""
        value: float | None = getattr(cell, self.field)
        if value is None:
            return NOT_KNOWN
        if self.unit == "%":
            return share(value)
        return f"{value * self.factor:,.{self.places}f}".replace("-", "−")


_TIMES = (
    Column("setup_ms", "set-up", "ms", 1, 0, "Until the transport could take the first message."),
    Column(
        "p50_ms", "p50", "ms", 1, 1, "One-way latency that half of the messages did not exceed."
    ),
    Column("p95_ms", "p95", "ms", 1, 1, "The same for 95 % of the messages."),
    Column("p99_ms", "p99", "ms", 1, 1, "The same for 99 % of the messages."),
    Column("p999_ms", "p99.9", "ms", 1, 1, "The same for 99.9 % of the messages."),
    Column("max_ms", "max", "ms", 1, 1, "The longest of all repeats."),
)
_SHARES = (
    Column("delivered", "delivered", "%", 100, 2, "Share of what was sent that came."),
    Column("in_order", "in order", "%", 100, 2, "Share of what came that was not overtaken."),
)
_COSTS = (
    Column("wire_bytes_per_byte", "wire/byte", "", 1, 2, "Bytes over the link for each that came."),
    Column("cpu_s", "CPU", "s", 1, 2, "Processor time of both sides together."),
)


def columns(cells: Iterable[CellResult]) -> tuple[Column, ...]:
    """Return the figures that a table of some cells shows, with a unit of goodput that fits."""
    most = max((each.goodput_bps or 0 for each in cells), default=0)
    unit, factor = ("Mbit/s", 1e-6) if most >= _MEGABIT else ("kbit/s", 1e-3)
    goodput = Column(
        "goodput_bps",
        "goodput",
        unit,
        factor,
        1 if unit == "kbit/s" else 2,
        "Bits of messages that came, a second.",
    )
    return (*_TIMES, *_SHARES, goodput, *_COSTS)


def share(value: float) -> str:
    """Write a share in percent; what is not all and not nothing is never rounded to it.

    >>> share(1), share(0.94971), share(0.999999)
    ('100', '94.97', '>99.99')
    """
    shown = f"{100 * value:.2f}"
    if value in (0, 1):
        return f"{100 * value:.0f}"
    return {"100.00": ">99.99", "0.00": "<0.01"}.get(shown, shown)


def name(cell: CellResult) -> str:
    """Call a cell as sentences do: `WebSocket on CUBIC`, `reliable data channel`."""
    stack = "" if cell.stack == "wirescope" else f" ({cell.stack})"
    return cell_name(cell).removeprefix("the ") + stack


def short_name(cell: CellResult, among: Collection[CellResult]) -> str:
    """Call a cell as briefly as its place allows.

    Args:
        cell: the cell.
        among: those that it stands beside; what all of them have in common is not said.
    """
    said = [brief_name(cell.transport)]
    alike = [each for each in among if each.transport == cell.transport]
    if len({each.congestion_control for each in alike}) > 1:
        said.append(control_name(cell.congestion_control))
    if len({each.stack for each in among}) > 1:
        said.append(cell.stack)
    return " ".join(said)


def sure(confidence: float | None) -> str:
    """Say how sure a verdict is; of one that is not, and says so itself, nothing."""
    return percent(confidence) if confidence else NOT_KNOWN


def seeds(cell: CellResult) -> str:
    """Name the seeds of a cell's repeats: `seeds 1, 2, 3`."""
    numbers = [f"{each.seed}" for each in cell.repeats]
    return f"seed{'s' if len(numbers) > 1 else ''} {', '.join(numbers) or NOT_KNOWN}"


def what_does_not_count(cell: CellResult) -> str:
    """Say which repeats do not count and why; empty where all do."""
    if not cell.problems:
        return ""
    why = "; ".join(each.rstrip(".") for each in cell.problems)
    if not cell.valid:
        return f"does not count: {why}"
    out = [f"{each.seed}" for each in cell.repeats if each.problems]
    which = f"the run{'s' if len(out) > 1 else ''} with seed {listing(out)}"
    verb = "do" if len(out) > 1 else "does"
    return f"{which} {verb} not count: {why}"


def further(cell: CellResult) -> list[str]:
    """Say the figures of a cell that tables have no column for, as far as they are known."""
    times = (
        ("cold set-up", cell.cold_setup_ms),
        ("drift", cell.drift_ms),
        ("age p50", cell.age_p50_ms),
        ("age p99", cell.age_p99_ms),
        ("answer p50", cell.answer_p50_ms),
        ("answer p99", cell.answer_p99_ms),
    )
    shares = (("late", cell.late_share), ("in time", cell.in_time))
    said = [f"{what} {signed(value)}" for what, value in times if value is not None]
    said += [f"{what} {share(value)} %" for what, value in shares if value is not None]
    if cell.server_cpu_s is not None:
        said.append(f"server's CPU {cell.server_cpu_s:.2f} s")
    if cell.memory_bytes is not None:
        said.append(f"memory {cell.memory_bytes / _KIBI**2:,.0f} MiB")
    return said


def signed(value_ms: float) -> str:
    """Say a time that may be below 0; what is next to nothing has no sign."""
    if abs(value_ms) < 0.05:
        return "0.0 ms"
    return f"−{milliseconds(-value_ms)}" if value_ms < 0 else milliseconds(value_ms)
