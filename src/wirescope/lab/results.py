"""What a comparison found: cells with their repeats, rows and verdicts, as JSON and as Parquet.

The names of `CellResult`'s first fields, and those of rows and verdicts, are those that `wirescope
compare --format json` prints and keeps; what stands behind them follows. Not here: how figures come
about (`measures`), what they mean (`verdicts`).
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from statistics import median
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from wirescope.errors import UsageError
from wirescope.lab.cells import Cell, PathName, TransportName
from wirescope.lab.measures import Distribution, Figures, Interval, Limits

ASPECTS = (
    *("Communication type", "Data types", "Connection", "Latency", "Complexity", "Security"),
    *("Use cases", "Browser integration", "Customization", "Scalability"),
    "Typical implementations",
    "Throughput and cost",
)
"""What the rows of the table of differences are about, in their order."""


class Repeat(Struct, frozen=True, kw_only=True):
    """One run of a cell.

    Attributes:
        seed: of the workload and of the link.
        figures: of the messages.
        setup_ms: until the transport could take the first message, of an end that had been
            connected before.
        cold_setup_ms: the same of an end that had just been started.
        cpu_s: processor time of both sides together.
        server_cpu_s: that of the server in the middle; None where there is none.
        memory_bytes: that both sides together have at the end.
        wire_bytes_per_byte: bytes over the link for each of a message that came.
        problems: what the link did not keep of its settings, a sentence each; then the run does not
            count.
        broke: a sentence where the connection did not live to the end; what was still to be sent
            counts as not delivered.
        limits: what a bulk transfer met on its way; None of all others.
    """

    seed: int
    figures: Figures
    setup_ms: float | None = None
    cold_setup_ms: float | None = None
    cpu_s: float | None = None
    server_cpu_s: float | None = None
    memory_bytes: int | None = None
    wire_bytes_per_byte: float | None = None
    problems: tuple[str, ...] = ()
    broke: str = ""
    limits: Limits | None = None


class CellResult(Struct, frozen=True, kw_only=True):
    """What a cell's repeats say together: of each figure the median, of the longest the longest.

    Repeats whose link did not keep its settings do not count, and are kept all the same. A figure
    is None where it was not measured or too little was seen for it.

    Attributes:
        workload: its name.
        transport: how its messages travelled.
        link: the name of the emulated network.
        path: whether a server was in the middle.
        setup_ms: until the transport could take the first message.
        p50_ms: one-way latency that half of the messages that came did not exceed.
        p95_ms: the same for 95 %.
        p99_ms: the same for 99 %.
        p999_ms: the same for 99.9 %.
        max_ms: the longest of all repeats.
        delivered: share of what was sent that came.
        in_order: share of what came that was not overtaken.
        goodput_bps: bits of messages that came, a second.
        wire_bytes_per_byte: bytes over the link for each of a message that came.
        cpu_s: processor time of both sides together.
        congestion_control: of TCP; empty where no TCP was used.
        stack: the implementation that was measured.
        valid: whether the link kept its settings, in one repeat at least.
        cold_setup_ms: until the transport of an end that had just been started could take it.
        server_cpu_s: processor time of the server in the middle.
        memory_bytes: that both sides together have at the end.
        late_share: share of what came that was late.
        in_time: share of what was sent that came while it was of use.
        drift_ms: how much longer the last third of the messages took than the first.
        age_p50_ms: the age of information for half of the time, of a state.
        age_p99_ms: the same for 99 % of the time.
        answer_p50_ms: from a request until its answer came.
        answer_p99_ms: the same of 99 % of the answers.
        intervals: between what a figure lies but for chance, by the figure's name.
        repeats: one for each run, in the order of their seeds.
        distribution: of the latencies of the repeats that count, for plots; None where none does.
    """

    workload: str
    transport: TransportName
    link: str
    path: PathName = "direct"
    setup_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    p999_ms: float | None = None
    max_ms: float | None = None
    delivered: float | None = None
    in_order: float | None = None
    goodput_bps: float | None = None
    wire_bytes_per_byte: float | None = None
    cpu_s: float | None = None
    congestion_control: str = ""
    stack: str = "wirescope"
    valid: bool = True
    cold_setup_ms: float | None = None
    server_cpu_s: float | None = None
    memory_bytes: float | None = None
    late_share: float | None = None
    in_time: float | None = None
    drift_ms: float | None = None
    age_p50_ms: float | None = None
    age_p99_ms: float | None = None
    answer_p50_ms: float | None = None
    answer_p99_ms: float | None = None
    intervals: dict[str, Interval] = {}
    repeats: tuple[Repeat, ...] = ()
    distribution: Distribution | None = None

    @property
    def cell(self) -> Cell:
        """What was run, with the seed of the first repeat."""
        named = {name: getattr(self, name) for name in Cell.__struct_fields__ if name != "seed"}
        return Cell(seed=self.repeats[0].seed if self.repeats else 1, **named)

    @property
    def counted(self) -> tuple[Repeat, ...]:
        """The repeats whose link kept its settings."""
        return tuple(each for each in self.repeats if not each.problems)

    @property
    def problems(self) -> tuple[str, ...]:
        """What the link did not keep of its settings, each said once."""
        return tuple(dict.fromkeys(each for run in self.repeats for each in run.problems))

    @property
    def is_complete(self) -> bool:
        """Whether every message came, in every repeat that counts."""
        shares = [run.figures.delivered for run in self.counted] or [self.delivered]
        return all(share == 1 for share in shares)


class Row(Struct, frozen=True, kw_only=True):
    """A row of the table of differences.

    Attributes:
        aspect: what is compared, as `Latency`.
        websocket: what was found of WebSocket.
        webrtc: what was found of WebRTC.
        evidence: where that can be looked up: cells, captures, commands.
    """

    aspect: str
    websocket: str
    webrtc: str
    evidence: str


class Verdict(Struct, frozen=True, kw_only=True):
    """Which transport is the better one for a use case on a link.

    Attributes:
        use_case: the application.
        link: the emulated network.
        winner: the transport; or `no difference`, `not sure`, `invalid`.
        why: from the figures, in sentences: by how much, at what price, where it would change.
        confidence: how sure that is, from 0 to 1; None where nothing valid was measured.
        workload: what was sent.
        path: whether a server was in the middle.
        headline: the first sentences of why: which one, by how much and at what price, or why none.
    """

    use_case: str
    link: str
    winner: str
    why: str
    confidence: float | None
    workload: str
    path: PathName
    headline: str = ""


class Comparison(Struct, frozen=True, kw_only=True):
    """A whole comparison.

    Attributes:
        environment: what it ran on and with: machine, versions, command, time.
        cells: what was measured.
        rows: the table of differences.
        verdicts: what follows for each use case and link.
    """

    environment: dict[str, Any]
    cells: tuple[CellResult, ...]
    rows: tuple[Row, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


_BESIDE_FIGURES = (
    *("setup_ms", "cold_setup_ms", "cpu_s", "server_cpu_s"),
    *("memory_bytes", "wire_bytes_per_byte"),
)
_OF_FIGURES = tuple(
    name for name in Figures.__struct_fields__ if name in CellResult.__struct_fields__
)


def cell_result(
    cell: Cell,
    repeats: Iterable[Repeat],
    intervals: Mapping[str, Interval] | None = None,
    distribution: Distribution | None = None,
) -> CellResult:
    """Put the repeats of a cell together.

    Args:
        cell: what was run; its seed does not matter here.
        repeats: one for each run.
        intervals: of the repeats that count, as `measures.intervals` gives them.
        distribution: of them, as `measures.distribution` gives it.
    """
    ordered = tuple(sorted(repeats, key=lambda each: each.seed))
    counted = [each for each in ordered if not each.problems]
    figures = [each.figures for each in counted]
    found: dict[str, Any] = {name: _median(counted, name) for name in _BESIDE_FIGURES}
    found |= {name: _median(figures, name) for name in _OF_FIGURES}
    longest = [each.max_ms for each in figures if each.max_ms is not None]
    found["max_ms"] = max(longest, default=None)
    return CellResult(
        workload=cell.workload,
        transport=cell.transport,
        link=cell.link,
        path=cell.path,
        congestion_control=cell.congestion_control,
        stack=cell.stack,
        valid=bool(counted),
        intervals=dict(intervals or {}),
        repeats=ordered,
        distribution=distribution,
        **found,
    )


def _median(records: Sequence[Struct], name: str) -> float | None:
    known = [value for each in records if (value := getattr(each, name)) is not None]
    return median(known) if known else None


def comparison_json(comparison: Comparison) -> bytes:
    """Return a comparison as JSON, with two spaces of indentation."""
    return msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n"


def read_comparison(data: bytes) -> Comparison:
    """Read what `comparison_json` wrote; UsageError where it is something else."""
    try:
        return msgspec.json.decode(data, type=Comparison)
    except msgspec.DecodeError as error:
        raise UsageError(
            f"This is not a comparison's JSON: {error}.",
            hint="Give a file that `wirescope compare --format json` wrote.",
        ) from None


def repeat_rows(cells: Iterable[CellResult]) -> list[dict[str, Any]]:
    """Return a row for each repeat: what was run, with which seed, and every figure of it."""
    return [_row(cell, repeat) for cell in cells for repeat in cell.repeats]


def _row(cell: CellResult, repeat: Repeat) -> dict[str, Any]:
    named = msgspec.structs.asdict(cell.cell)
    beside = {name: getattr(repeat, name) for name in _BESIDE_FIGURES}
    figures = msgspec.structs.asdict(repeat.figures)
    problems = "; ".join(repeat.problems)
    return {**named, "seed": repeat.seed, "problems": problems, **beside, **figures}


def check_parquet() -> None:
    """See that Parquet can be written; UsageError when pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise UsageError(
            "Parquet is written with pyarrow, which is not installed.",
            hint="Install it with `pip install 'wirescope[parquet]'`.",
        )


def write_parquet(cells: Iterable[CellResult], stream: BinaryIO) -> None:
    """Write the rows of `repeat_rows` as Parquet; UsageError when pyarrow is not installed."""
    check_parquet()
    import pyarrow as pa
    from pyarrow import parquet

    texts = {*Cell.__struct_fields__, "problems"} - {"seed"}
    wholes = {"seed", "sent", "received", "memory_bytes"}
    names = [*Cell.__struct_fields__, "problems", *_BESIDE_FIGURES, *Figures.__struct_fields__]
    schema = pa.schema(
        (name, pa.string() if name in texts else pa.int64() if name in wholes else pa.float64())
        for name in names
    )
    table = pa.Table.from_pylist(repeat_rows(cells), schema=schema)
    parquet.write_table(table, stream, compression="zstd")
