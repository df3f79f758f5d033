"""Whether two peers find each other, for each kind of NAT and block on each side and each server.

Every pair of sides makes a call with no server, with STUN, with TURN over UDP, TCP and TLS, with
relayed paths alone and with all of it; a message of many packets has to come back. What has to
become of a call is worked out from the two sides and the servers (`tests.support.nat.predicting`),
that the sides are what they are called is held against plain sockets first
(`tests.support.nat.truth`). Over TLS the engine reaches coturn by a bridge, since the certificate
is private. Of a call that fails as it should the ladder has to name the rung on which it stuck, and
the findings have to be those that the sides and servers ask for (`tests.support.nat.explaining`).

`--only WORD` picks pairs, `--column WORD` columns, `--keep FOLDER` keeps the events of what failed.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from pathlib import Path
from statistics import median
from typing import Any

from tests.support.nat.calls import Caller, Report, caller, connect
from tests.support.nat.explaining import expected_findings, expected_rung
from tests.support.nat.predicting import Path as Way
from tests.support.nat.predicting import Servers, predicted
from tests.support.nat.rig import SERVERS, Rig, rig
from tests.support.nat.servers import Server, coturn, url
from tests.support.nat.sides import ALL_NATS, CONE, SYMMETRIC, Blocked, Nat, Side
from tests.support.nat.truth import servers, truth
from tests.support.parts import PARTS
from wirescope.analysis import Analyzer
from wirescope.clock import SystemClock
from wirescope.events import event_from_record

OPEN_TIMEOUT_S = 12.0
"""What both peers give a call, whether it should come about or not. A server that says nothing is
asked for 9.5 s (RFC 8489 section 6.2.1, as the engine has it)."""

LATE_S = 2.0
"""What giving up may be late, since the machine is busy with other calls."""

AT_ONCE = {True: 8, False: 48}
"""Calls that are under way at the same time: of those that should come about, and of those that
should not, which do no more than wait."""

KINDS: dict[str, Side] = {
    "public": Side(),
    **{str(each): Side(nats=(each,)) for each in ALL_NATS},
    "double": Side(nats=(CONE, CONE)),
    "dbl AP": Side(nats=(SYMMETRIC, CONE)),
    "no UDP": Side(nats=(CONE,), blocked=Blocked.UDP),
    "443": Side(nats=(CONE,), blocked=Blocked.ALL_BUT_TCP_443),
    "IPv6": Side(family=6),
    "1280": Side(nats=(CONE,), mtu=1280),
}
"""Sides by their names in the table; `E/AP` is an endpoint-independent mapping with address and
port-dependent filtering."""

TOGETHER: dict[str, Side] = {
    "hairpin": Side(nats=(Nat(hairpin=True),), clients=2),
    "no hairpin": Side(nats=(CONE,), clients=2),
}
"""Routers with both peers behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Servers that both peers are given."""

    name: str
    servers: Servers


COLUMNS = (
    Column(name="no server", servers=Servers()),
    Column(name="STUN", servers=Servers(stun=True)),
    Column(name="TURN/UDP", servers=Servers(turn=("udp",))),
    Column(name="TURN/TCP", servers=Servers(turn=("tcp",))),
    Column(name="TURN/TCP to 443", servers=Servers(turn=("tcp-443",))),
    Column(name="TURN/TLS", servers=Servers(turn=("tls",))),
    Column(name="relay only, by UDP", servers=Servers(turn=("udp",), only_relay=True)),
    Column(name="relay only", servers=Servers(turn=("udp", "tcp", "tls"), only_relay=True)),
    Column(name="all", servers=Servers(stun=True, turn=("udp", "tcp", "tls"))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call.

    Attributes:
        one: the kind of the side that calls.
        two: of the side that is called.
        together: both are behind the very same router.
    """

    one: str
    two: str
    column: Column
    together: bool = False

    @property
    def sides(self) -> tuple[Side, Side]:
        """What stands before the two."""
        kinds = TOGETHER if self.together else KINDS
        return kinds[self.one], kinds[self.two]

    @property
    def expected(self) -> Way:
        """The way that there is."""
        return predicted(*self.sides, self.column.servers, together=self.together)

    def __str__(self) -> str:
        """Name it in a line."""
        return f"{self.one} to {self.two}, {self.column.name}"


@dataclass(slots=True)
class Done:
    """What has become of a call.

    Attributes:
        way: what led from one to the other; empty where nothing did.
        took_s: seconds until it stood, or until both ends had said that it does not.
        wrong: what is not as it has to be, in words.
        events: of the two ends, where it failed.
    """

    case: Case
    way: Way = ""
    took_s: float = 0
    wrong: str = ""
    events: list[list[dict[str, Any]]] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Say it in the table: `d`, `r` or `.`, and `!` behind it where it is wrong."""
        return ({"direct": "d", "relayed": "r"}.get(self.way, ".")) + "!" * bool(self.wrong)


def servers_of(column: Column, family: int) -> list[Server]:
    """Give a column's servers to a side with a version of IP."""
    kinds = [*["stun"] * column.servers.stun, *column.servers.turn]
    return [url(kind, family) for kind in kinds]


def check_explanation(case: Case, events: Sequence[list[dict[str, Any]]]) -> str:
    """Say what is wrong with what the events of a failed call explain; empty if nothing is.

    Args:
        case: the call.
        events: of the end that called and of the one that was called, as records.
    """
    sides, servers = case.sides, case.column.servers
    for own, other, records in zip(sides, sides[::-1], events, strict=True):
        analyzer = Analyzer()
        found = analyzer.feed([event_from_record(each) for each in records]) + analyzer.finish()
        rung = analyzer.ladders.of("c1")[-1].failing
        if rung != (expected := expected_rung(own, servers)):
            return f"the ladder says {rung}, not {expected}"
        codes = {each.code for each in found}
        if codes != (wanted := expected_findings(own, other, servers)):
            return f"found {' '.join(sorted(codes))}, not {' '.join(sorted(wanted))}"
        if not all(each.fix for each in found):
            return "a finding without a fix"
    return ""


def _judged(case: Case, reports: tuple[Report, Report], took_s: float) -> Done:
    done = Done(case, took_s=took_s)
    failed = [each.failed for each in reports if each.failed]
    if not failed:
        done.way = "relayed" if any(_is_relayed(each.pair) for each in reports) else "direct"
        done.took_s = max(each.opened_s or 0 for each in reports)
        if not case.expected:
            done.wrong = f"it should not connect: {reports[0].pair}"
        elif case.expected == "relayed" != done.way:
            done.wrong = f"only a relay should lead there: {reports[0].pair}"
        return done
    done.events = [[json.loads(line) for line in each.events] for each in reports]
    done.took_s = max(_lasted_s(each) for each in done.events)
    if case.expected:
        done.wrong = f"it should be {case.expected}: {'; '.join(failed)}"
    elif len(failed) == 1:
        done.wrong = f"one end alone has failed: {failed[0]}"
    elif done.took_s > OPEN_TIMEOUT_S + LATE_S:
        done.wrong = f"given up after {done.took_s:.1f} s"
    else:
        done.wrong = check_explanation(case, done.events)
    return done


def _is_relayed(pair: str) -> bool:
    """Whether an end has a relayed address in its pair.

    Where a router has changed the port, the engine calls the address peer-reflexive.
    """
    return "relay" in pair or f" {SERVERS[0]}:" in pair


def _lasted_s(events: Sequence[dict[str, Any]]) -> float:
    """Give the seconds from the beginning of a connection to its failure; 0 where there is none."""
    at_ns: dict[str, int] = {each["type"]: each["at_ns"] for each in events}
    ended_ns = at_ns.get("connection.failed", 0)
    return max(0, ended_ns - at_ns.get("connection.opening", 0)) / 1e9


def cases(only: str, column: str) -> list[Case]:
    """List the calls that are asked for, those that should fail spread among the others."""
    pairs = [(one, two, False) for one, two in combinations_with_replacement(KINDS, 2)]
    pairs += [(each, each, True) for each in TOGETHER]
    return [
        Case(one=one, two=two, column=each, together=together)
        for one, two, together in pairs
        for each in COLUMNS
        if only in f"{one} to {two}" and column in each.name
    ]


async def untruths(made: Rig) -> list[str]:
    """Find the sides that are not what they are called."""
    found = []
    async with servers(made) as public:
        for name, site in made.sites.items():
            side = site.side
            if len(side.nats) != 1 or not side.blocked.lets_udp:
                continue
            nat, seen = side.nats[0], await truth(made, name, public)
            if (seen.mapping, seen.filtering, seen.hairpin) != (
                nat.mapping,
                nat.filtering,
                nat.hairpin,
            ):
                found.append(f"{name} is {seen}")
    return found


async def all_calls(
    asked: Sequence[Case], callers: Mapping[str, Caller], ca_file: Path
) -> list[Done]:
    """Make the calls, many at once."""
    gates, results = {way: asyncio.Semaphore(most) for way, most in AT_ONCE.items()}, []

    async def make(case: Case) -> None:
        async with gates[bool(case.expected)]:
            began_ns = SystemClock.monotonic_ns()
            reports = await connect(
                callers[f"{case.one}, 1"],
                callers[f"{case.two}, 2"],
                lambda family: servers_of(case.column, family),
                only_relay=case.column.servers.only_relay,
                ca_file=ca_file,
                open_timeout_s=OPEN_TIMEOUT_S,
            )
        results.append(_judged(case, reports, (SystemClock.monotonic_ns() - began_ns) / 1e9))

    async with asyncio.TaskGroup() as group:
        for case in asked:
            group.create_task(make(case))
    return results


def print_tables(results: Sequence[Done]) -> None:
    """Print a table a column: who calls down the side, who is called along the top."""
    found = {(each.case.one, each.case.two, each.case.column): each for each in results}
    names = list(KINDS)
    for column in COLUMNS:
        mine = [each for each in results if each.case.column is column]
        if not mine:
            continue
        connected = [each.took_s for each in mine if each.way]
        failed = [each.took_s for each in mine if not each.way]
        print(
            f"\n{column.name}: {len(connected)} of {len(mine)} calls come about{_times(connected)}"
        )
        print(f"  the others are given up{_times(failed)}" if failed else "  none is given up")
        print(" " * 8 + "".join(f"{name:>7}" for name in names))
        for at, one in enumerate(names):
            row = [found.get((one, two, column)) for two in names[at:]]
            marks = [each.mark if each else "" for each in row]
            print(f"{one:8}" + " " * 7 * at + "".join(f"{mark:>7}" for mark in marks))
        for name in TOGETHER:
            if done := found.get((name, name, column)):
                print(f"both behind one router, {name}: {done.mark}")


def _times(seconds: list[float]) -> str:
    if not seconds:
        return ""
    return f" after {median(seconds):.2f} s (at most {max(seconds):.2f} s)"


async def run(asked: Sequence[Case], keep: Path | None) -> bool:
    """Build the rig, make the calls, print what has become of them."""
    program = PARTS["turnserver"]()
    assert program is not None
    began_ns = SystemClock.monotonic_ns()

    def since() -> str:
        return f"{(SystemClock.monotonic_ns() - began_ns) / 1e9:.0f} s"

    kinds = {name for each in asked for name in (each.one, each.two) if not each.together}
    sides = {f"{name}, {at}": KINDS[name] for name in KINDS if name in kinds for at in (1, 2)}
    sides |= {each.one: TOGETHER[each.one] for each in asked if each.together}
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(rig(sides))
        wrong = await untruths(made)
        print(f"{len(sides)} sides are built and are what they are called: {not wrong} ({since()})")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        turn = await stack.enter_async_context(coturn(made, program, folder))
        callers = {}
        for name, site in made.sites.items():
            for at, client in enumerate(site.clients, 1):
                key = f"{name}, {at}" if name in TOGETHER else name
                started = caller(client, family=site.side.family)
                callers[key] = await stack.enter_async_context(started)
        results = await all_calls(asked, callers, turn.ca_file)
    print_tables(results)
    bad = [each for each in results if each.wrong]
    for each in bad:
        print(f"BAD {each.case}: {each.wrong}")
    for line in wrong:
        print(f"BAD {line}")
    if keep is not None:
        _keep(keep, results)
    print("\nd: direct, r: relayed, .: no path, !: not as it has to be. E/AP is an")
    print("endpoint-independent mapping with address and port-dependent filtering.")
    print(f"All of it took {since()}; a call is given up after {OPEN_TIMEOUT_S:g} s.")
    print(f"{len(results) - len(bad)} of {len(results)} calls end as they have to")
    return bool(results) and not bad and not wrong


def _keep(folder: Path, results: Sequence[Done]) -> None:
    """Write the events of each call that failed, a line an event and a file an end."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(each for each in results if each.events):
        for end, events in enumerate(each.events, 1):
            name = f"{number:03} {each.case} ({end}).ndjson".replace("/", "-")
            lines = "".join(f"{json.dumps(event)}\n" for event in events)
            (folder / name).write_text(lines, "utf-8")


def main() -> int:
    """Print the tables; 1 if a call does not end as it has to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--column", default="", metavar="WORD")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    if not (PARTS["nat"]() and PARTS["turnserver"]()):
        raise SystemExit(
            "Network namespaces, nft with a kernel that has it, and coturn are needed."
        )
    return 0 if asyncio.run(run(cases(asked.only, asked.column), asked.keep)) else 1


if __name__ == "__main__":
    sys.exit(main())
