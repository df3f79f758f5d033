"""One publisher in Chromium, ten viewers, and nothing decoded between them.

The forwarder runs in a process of its own behind WHIP and WHEP. A page publishes its fake camera as
VP8 and as VP9, with Opus; eight engine peers and two pages watch. Then one viewer loses 3 % of what
is sent to it, three layers are published and given out by request and by what a viewer's path
carries, the publisher's estimate of the bandwidth is compared with that of a call without a
forwarder over the same kind of path, and a recording says how far sound and picture are apart.
Last, `benchmarks.forwarding` and `benchmarks.packets` say what a packet costs and how many there
can be.

`--only NAME` runs one part: viewers, layers, estimate, sync, cost.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable

from playwright.async_api import Browser

from acceptance.forwarding import cost, estimate, layers, sync, viewers
from acceptance.forwarding.ends import Server, server
from tests.support.forwarding_pages import chromium
from tests.support.parts import PARTS
from wirescope.transports.webrtc.engine import load

Row = tuple[str, str, bool]
PartOf = Callable[[Server, Browser], AsyncIterator[Row]]

SHOWN: dict[str, PartOf] = {
    "viewers": viewers.show,
    "layers": layers.show,
    "estimate": estimate.show,
    "sync": sync.show,
    "cost": cost.show,
}


async def run(names: list[str]) -> bool:
    """Show these parts; whether all of them hold."""
    path = PARTS["chromium"]()
    if path is None:
        raise SystemExit("Chromium is needed; install it and run this again.")
    load()
    good = True
    for name in names:
        async with server() as forwarding, chromium(path) as browser:
            async for about, words, holds in SHOWN[name](forwarding, browser):
                good &= holds
                print(f"{'ok ' if holds else 'BAD'} {about}: {words}", flush=True)
    return good


def main() -> int:
    """Print the figures; 1 when one of them falls short."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SHOWN, help="run one part")
    asked = parser.parse_args()
    return 0 if asyncio.run(run([asked.only] if asked.only else list(SHOWN))) else 1


if __name__ == "__main__":
    sys.exit(main())
