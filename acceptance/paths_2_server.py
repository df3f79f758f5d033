"""Our STUN and TURN server serves those who know it from its specification alone.

RFC 5769's vectors are read; coturn's client tools send over UDP, TCP and TLS, by IPv4 and IPv6, to
a peer and to each other, and lose nothing; coturn's tool asks what its NAT does. Two engine peers,
and two pages of Chromium, call each other through the server alone. Five hundred clients hold an
allocation and relay at once. Last, how many packets a second it relays: 20,000 offered over a
hundred allocations, and as many as it can, turn by turn with coturn. The server runs in a process
of its own.

`--only NAME` runs one part: vectors, tools, engines, pages, many, rate.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from acceptance.relaying import calls, load, tools, vectors

Row = tuple[str, str, bool]

SHOWN: dict[str, Callable[[Path], AsyncIterator[Row]]] = {
    "vectors": vectors.show,
    "tools": tools.show,
    "engines": calls.show_engines,
    "pages": calls.show_pages,
    "many": load.show_many,
    "rate": load.show_rate,
}


async def run(names: list[str]) -> bool:
    """Show these parts; whether all of them hold."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            async for about, words, holds in SHOWN[name](Path(folder)):
                good &= holds
                print(f"{'ok ' if holds else 'BAD'} {about:<40} {words}", flush=True)
    return good


def main() -> int:
    """Print the figures; 1 when one of them falls short."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SHOWN, help="run one part")
    asked = parser.parse_args()
    return 0 if asyncio.run(run([asked.only] if asked.only else list(SHOWN))) else 1


if __name__ == "__main__":
    sys.exit(main())
