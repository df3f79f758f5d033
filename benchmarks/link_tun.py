"""How many packets a second an emulated link carries between two namespaces, and how punctually.

Run as `python -m benchmarks.link_tun [--seconds S] [--delay MS] [--loss SHARE]
[--by veth]`. A sender and a
sink run in namespaces of their own, the relay between them, all three on this machine's cores and,
where that is allowed, before its other programs. Of each size first 50,000 packets a second are
offered, then as many as the sender can make, which is more than are carried. Printed are packets a
second that came, the delay's error at p50 and p99, what the relay says of its own lateness, and
its CPU a packet. Falls short where 50,000 a second are not carried, or one is lost that the
settings did not ask for.
"""

import argparse
import asyncio
import os
import sys

from tests.support.datagram_flow import flow
from wirescope.link import Direction, LinkSettings, RandomLoss
from wirescope.transports.link import DeviceKind, open_network, why_not

RATE = 50_000
SIZES = (64, 1200)
REACHED = 0.99


async def measure(
    link: LinkSettings, size: int, rate: float, seconds: float, by: DeviceKind
) -> bool:
    """Send through a link and print what came; whether all came that should have."""
    async with open_network(links=(link,), by=by) as network:
        found = await flow(
            network, rate=rate, seconds=seconds, size=size, realtime=network.realtime
        )
        report = await network.report()
    there = report.directions[0]
    counts, lateness = there.counts, there.lateness
    error = [found.delay_ms(share) - link.up.delay_ms for share in (0.5, 0.99)]
    unread = 1 - len(found.numbers) / max(1, counts.passed)
    cpu_us = report.cpu_s / max(1, counts.offered) * 1e6
    print(
        f"{size:>5} B  offered {found.sent / found.took_s:>8,.0f}/s  carried "
        f"{counts.offered / found.took_s:>8,.0f}/s  came {found.rate:>8,.0f}/s\n"
        f"         lost {counts.lost / max(1, counts.offered):.2%}, dropped before the relay "
        f"{there.missed:,}, behind it {there.refused}, by the sink {unread:.1%}\n"
        f"         delay error p50 {error[0]:.3f} ms, p99 {error[1]:.3f} ms; relay late p50 "
        f"{lateness.p50_us:.0f} µs, p99 {lateness.p99_us:.0f} µs, behind {there.behind_ms:.1f} ms; "
        f"its CPU {cpu_us:.2f} µs a packet",
        flush=True,
    )
    return there.missed == 0 and counts.offered / found.took_s >= rate * REACHED


async def show(seconds: float, delay_ms: float, loss: float, by: DeviceKind) -> int:
    up = Direction(delay_ms=delay_ms, loss=RandomLoss(share=loss) if loss else None)
    link = LinkSettings(name="measured", up=up, down=Direction(delay_ms=delay_ms))
    print(f"delay {delay_ms:g} ms, loss {loss:.1%}, {by}, {os.cpu_count()} cores", flush=True)
    reached = True
    for size in SIZES:
        reached &= await measure(link, size, RATE, seconds, by)
        await measure(link, size, 0, seconds, by)
    return 0 if reached else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--delay", type=float, default=20, help="of the link, in ms")
    parser.add_argument("--loss", type=float, default=0.01, help="of the link, as a share")
    parser.add_argument("--by", choices=("tun", "veth"), default="tun", help="the hosts' devices")
    asked = parser.parse_args()
    if reason := why_not():
        print(reason)
        return 1
    return asyncio.run(show(asked.seconds, asked.delay, asked.loss, asked.by))


if __name__ == "__main__":
    sys.exit(main())
