"""Our TURN server refuses what it has to, and answers those without credentials within a budget.

A server in a process of its own is asked to relay to private, loopback, link-local, mapped and its
own addresses, in all three ways in which one can ask; it is asked without credentials, with wrong,
expired, forged and replayed ones; it is flooded from one address, from many, and with connections
that say nothing, while a client goes on; the length of each answer is compared with that of the
request, as IP packets, beside coturn's. Last, a million damaged datagrams.

`--only NAME` runs one part: peers, credentials, floods, amplification, datagrams.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from acceptance.relaying import amplification, credentials, datagrams, floods, peers

Row = tuple[str, str, bool]

SHOWN: dict[str, Callable[[Path], AsyncIterator[Row]]] = {
    "peers": peers.show,
    "credentials": credentials.show,
    "floods": floods.show,
    "amplification": amplification.show,
    "datagrams": datagrams.show,
}


async def run(names: list[str]) -> bool:
    """Show these parts; whether all of them hold."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            async for about, words, holds in SHOWN[name](Path(folder)):
                good &= holds
                print(f"{'ok ' if holds else 'BAD'} {about:<42} {words}", flush=True)
    return good


def main() -> int:
    """Print the figures; 1 when one of them falls short."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SHOWN, help="run one part")
    asked = parser.parse_args()
    return 0 if asyncio.run(run([asked.only] if asked.only else list(SHOWN))) else 1


if __name__ == "__main__":
    sys.exit(main())
