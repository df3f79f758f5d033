"""Connections come and go: nothing is left of them, programs end while they live, none hangs.

A thousand connections are opened, say something and are closed, all of it captured: memory, threads
and descriptors must stay as they were once it had settled. Then programs end with 50 connections
open, idle and busy, in each way in which a program can end; their status and what they say must be
that way's and nothing else. Last, a publisher and ten viewers are started again and again under a
watchdog. `--connections`, `--starts` make it shorter.
"""

import argparse
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from wirescope.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "acceptance.lifetime.programs"

SETTLED = 10
"""Part of the connections, one in so many, after which nothing may grow any more."""

GROWTH_MIB = 8.0
CHURN_S = 600.0
EXIT_S = 60.0
STARTS_A_PROCESS = 10
START_S = 30.0

PURPOSE = "RuntimeError: on purpose"

ENDINGS = {"return": 0, "exit": 3, "exception": 1}


def run(*arguments: str, timeout_s: float) -> tuple[int | None, str, str]:
    """Run a program: its status, or None when it hung, and what it said."""
    command = [sys.executable, "-m", PROGRAM, *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=timeout_s
        )
    except subprocess.TimeoutExpired:
        return None, "", "it did not end in time"
    return done.returncode, done.stdout, done.stderr


def churned(count: int) -> Iterator[tuple[str, str, bool]]:
    """Open and close so many connections."""
    status, said, errors = run("churn", str(count), timeout_s=CHURN_S)
    if status != 0 or errors:
        yield "connections opened and closed", f"status {status}: {errors[-500:]}", False
        return
    rows = [tuple(map(float, line.split())) for line in said.splitlines()]
    for number, mib, threads, descriptors, each_ms in rows:
        print(
            f"  after {number:5.0f}: {mib:6.1f} MiB, {threads:.0f} threads, {descriptors:.0f}"
            f" descriptors, {each_ms:.1f} ms each"
        )
    first = next(row for row in rows if row[0] >= count / SETTLED)
    last = rows[-1]
    grown = last[1] - first[1]
    words = f"{grown:.1f} MiB more after {count} than after {first[0]:.0f}, {GROWTH_MIB:g} at most"
    yield "memory", words, grown <= GROWTH_MIB and last[0] == count
    for name, at in (("threads", 2), ("descriptors", 3)):
        yield name, f"{first[at]:.0f}, then {last[at]:.0f}", last[at] <= first[at]


def exits() -> Iterator[tuple[str, str, bool]]:
    """End programs whose connections are open."""
    kinds = itertools.product(("idle", "busy"), ("left", "kept"), ENDINGS)
    for traffic, contexts, ending in kinds:
        began_ns = SystemClock.monotonic_ns()
        status, said, errors = run("exit", traffic, contexts, ending, timeout_s=EXIT_S)
        took_s = (SystemClock.monotonic_ns() - began_ns) / 1e9
        good = status == ENDINGS[ending] and said == "50 connections are open\n"
        complaint = errors
        if ending == "exception":
            lines = errors.splitlines()
            own = lines[:1] == ["Traceback (most recent call last):"] and lines[-1].endswith(
                PURPOSE
            )
            complaint = "" if own and errors.count("Traceback") == 1 else errors or "no traceback"
        words = f"status {status}, {took_s:.1f} s" if status is not None else "it hangs"
        if complaint:
            words += f", and it says {complaint[-600:]!r}"
        yield f"exit by {ending}, {traffic}, contexts {contexts}", words, good and not complaint


def starts(count: int) -> Iterator[tuple[str, str, bool]]:
    """Start a publisher and ten viewers so many times."""
    bad, took_ms = [], []
    for number in range(0, count, STARTS_A_PROCESS):
        rounds = min(STARTS_A_PROCESS, count - number)
        status, said, errors = run("starts", str(rounds), timeout_s=rounds * START_S)
        took_ms += [float(line) for line in said.splitlines()]
        if status != 0 or errors:
            bad.append(f"status {status}: {errors[-500:]}")
    took_ms.sort()
    words = f"{len(took_ms)} of {count} went well"
    if took_ms:
        words += f", {took_ms[len(took_ms) // 2]:.0f} ms in the middle, {took_ms[-1]:.0f} at most"
    yield "1 publisher and 10 viewers", "; ".join([words, *bad]), len(took_ms) == count and not bad


def main() -> int:
    """Run all; 1 if any falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--starts", type=int, default=100)
    asked = parser.parse_args()
    good = True
    for name, words, each in itertools.chain(
        churned(asked.connections), exits(), starts(asked.starts)
    ):
        good &= each
        print(f"{'ok ' if each else 'BAD'} {name}: {words}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
