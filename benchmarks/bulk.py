"""Bulk over a narrow link that drops what its queue does not hold: with a pace and without.

::

    python -m benchmarks.bulk [--mbit 10] [--queue-ms 200] [--seconds 12]

The two ends are in network namespaces with a router between them, whose links have a rate and a
queue that drops at its tail (`tc tbf`). Messages of 16 KiB go over one reliable, ordered channel:
from our peer without a pace, from one page of Chromium to another, which is the same SCTP, and from
our peer with a pace of 0.8 of the rate. Printed are megabytes in each second, as they arrived. Exit
status 1 if the paced transfer does not keep its pace; what the others do is told and not judged.
"""

import argparse
import asyncio
import sys

from tests.support.ends import Stack, call
from tests.support.namespaces import namespaces, network
from tests.support.parts import PARTS

OF_THE_RATE = 0.8
"""The pace; headers of IP, UDP, DTLS and SCTP take about 7 % of the rate."""

SETTLED_S = 2
"""Seconds that are left out of the mean."""

LEAST = 0.9
"""Part of its pace that a paced transfer has to keep."""


async def series(
    stack: Stack, *, mbit_s: float, queue_ms: float, seconds: int, pace: float | None
) -> tuple[list[float], int]:
    """Transfer for so many seconds: megabytes in each of them, and packets that were dropped."""
    async with network() as made, call(made, stack, ours=stack) as two:
        await made.limit(mbit_s=mbit_s, queue_ms=queue_ms)
        await two.begin()
        await two.count()
        await two.until_counted(within_s=30)
        await two.us.do("bulk", **({} if pace is None else {"pace_bytes_per_s": pace}))
        loop = asyncio.get_running_loop()
        began_s, before, found = loop.time(), 0, []
        for second in range(1, seconds + 1):
            await asyncio.sleep(max(0, began_s + second - loop.time()))
            octets = (await two.other.status()).octets
            found.append((octets - before) / 1e6)
            before = octets
        return found, await made.dropped()


async def run(*, mbit_s: float, queue_ms: float, seconds: int) -> bool:
    """Run the three transfers, one after the other."""
    pace = OF_THE_RATE * mbit_s * 1e6 / 8
    print(f"{mbit_s:g} Mbit/s, a queue of {queue_ms:g} ms; MB in each second")
    rows: list[tuple[str, Stack, float | None]] = [
        ("ours, no pace", "engine", None),
        ("Chromium, page to page", "chromium", None),
        (f"ours, {pace / 1e6:g} MB/s", "engine", pace),
    ]
    mean = 0.0
    for name, stack, of in rows:
        found, dropped = await series(
            stack, mbit_s=mbit_s, queue_ms=queue_ms, seconds=seconds, pace=of
        )
        mean = sum(found[SETTLED_S:]) / len(found[SETTLED_S:])
        shown = " ".join(f"{each:.2f}" for each in found)
        print(f"{name:24} {mean:6.2f} MB/s, {dropped:5} dropped: {shown}", flush=True)
    return mean >= LEAST * pace / 1e6


def main() -> int:
    """Print the figures; 1 if the pace is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mbit", type=float, default=10)
    parser.add_argument("--queue-ms", type=float, default=200)
    parser.add_argument("--seconds", type=int, default=12)
    asked = parser.parse_args()
    if not (namespaces() and PARTS["chromium"]()):
        raise SystemExit("Network namespaces and Chromium are needed for this.")
    kept = asyncio.run(run(mbit_s=asked.mbit, queue_ms=asked.queue_ms, seconds=asked.seconds))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
