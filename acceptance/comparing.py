"""Comparisons for what is shown: the command run by a user without rights, its JSON read."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support import unprivileged
from wirescope.clock import SystemClock
from wirescope.lab.results import CellResult, Comparison, read_comparison

LIMIT_S = 3600

ELEVEN = (
    *("Communication type", "Data types", "Connection", "Latency", "Complexity", "Security"),
    *("Use cases", "Browser integration", "Customization", "Scalability"),
    "Typical implementations",
)


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
