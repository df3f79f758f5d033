"""Whether a NAT is told for what it is, and which pairs of NATs connect.

A client behind each kind of NAT that the rig makes, every mapping with every filtering, with
hairpinning and without, asks a STUN server of ours with two addresses (RFC 5780). What it finds is
held against what plain sockets find (`tests.support.nat.truth`). From what was found alone it is
predicted which pairs connect directly; then two engine peers call each other, with STUN and nothing
else.
"""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import combinations_with_replacement

from tests.support.nat.asker import asked
from tests.support.nat.calls import caller, connect
from tests.support.nat.own_server import own_server
from tests.support.nat.rig import Rig, rig
from tests.support.nat.sides import ALL_NATS, Side
from tests.support.nat.truth import servers, truth
from tests.support.parts import PARTS
from wirescope.transports.turn import NatBehaviour, can_connect

OPEN_TIMEOUT_S = 12.0
ASKED_AT_ONCE = 3
CALLS_AT_ONCE = 24

SIDES = {
    str(nat): Side(nats=(nat,)) for each in ALL_NATS for nat in (each, replace(each, hairpin=True))
}
PLAIN = [str(each) for each in ALL_NATS]
AGAIN = {f"{name}, again": SIDES[name] for name in PLAIN}
"""A second client behind a NAT of each kind, which is called by the first."""

Found = Mapping[str, NatBehaviour | str]


async def find(made: Rig, url: str) -> Found:
    """Ask from each side."""
    found: dict[str, NatBehaviour | str] = {}
    gate = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(name: str) -> None:
        async with gate:
            found[name] = await asked(made.sites[name].client, url)

    async with asyncio.TaskGroup() as group:
        for name in SIDES:
            group.create_task(ask(name))
    return found


async def truths(made: Rig) -> dict[str, tuple[str, str, bool]]:
    """Find out with plain sockets what each side does: mapping, filtering, hairpinning."""
    found = {}
    async with servers(made) as public:
        for name in SIDES:
            seen = await truth(made, name, public)
            found[name] = seen.mapping.short, seen.filtering.short, seen.hairpin
    return found


def told(behaviour: NatBehaviour | str) -> tuple[str, str, bool] | str:
    """Say what was found in the words of the rig."""
    if isinstance(behaviour, str):
        return behaviour
    short = {"endpoint-independent": "E", "address-dependent": "A"}
    return (
        short.get(behaviour.mapping.value, "AP"),
        short.get(behaviour.filtering.value, "AP"),
        behaviour.hairpins,
    )


async def pairs(made: Rig, found: Found, url: str) -> bool:
    """Predict each pair and let it call; print a table; whether all went as predicted."""
    results: dict[tuple[str, str], tuple[bool, bool]] = {}
    gate = asyncio.Semaphore(CALLS_AT_ONCE)
    async with AsyncExitStack() as stack:
        callers = {
            name: await stack.enter_async_context(caller(made.sites[name].client))
            for name in (*PLAIN, *AGAIN)
        }

        async def call(one: str, two: str) -> None:
            behaviours = found[one], found[two]
            async with gate:
                reports = await connect(
                    callers[one],
                    callers[f"{two}, again"],
                    lambda _: [(url, "", "")],
                    open_timeout_s=OPEN_TIMEOUT_S,
                )
            came_about = not any(each.failed for each in reports)
            both = [each for each in behaviours if isinstance(each, NatBehaviour)]
            results[one, two] = len(both) == 2 and can_connect(*both), came_about

        async with asyncio.TaskGroup() as group:
            for one, two in combinations_with_replacement(PLAIN, 2):
                group.create_task(call(one, two))
    print("\npairs, with STUN alone: + connects as predicted, . does not as predicted, ! differs")
    print(" " * 6 + "".join(f"{name:>6}" for name in PLAIN))
    for at, one in enumerate(PLAIN):
        marks = []
        for two in PLAIN[at:]:
            predicted, came_about = results[one, two]
            marks.append(("+" if came_about else ".") + "!" * (predicted != came_about))
        print(f"{one:6}" + " " * 6 * at + "".join(f"{mark:>6}" for mark in marks))
    right = sum(predicted == came_about for predicted, came_about in results.values())
    print(f"{right} of {len(results)} pairs go as predicted")
    return right == len(results)


async def run() -> bool:
    """Show the reports and the pairs; whether all are right."""
    async with rig({**SIDES, **AGAIN}) as made:
        true = await truths(made)
        async with own_server(made) as url:
            found = await find(made, url)
            right = 0
            for name in SIDES:
                said, is_true = told(found[name]), true[name]
                right += said == is_true
                print(f"{'ok ' if said == is_true else 'BAD'} {name:14} {said}, true {is_true}")
            print(f"{right} of {len(SIDES)} reports are what plain sockets find")
            good = await pairs(made, found, url)
    return good and right == len(SIDES)


def main() -> int:
    """Print what was found; 1 if anything of it is wrong."""
    if not PARTS["nat"]():
        raise SystemExit("Network namespaces, and nft with a kernel that has it, are needed.")
    return 0 if asyncio.run(run()) else 1


if __name__ == "__main__":
    sys.exit(main())
