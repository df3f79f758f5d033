"""TCP: which of the addresses take connections, and how fast."""

import asyncio
from dataclasses import replace

from wirescope.analysis import AddressSeen
from wirescope.errors import ConnectError
from wirescope.transports.websocket import first_hop, reach
from wirescope.workbench.doctor.bench import Attempt, Bench
from wirescope.workbench.doctor.model import Outcome

_AT_MOST = 8
_TIME_S = 10.0


async def reaching(bench: Bench, addresses: list[str]) -> Outcome:
    """Connect to each address, all at once.

    Raises:
        ConnectError: none takes a connection.
    """
    tried = addresses[:_AT_MOST]
    attempts = {address: bench.attempt() for address in tried}
    async with asyncio.TaskGroup() as group:
        tasks = {
            address: group.create_task(_reach(bench, address, attempts[address]))
            for address in tried
        }
    results = {address: task.result() for address, task in tasks.items()}
    for address, problem in results.items():
        if problem is None or not _no_way(problem):
            said = problem.message if problem is not None else ""
            evidence = attempts[address].last_seq
            bench.seen.addresses.append(AddressSeen(address, said, evidence))
    alive = [address for address, problem in results.items() if problem is None]
    if not alive:
        first = min(tried, key=lambda each: _no_way(results[each]))
        bench.judge(attempts[first])
        raise results[first] or AssertionError("an address without a problem is alive")
    times = {each: attempts[each].phase_ms("tcp") or 0.0 for each in alive}
    facts = {
        "addresses": [
            {
                "address": address,
                "ok": problem is None,
                "duration_ms": round(times.get(address, 0.0), 3) if problem is None else None,
                "message": "" if problem is None else problem.message,
            }
            for address, problem in results.items()
        ],
        "not_tried": addresses[_AT_MOST:],
    }
    return Outcome(
        _words(results, first_hop(bench.goal, bench.options).port), facts, min(times.values())
    )


async def _reach(bench: Bench, address: str, attempt: Attempt) -> ConnectError | None:
    options = replace(bench.options, open_timeout_s=min(_TIME_S, bench.options.open_timeout_s))
    try:
        await reach(bench.url, address, options=options, timeline=bench.timeline, sink=attempt.sink)
    except ConnectError as error:
        return error
    return None


def _no_way(problem: ConnectError | None) -> bool:
    """Whether it is this machine that cannot go there, as where it has no IPv6."""
    return problem is not None and problem.kind == "unreachable"


def _words(results: dict[str, ConnectError | None], port: int) -> str:
    alive = [address for address, problem in results.items() if problem is None]
    dead = [address for address, problem in results.items() if problem and not _no_way(problem)]
    away = [address for address, problem in results.items() if _no_way(problem)]
    words = f"port {port} answers at {', '.join(alive)}"
    if dead:
        words += f"; not at {', '.join(dead)}"
    if away:
        words += f"; no way from here to {', '.join(away)}"
    return words
