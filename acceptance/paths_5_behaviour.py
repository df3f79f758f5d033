"""The report of what a NAT does is what it does, and pairs connect as that predicts.

Each combination of mapping and filtering, with a hairpin and without, two routers in a row, none,
and one without UDP are built, and asked twice: by plain sockets, which is the truth, and by RFC
5780 with coturn and with our own server. Then each pair of combinations is predicted from the two
reports and called with STUN alone. `--only WORD` picks combinations.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

from tests.support.nat.calls import Caller, caller, connect
from tests.support.nat.own_server import own_server
from tests.support.nat.rig import Rig, rig
from tests.support.nat.servers import coturn, url
from tests.support.nat.sides import ALL_NATS, CONE, SYMMETRIC, Blocked, Side
from tests.support.nat.site import Site
from tests.support.nat.truth import Truth, servers, truth
from tests.support.parts import PARTS
from wirescope.clock import SystemClock
from wirescope.transports.turn import Behaviour, NatBehaviour, can_connect

OPEN_TIMEOUT_S = 12.0
AT_ONCE = 24
ASKED_AT_ONCE = 6
REPORT_S = 90.0

NATS: dict[str, Side] = {str(each): Side(nats=(each,)) for each in ALL_NATS}
SIDES: dict[str, Side] = {
    "none": Side(),
    **NATS,
    **{f"{each} hairpin": Side(nats=(replace(each, hairpin=True),)) for each in ALL_NATS},
    "two, E/AP": Side(nats=(CONE, CONE)),
    "two, AP/AP": Side(nats=(SYMMETRIC, CONE)),
}
COTURN = url("stun")[0]
NO_UDP = Side(nats=(CONE,), blocked=Blocked.UDP)


@dataclass(frozen=True, slots=True)
class Compared:
    """What one side does and what was reported of it.

    Attributes:
        name: of the side.
        is_right: whether the report is the truth.
        words: the report in a line.
        behaviour: what was reported; None where nothing was.
    """

    name: str
    is_right: bool
    words: str
    behaviour: NatBehaviour | None


async def reported(site: Site, server: str) -> dict[str, Any]:
    """Have a client ask a server what stands before it."""
    command = (sys.executable, "-m", "tests.support.nat.discoverer", server)
    said = await site.client.run(*command, within_s=REPORT_S)
    report: dict[str, Any] = json.loads(said)
    return report


def compared(name: str, side: Side, real: Truth, report: dict[str, Any]) -> Compared:
    """Hold a report against the truth."""
    if not report.get("behaviour"):
        return Compared(name, is_right=False, words=report["problem"], behaviour=None)
    told = report["behaviour"]
    behaviour = NatBehaviour(
        Behaviour(told["mapping"]), Behaviour(told["filtering"]), hairpins=told["hairpins"]
    )
    is_nat = report["local"] != report["mapped"]
    right = (
        _plain(told["mapping"]) == _plain(real.mapping)
        and _plain(told["filtering"]) == _plain(real.filtering)
        and told["hairpins"] == real.hairpin
        and report["mapped"][0] in real.outer
        and is_nat == bool(side.nats)
    )
    words = f"{told['mapping']} mapping, {told['filtering']} filtering"
    words += ", hairpin" * told["hairpins"] + ", no NAT" * (not is_nat)
    return Compared(name, is_right=right, words=words, behaviour=behaviour)


def _plain(behaviour: str) -> str:
    return behaviour.replace("-and-", " and ").replace(" and ", " ").replace("-", " ")


async def compare_all(made: Rig, only: str, server: str) -> list[Compared]:
    """Ask all sides twice; by RFC 5780 several at once, since it waits for what does not come."""
    names = [name for name in made.sites if only in name]
    gate, reports = asyncio.Semaphore(ASKED_AT_ONCE), {}

    async def ask(name: str) -> None:
        async with gate:
            reports[name] = await reported(made.sites[name], server)

    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(ask(name))
    async with servers(made) as public:
        return [
            compared(name, made.sites[name].side, await truth(made, name, public), reports[name])
            for name in names
        ]


async def connects(one: Caller, two: Caller, gate: asyncio.Semaphore) -> bool:
    """Call with STUN alone; whether it came about."""
    async with gate:
        reports = await connect(
            one, two, lambda family: [url("stun", family)], open_timeout_s=OPEN_TIMEOUT_S
        )
    return not any(each.failed for each in reports)


async def pairs_that_differ(
    found: Mapping[str, NatBehaviour], callers: Mapping[str, Caller]
) -> tuple[int, list[str]]:
    """Call each pair; how many there were, and those that came out other than predicted."""
    gate, tasks = asyncio.Semaphore(AT_ONCE), {}
    async with asyncio.TaskGroup() as group:
        for one, two in combinations_with_replacement(found, 2):
            call = connects(callers[f"{one}, 1"], callers[f"{two}, 2"], gate)
            tasks[one, two] = group.create_task(call)
    wrong = []
    for (one, two), task in tasks.items():
        predicted = can_connect(found[one], found[two])
        if predicted != task.result():
            said = "should connect and does not" if predicted else "should not connect and does"
            wrong.append(f"{one} to {two} {said}")
    return len(tasks), wrong


async def blocked_is_said(made: Rig) -> bool:
    """Whether a side without UDP is told so."""
    report = await reported(made.sites["no UDP"], COTURN)
    print(f"   no UDP         {report['problem']}")
    return "did not answer over UDP" in report["problem"]


async def run(only: str) -> bool:
    """Build the sides, ask them, call between them, print what came out."""
    program = PARTS["turnserver"]()
    assert program is not None
    began_ns = SystemClock.monotonic_ns()
    doubles = {f"{name}, {at}": side for name, side in NATS.items() for at in (1, 2)}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = await stack.enter_async_context(rig({**SIDES, "no UDP": NO_UDP, **doubles}))
        await stack.enter_async_context(coturn(made, program, folder))
        asked = Rig(made.public, {name: made.sites[name] for name in SIDES})
        own = await stack.enter_async_context(own_server(made))
        results = await compare_all(asked, only, COTURN)
        again = await compare_all(asked, only, own)
        for each, by_own in zip(results, again, strict=True):
            good = each.is_right and by_own.is_right
            also = "" if by_own.words == each.words else f"; by our own server {by_own.words}"
            print(f"{'ok ' if good else 'BAD'}{each.name:15} {each.words}{also}", flush=True)
        said = await blocked_is_said(made)
        callers = {}
        for name in doubles:
            started = caller(made.sites[name].client)
            callers[name] = await stack.enter_async_context(started)
        found = {each.name: each.behaviour for each in results if each.name in NATS}
        known = {name: each for name, each in found.items() if each is not None}
        count, wrong = await pairs_that_differ(known, callers)
    for line in wrong:
        print(f"BAD {line}")
    right = sum(each.is_right for each in (*results, *again))
    print(f"{right} of {2 * len(results)} reports are the truth: coturn's and our own server's")
    print(f"{count - len(wrong)} of {count} pairs connect, or do not, as predicted")
    print(f"All of it took {(SystemClock.monotonic_ns() - began_ns) / 1e9:.0f} s")
    return said and right == 2 * len(results) and not wrong and bool(results)


def main() -> int:
    """Print what was found; 1 if a report or a prediction is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD")
    asked = parser.parse_args()
    if not (PARTS["nat"]() and PARTS["turnserver"]()):
        raise SystemExit("Namespaces, nft with a kernel that has it, and coturn are needed.")
    return 0 if asyncio.run(run(asked.only)) else 1


if __name__ == "__main__":
    sys.exit(main())
