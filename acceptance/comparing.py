"""Comparisons for what is shown: the command run by a user without rights, its JSON read."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from tests.support import unprivileged
from wirescope.clock import SystemClock
from wirescope.lab.results import CellResult, Comparison, Row, Verdict, read_comparison

LIMIT_S = 3600

ELEVEN = (
    *("Communication type", "Data types", "Connection", "Latency", "Complexity", "Security"),
    *("Use cases", "Browser integration", "Customization", "Scalability"),
    "Typical implementations",
)

EMPTY = ("not tried", "could not be tried", "nothing was measured", "no set-up was measured")
"""What a column says, in small letters, where there is nothing behind it."""

NO_BROWSER = "no browser was found"

OTHER_REASONS = ("says too little", "too little to matter", "depends on the implementation")
"""Why a verdict is not sure though no spreads overlap."""

DECIDING = {
    "p99 latency": "p99_ms",
    "p95 latency": "p95_ms",
    "median latency": "p50_ms",
    "goodput": "goodput_bps",
}
"""What decides, as sentences name it, and the figure that it is."""


def compare(*arguments: str, python: Path | None = None) -> tuple[Comparison, float]:
    """Run `wirescope compare`, without rights where that can be had; what it found, and how long.

    Args:
        arguments: of the command.
        python: the interpreter that has the program; None for this one.
    """
    command = [str(python or sys.executable), "-m", "wirescope", "compare", "--format", "json"]
    command += arguments
    if unprivileged.why_not() is None:
        command = unprivileged.unprivileged(command)
    began_ns = SystemClock.monotonic_ns()
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=LIMIT_S,
        check=False,
        env={**os.environ, "HOME": "/tmp"},
    )
    seconds = (SystemClock.monotonic_ns() - began_ns) / 1e9
    if done.returncode:
        raise SystemExit(f"wirescope compare ended with {done.returncode}")
    return read_comparison(done.stdout), seconds


def cell_of(
    found: Comparison, transport: str, link: str, *, workload: str = "ticker", control: str = ""
) -> CellResult:
    """Give a cell; of WebSocket the one on the congestion control that is named."""
    wanted = (transport, link, workload)
    (cell,) = (
        each
        for each in found.cells
        if (each.transport, each.link, each.workload) == wanted
        and (transport != "websocket" or not control or each.congestion_control == control)
    )
    return cell


def tell(cells: Sequence[CellResult]) -> Iterator[str]:
    """Say what was measured, a line a cell."""
    for cell in cells:
        figures = (cell.p50_ms, cell.p95_ms, cell.p99_ms, cell.max_ms)
        said = " ".join("     –" if each is None else f"{each:6.1f}" for each in figures)
        came = "–" if cell.delivered is None else f"{cell.delivered:.2%}"
        name = f"{cell.transport} {cell.congestion_control}".strip()
        runs = f"{len(cell.counted)} of {len(cell.repeats)} runs count"
        yield f"  {cell.workload:8} {cell.link:8} {name:26} {said} ms  {came:>8} came  {runs}"


def is_filled(row: Row, *, has_browser: bool) -> bool:
    """Whether both columns of a row say something that was seen.

    Args:
        row: of the table of differences.
        has_browser: whether there is one here; where there is none its row may say so.
    """
    columns = (row.websocket, row.webrtc)
    if row.aspect == "Browser integration" and not has_browser:
        return all(NO_BROWSER in each for each in columns)
    said = " ".join(columns).lower()
    return all(columns) and not any(each in said for each in EMPTY)


def unfounded(verdict: Verdict, cells: Sequence[CellResult]) -> str:
    """Say what is wrong with a verdict that is not sure; empty where its reason is one.

    Args:
        verdict: that is not sure.
        cells: of the whole comparison.
    """
    if "overlap" not in verdict.why:
        has_reason = any(each in verdict.why for each in OTHER_REASONS)
        return "" if has_reason else "not sure, without a reason"
    title = next((each for each in DECIDING if f"the {each} overlap" in verdict.why), None)
    if title is None:
        return "not sure, without the figure whose spreads overlap"
    wanted = (verdict.workload, verdict.link, verdict.path)
    there = [each for each in cells if (each.workload, each.link, each.path) == wanted]
    overlap = any(
        one.transport != other.transport and _overlap(one, other, DECIDING[title])
        for one, other in combinations(there, 2)
    )
    return "" if overlap else f"not sure, though no repeats of the {title} overlap"


def _overlap(one: CellResult, other: CellResult, field: str) -> bool:
    ours, theirs = (
        [value for run in each.counted if (value := getattr(run.figures, field)) is not None]
        for each in (one, other)
    )
    known = len(ours) > 1 and len(theirs) > 1
    return known and min(ours) <= max(theirs) and min(theirs) <= max(ours)
