"""What changes under a connection: it goes on, or ends with its reason and within its deadline.

Two ends, each in a network namespace of its own with a router between them, count to each other
while video is added, offers meet, ICE is restarted, addresses change, cables are pulled, the
network swallows everything for 30 s, UDP is blocked, with and without a TURN server that takes TCP,
no address can reach the other, or one is killed. Ours is one of them; the other is ours too, or
Chromium, or aiortc as far as that goes. What was sent before, meanwhile and after has to arrive
once and in order. `--only WORD` picks some.
"""

import argparse
import asyncio
import sys

from tests.support.ends import Stack
from tests.support.namespaces import namespaces
from tests.support.parts import PARTS
from tests.support.troubles import ALL, LONG, QUICK, Outcome, Trouble, undergo

TROUBLES = [*QUICK.values(), *LONG.values()]
LIMIT_S = 150.0


async def one(trouble: Trouble, stack: Stack) -> bool:
    """Let one connection undergo one trouble, and print the row of the table."""
    try:
        async with asyncio.timeout(LIMIT_S):
            outcome = await undergo(trouble, stack)
    except Exception as error:  # noqa: BLE001 -- the rest is to be seen, too
        outcome = Outcome(f"{type(error).__name__}: {error}", 0)
        good = False
    else:
        good = True
    row = f"{trouble.words:40} {stack:9} {outcome.took_s:6.1f} s  {outcome.words}"
    print(f"{'ok ' if good else 'BAD'} {row}", flush=True)
    return good


async def all_of(stack: Stack, only: str) -> list[bool]:
    """Let a stack undergo all that it can, one after the other."""
    return [
        await one(each, stack)
        for each in TROUBLES
        if stack in each.stacks and only in f"{each.words} {stack}"
    ]


async def run(only: str) -> bool:
    """Run the stacks side by side."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(all_of(stack, only)) for stack in ALL]
    results = [each for task in tasks for each in task.result()]
    print(f"{sum(results)} of {len(results)} as they have to be")
    return bool(results) and all(results)


def main() -> int:
    """Print the table; 1 if one falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD")
    asked = parser.parse_args()
    if not (namespaces() and PARTS["chromium"]() and PARTS["turnserver"]()):
        raise SystemExit("Network namespaces, Chromium and coturn are needed for this.")
    return 0 if asyncio.run(run(asked.only)) else 1


if __name__ == "__main__":
    sys.exit(main())
