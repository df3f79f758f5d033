"""What data channels carry: our layer beside the bare engine, aiortc, and Chromium page to page.

::

    python -m benchmarks.channels [--rounds 5] [--subjects bare,ours,capture,aiortc,chromium]

Two processes, one end in each, each pinned to a core where the machine can do that. All subjects
take turns in each round, so that what else the machine does falls on all alike. Measured: messages
a second at four sizes, from the first to the last at the receiver; the round trip of 64 bytes; the
time from the making of a connection to its open channel, with candidates told one by one where the
subject can do that, certificates made within it, and nothing left to do of the connection before.
Signaling goes from one end to the other over a socket between them: through a third process, which
would share the cores of the two, each candidate would cost what no subject has to do with. `ours`
writes events down for nobody, `capture` keeps all of them in a file at
both ends.

What our layer costs is judged by the processor time of the busier end, for SCTP over loopback is
bistable: the same subject has ten times less of a rate whenever its end is not run for a moment.
Rates beside other stacks are judged by the clock, round by round. Exit status 1 if a ratio falls
short.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from benchmarks.channel_ends import SIZES, serve
from benchmarks.channel_stacks import ENDS

COUNTS = {64: 40_000, 1024: 30_000, 16_384: 6_000, 65_536: 2_000}
SLOWER = {"aiortc": 20}
"""How many times fewer messages a subject is given, so that it ends in time."""

PINGS = 1_000
SET_UPS = 15
DEADLINE_S = 120.0

RATIOS = (("capture", "bare", 0.7), ("ours", "aiortc", 5.0), ("ours", "chromium", 0.8))
"""How much of another subject's rate one has to have."""

SET_UP_OF_AIORTC = 0.2

Figures = dict[str, list[float]]


class End:
    """One end, in a process of its own."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._in, self._out = process.stdin, process.stdout
        self._done: asyncio.Queue[Any] = asyncio.Queue()
        self._stopping = False

    async def do(self, what: str, **how: Any) -> Any:
        """Let it do something, and give what came of it."""
        self._in.write(json.dumps({"do": what, **how}).encode() + b"\n")
        return await self._done.get()

    async def listen(self) -> None:
        """Take its answers."""
        while line := await self._out.readline():
            self._done.put_nowait(json.loads(line)["done"])
        if not self._stopping:
            raise RuntimeError("an end has stopped; the lines above say why")

    async def stop(self) -> None:
        """End its process."""
        self._stopping = True
        with contextlib.suppress(ProcessLookupError):
            self._in.close()
            async with asyncio.timeout(10):
                await self._process.wait()


async def start(subject: str, core: int, folder: str, signaling: socket.socket) -> End:
    """Start an end; `signaling` leads to the other one."""
    command = [sys.executable, "-m", "benchmarks.channels", "--end", subject]
    command += ["--core", str(core), "--folder", folder, "--signaling", str(signaling.fileno())]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, limit=1 << 20, pass_fds=[signaling.fileno()]
    )
    return End(process)


async def measure(subject: str) -> dict[str, float]:
    """Measure one subject once."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        sockets = socket.socketpair()
        ends = [await start(subject, core, folder, sockets[core]) for core in (0, 1)]
        for each in sockets:
            each.close()  # the ends have them now
        one, two = ends
        async with asyncio.TaskGroup() as group:
            listeners = [group.create_task(each.listen()) for each in ends]
            try:
                async with asyncio.timeout(DEADLINE_S):
                    await run(subject, one, two, found)
            finally:
                for each in ends:
                    await each.stop()
                for listener in listeners:
                    listener.cancel()
    return found


async def run(subject: str, one: End, two: End, found: dict[str, float]) -> None:
    set_ups = []
    for number in range(SET_UPS + 1):
        if number:
            await asyncio.gather(one.do("end"), two.do("end"))
        await two.do("begin", offers=False)
        set_ups.append(await one.do("begin", offers=True))
        await two.do("opened")
    found["set-up"] = statistics.median(set_ups[1:])
    await two.do("echo")
    trips = sorted(await one.do("ping", count=PINGS // SLOWER.get(subject, 1) + 100))
    found["p50"], found["p99"] = trips[len(trips) // 2], trips[int(len(trips) * 0.99)]
    for size in SIZES:
        count = COUNTS[size] // SLOWER.get(subject, 1)
        await two.do("expect", count=count)
        sent, (seconds, received) = await asyncio.gather(
            one.do("push", count=count, size=size), two.do("received")
        )
        found[f"rate {size}"] = (count - 1) / seconds
        found[f"cpu {size}"] = max(sent, received) / count


def judge(name: str, value: float, limit: float, *, most: bool = False) -> bool:
    """Print a ratio beside its limit; whether it keeps it."""
    good = value <= limit if most else value >= limit
    words = f"at {'most' if most else 'least'} {limit:g}"
    print(f"{name:58} {value:8.2f}   {words:14} {'ok' if good else 'SHORT'}")
    return good


def ratio(figures: dict[str, Figures], one: str, other: str, key: str) -> float:
    """Give the median of what one has to the other, round by round."""
    pairs = zip(figures[one][key], figures[other][key], strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def report(figures: dict[str, Figures]) -> bool:
    """Print what came of it; whether all is as it has to be."""
    for subject, values in figures.items():
        middle = {key: statistics.median(each) for key, each in values.items()}
        print(
            f"{subject:9} set-up {middle['set-up'] * 1e3:6.1f} ms   round trip"
            f" p50 {middle['p50'] * 1e6:6.0f} us p99 {middle['p99'] * 1e6:6.0f} us"
        )
        for size in SIZES:
            rate = middle[f"rate {size}"]
            print(
                f"{'':9} {size:6,} B {rate:9,.0f}/s {rate * size / 1e6:8.1f} MB/s"
                f" {middle[f'cpu {size}'] * 1e6:8.1f} us of a core at the busier end"
            )
    good = []
    for mine, other, limit in RATIOS:
        if not {mine, other} <= figures.keys():
            continue
        for size in SIZES:
            cost = ratio(figures, other, mine, f"cpu {size}")
            rate = ratio(figures, mine, other, f"rate {size}")
            if other == "bare":
                words, value = f"by the clock {rate:.2f}", cost
            else:
                words, value = f"by processor time {cost:.2f}", rate
            good.append(judge(f"{mine} to {other}, {size:,} B ({words})", value, limit))
    if {"ours", "aiortc"} <= figures.keys():
        took = ratio(figures, "ours", "aiortc", "set-up")
        words = "set-up of ours to aiortc's"
        if "bare" in figures:  # below which no layer above it comes
            words += f" (the bare engine's {ratio(figures, 'bare', 'aiortc', 'set-up'):.2f})"
        good.append(judge(words, took, SET_UP_OF_AIORTC, most=True))
    return all(good)


async def main(subjects: list[str], rounds: int) -> int:
    """Measure all subjects in turn."""
    figures: dict[str, Figures] = {subject: {} for subject in subjects}
    for number in range(rounds):
        for subject in subjects:
            for key, value in (await measure(subject)).items():
                figures[subject].setdefault(key, []).append(value)
            rates = (f"{figures[subject][f'rate {size}'][-1]:,.0f}" for size in SIZES)
            print(f"round {number + 1}  {subject:9} {' '.join(rates)} /s", flush=True)
    return 0 if report(figures) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--subjects", default=",".join(ENDS))
    parser.add_argument("--end", help=argparse.SUPPRESS)
    parser.add_argument("--core", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--signaling", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.end:
        if hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[asked.core % len(cores)]})
        path = asked.folder / f"{asked.core}.wirescope"
        asyncio.run(serve(ENDS[asked.end](), path, socket.socket(fileno=asked.signaling)))
    else:
        sys.exit(asyncio.run(main(asked.subjects.split(","), asked.rounds)))
