"""How soon a large capture is shown, and whether what is shown keeps up while one grows.

::

    python -m benchmarks.desk [--events 1000000] [--rate 50000] [--seconds 10]

A capture of random text and binary is opened on a desk that has never seen it: the time to the
first window of rows, to the complete index, to the overview; what the index takes a row. Then a
process of its own records events at a given rate while the desk is asked every 50 ms what is new,
as the page does: how far the rows are behind what was saved, the processor time that it takes, and
by how much memory grows. Exit status 1 if a limit is missed.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.capture_query import build, stream
from wirescope.capture import CaptureWriter
from wirescope.clock import SystemClock
from wirescope.events import Timeline
from wirescope.workbench.desk import Desk, View
from wirescope.workbench.workspace import History

FIRST_WINDOW_LIMIT_S = 0.2
INDEX_LIMIT_S = 5.0
ROW_LIMIT_BYTES = 16.0
LAG_LIMIT_S = 0.5
CPU_LIMIT = 0.5

_BATCH = 64

now_ns = SystemClock.monotonic_ns


def judge(name: str, value: float, limit: float, unit: str) -> bool:
    """Print a figure beside its limit; whether it keeps it."""
    good = value <= limit
    verdict = "ok" if good else "MISSED"
    print(f"{name:52} {value:10.2f} {unit:5} limit {limit:8.1f}   {verdict}")
    return good


async def large(folder: Path, count: int) -> list[bool]:
    """Open a large capture, folded and unfolded."""
    captures = folder / "captures"
    captures.mkdir()
    build(captures / "large.wirescope", count)
    results = []
    for fold in (False, True):
        what = "folded" if fold else "plain"
        view = View(capture="large", fold=fold)
        async with Desk(History(folder)) as desk:
            began_ns = now_ns()
            window = await desk.rows(view, 0, 200)
            took_s = (now_ns() - began_ns) / 1e9
            assert len(window.rows) == 200
            results.append(judge(f"first window, {what}", took_s, FIRST_WINDOW_LIMIT_S, "s"))
            while not window.complete:
                await asyncio.sleep(0.01)
                window = await desk.rows(view, 0, 1)
            took_s = (now_ns() - began_ns) / 1e9
            results.append(judge(f"complete index, {what}", took_s, INDEX_LIMIT_S, "s"))
            opened = await desk.opened("large")
            each = await opened.index_bytes() / window.total
            results.append(judge(f"index, {what}: a row", each, ROW_LIMIT_BYTES, "B"))
            for name, start in (("middle", window.total // 2), ("end", window.total - 200)):
                began_ns = now_ns()
                await desk.rows(view, start, 200)
                took_s = (now_ns() - began_ns) / 1e9
                results.append(judge(f"window in the {name}, {what}", took_s, 0.2, "s"))
            began_ns = now_ns()
            await desk.overview(view)
            took_s = (now_ns() - began_ns) / 1e9
            results.append(judge("overview in 600 bins", took_s, 0.2, "s"))
    return results


def record(path: Path, rate: int, seconds: float) -> None:
    """Record events at a rate, in a process of its own."""
    timeline = Timeline()
    with CaptureWriter.create(path, timeline=timeline) as writer:
        events = stream(timeline, round(rate * seconds))
        began_s, made = time.perf_counter(), 0  # noqa: TID251 -- it paces what it makes
        while batch := list(islice(events, _BATCH)):
            writer(batch)
            made += len(batch)
            ahead_s = made / rate - (time.perf_counter() - began_s)  # noqa: TID251
            if ahead_s > 0.002:
                time.sleep(ahead_s)


async def live(folder: Path, rate: int, seconds: float) -> list[bool]:
    """Follow a capture that another process records."""
    path = folder / "captures" / "live.wirescope"
    recorder = multiprocessing.get_context("spawn").Process(
        target=record, args=(path, rate, seconds)
    )
    recorder.start()
    while not path.exists():  # noqa: ASYNC110 -- another process makes it
        await asyncio.sleep(0.01)
    behind_s, asked_s = [], []
    async with Desk(History(folder)) as desk:
        watcher = desk.watcher()
        watcher.watch(1, View(capture="live", fold=True), tail=60)
        await watcher.changes()
        memory, cpu_s, began_ns = _memory(), _cpu_s(), now_ns()
        read_seq = rows = last_seq = 0
        while recorder.is_alive() or read_seq < last_seq:
            began_poll_ns = now_ns()
            changes = await watcher.changes()
            asked_s.append((now_ns() - began_poll_ns) / 1e9)
            for update in changes.views:
                read_seq, last_seq, rows = update.read_seq, update.last_seq, update.total
                behind_s.append((last_seq - read_seq) / rate)
            await asyncio.sleep(0.05)
        took_s = (now_ns() - began_ns) / 1e9
        cpu_s = _cpu_s() - cpu_s
        memory = _memory() - memory
        opened = await desk.opened("live")
        index_bytes = await opened.index_bytes()
    recorder.join()
    print(f"{rows:,} rows of {read_seq:,} events, {read_seq / took_s:,.0f} events/s followed")
    return [
        judge("rows behind what is saved, worst", max(behind_s), LAG_LIMIT_S, "s"),
        judge("an answer to what is new, worst", max(asked_s), LAG_LIMIT_S, "s"),
        judge("processor time, analysis included", cpu_s / took_s, CPU_LIMIT, "cores"),
        judge("index: a row", index_bytes / max(1, rows), ROW_LIMIT_BYTES, "B"),
        judge("memory grown", memory / 1e6, 128, "MB"),
    ]


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _memory() -> int:
    """Say how much memory is resident now; Linux counts it in pages."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> int:
    """Measure; 1 when a limit was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = asyncio.run(large(Path(folder), arguments.events))
        results += asyncio.run(live(Path(folder), arguments.rate, arguments.seconds))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
