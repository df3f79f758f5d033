"""When a core stood still or was slow, since its host gave the time to somebody else.

A virtual machine stands still now and then for some tens of milliseconds, or runs at a third of its
speed. What was under way meanwhile seems to have taken that long, whatever program it was. A
witness on each core goes before everything that is measured: every millisecond it wakes and does
the same small piece of work. Where it wakes late, nobody could run; where the work takes much
longer than it mostly does, everybody was slow. It needs the right to real-time priority (Linux,
`CAP_SYS_NICE`); without it nothing is known of stalls, and none is left out.

Run as `python -m benchmarks.stalls CORE` it is the witness: a line for each stall, beginning and
end in nanoseconds of the monotonic clock.
"""

import asyncio
import os
import sys
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from wirescope.clock import SystemClock

PERIOD_S = 0.001
LATE_NS = 1_000_000
SLOW = 3
"""So many times what the work mostly takes."""

WORK = 300
"""Steps of it, some 20 microseconds."""

SAMPLES = 300
"""What it mostly takes is told by so many."""

PRIORITY = 2
"""What is measured has 1."""

READY_S = 1.5
"""Seconds until a witness knows what its work takes."""

MOST_LEFT_OUT = 0.5
"""When more than this share was under way during stalls, nothing is left out."""

AFTERMATH = 3
"""What came due in a stall is done after it: at a load of three quarters that takes three times its
length."""

Span = tuple[int, int]
_now_ns = SystemClock.monotonic_ns


class Stalls:
    """The stalls of some cores, in the order of their ends."""

    def __init__(self) -> None:
        self._spans: list[Span] = []

    def note(self, span: Span) -> None:
        """Add one."""
        self._spans.append(span)

    def untouched(self, spans: list[Span]) -> list[int]:
        """Give how long those took, in nanoseconds, that no stall or its aftermath has touched.

        All of them, where that would be less than half: a judgement needs more than a remainder.
        """
        merged = _merge((a, b + AFTERMATH * (b - a)) for a, b in self._spans)
        ends = [end for _, end in merged]

        def is_touched(span: Span) -> bool:
            at = bisect_left(ends, span[0])
            return at < len(merged) and merged[at][0] < span[1]

        kept = [span for span in spans if not is_touched(span)]
        if len(kept) < (1 - MOST_LEFT_OUT) * len(spans):
            kept = spans
        return [end - begin for begin, end in kept]

    def share(self, since_ns: int, until_ns: int) -> float:
        """Say for which share of a time one of the cores stood still."""
        cut = [(max(a, since_ns), min(b, until_ns)) for a, b in _merge(self._spans)]
        return sum(b - a for a, b in cut if b > a) / max(1, until_ns - since_ns)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


@asynccontextmanager
async def witnessed(cores: Iterable[int]) -> AsyncIterator[Stalls]:
    """Have each core watched while the context lasts."""
    stalls = Stalls()
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.stalls", str(core), stdout=asyncio.subprocess.PIPE
        )
        for core in cores
    ]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_listen(each, stalls)) for each in processes]
            await asyncio.sleep(READY_S)
            yield stalls
            for task in tasks:
                task.cancel()
    finally:
        for each in processes:
            with suppress(ProcessLookupError):
                each.kill()
            await each.wait()


async def _listen(process: asyncio.subprocess.Process, stalls: Stalls) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        begin, end = line.split()
        stalls.note((int(begin), int(end)))


def witness(core: int) -> int:
    """Watch a core until this process is ended; 1 at once where that cannot be done."""
    try:
        os.sched_setaffinity(0, {core})
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    except (AttributeError, OSError):
        return 1
    took = []
    for _ in range(SAMPLES):
        time.sleep(PERIOD_S)  # as later: what was done before has left the caches
        took.append(_work())
    slow_ns = SLOW * sorted(took)[SAMPLES // 2]
    before = _now_ns()
    while os.getppid() != 1:
        time.sleep(PERIOD_S)
        is_late = _now_ns() - before - PERIOD_S * 1e9 > LATE_NS
        if _work() > slow_ns or is_late:
            print(before, _now_ns(), flush=True)
        before = _now_ns()
    return 0


def _work() -> int:
    began, total = _now_ns(), 0
    for step in range(WORK):
        total += step * step % 7
    return _now_ns() - began


if __name__ == "__main__":
    sys.exit(witness(int(sys.argv[1])))
