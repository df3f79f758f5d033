"""What the n-th participant costs, from two to as many as this machine holds, and the model of it.

A WebSocket server, a mesh of data channels and a forwarder of media are each doubled until a bound
is met. The model of the smaller sizes says what the next doubling takes, which is then run. A cost
that did not grow with the participants would be half of what a line foretells for a doubling, and
one that grew with their square twice that, so 30 % tell the line from both; medians of one size
differ by a tenth to a third between sweeps of a busy machine. What is beyond a bound is shown and
not judged: there messages are taken several at a time, which costs less.

`--only NAME` runs one topology: server, mesh, sfu.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator

from wirescope.clock import SystemClock
from wirescope.lab.scale import Bounds, Curve, Topology, lines, sweep

SECONDS: dict[Topology, float] = {"server": 45, "mesh": 75, "sfu": 75}
LEAST_SIZES = 4
MOST_ERROR = 0.3


def shortcomings(curve: Curve) -> Iterator[str]:
    """Say what a sweep falls short of."""
    name, checked = curve.topology, curve.checked
    if len(curve.points) < LEAST_SIZES:
        yield f"{name}: {len(curve.points)} sizes, {LEAST_SIZES} at least"
    if checked is None:
        yield f"{name}: nothing was foretold"
    elif abs(checked.error) > MOST_ERROR:
        yield f"{name}: the model is {checked.error:+.0%} off, {MOST_ERROR:.0%} at most"
    if not curve.ended.words:
        yield f"{name}: what ended it is not said"
    if curve.ended.cause == "error":
        yield f"{name}: it ended by an error"


def main() -> int:
    """Sweep each topology; 1 when one falls short."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SECONDS, help="run one topology")
    only = parser.parse_args().only
    failed: list[str] = []
    for topology, seconds in SECONDS.items():
        if only not in (None, topology):
            continue
        began_ns = SystemClock.monotonic_ns()
        curve = asyncio.run(sweep(topology, Bounds(seconds=seconds)))
        for line in lines(curve):
            print(line, flush=True)
        print(f"  {(SystemClock.monotonic_ns() - began_ns) / 1e9:.0f} s", flush=True)
        failed += shortcomings(curve)
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
