"""What changes under a call behind routers: it is recovered, or it ends with its reason.

Two of our peers behind routers that translate, with STUN and a relay, count to each other. Then a
router forgets its mappings or moves, an address or a device is gone, another device takes over, the
relay begins anew, or nothing gets through for 30 s or any more. Each line says what has become of
the call, after how long (from when there was a path again), and by what it was recovered. Both ends
record all the while, and both captures must have every event and every message. `just show 5.6` has
what happens where nothing translates, also with other stacks. `--only WORD` picks some.
"""

import argparse
import asyncio
import sys

from tests.support.nat.changes import ALL, Change, undergo
from tests.support.parts import PARTS

LIMIT_S = 240.0
AT_ONCE = 3


async def one(change: Change, gate: asyncio.Semaphore) -> bool:
    """Let one call undergo one change, and print the row of the table."""
    async with gate:
        try:
            async with asyncio.timeout(LIMIT_S):
                found = await undergo(change)
        except Exception as error:  # noqa: BLE001 -- the rest is to be seen, too
            print(f"BAD {change.words:40} {type(error).__name__}: {error}", flush=True)
            return False
    outcome = found.outcome
    ending = "" if outcome.words.startswith("The connection") else f", {found.by}"
    print(
        f"ok  {change.words:40} {outcome.took_s:6.1f} s  {outcome.words}{ending};"
        f" {found.messages} messages recorded",
        flush=True,
    )
    return True


async def run(only: str) -> bool:
    """Run all that are asked for, some side by side."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(one(each, gate))
            for name, each in ALL.items()
            if only in f"{name}: {each.words}"
        ]
    results = [each.result() for each in tasks]
    print(f"{sum(results)} of {len(results)} as they have to be")
    return bool(results) and all(results)


def main() -> int:
    """Print the table; 1 if one falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD")
    asked = parser.parse_args()
    if not (PARTS["nat"]() and PARTS["turnserver"]()):
        raise SystemExit(
            "Network namespaces, nft with a kernel that has it, and coturn are needed."
        )
    return 0 if asyncio.run(run(asked.only)) else 1


if __name__ == "__main__":
    sys.exit(main())
