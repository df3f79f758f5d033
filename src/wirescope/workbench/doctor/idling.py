"""Silence: whether a connection on which nothing is sent is closed, and after how long."""

import asyncio
from dataclasses import replace

from wirescope.analysis import IdleSeen
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome


async def idling(bench: Bench) -> Outcome:
    """Open a connection and say nothing; pings of the server are answered."""
    waited_s = bench.orders.idle_s
    options = replace(bench.options, ping_interval_s=None)
    async with bench.trying(options) as (connection, attempt):
        started_ns = bench.timeline.now_ns()
        try:
            async with asyncio.timeout(waited_s):
                await connection.wait_closed()
        except TimeoutError:
            pass
        conversation = attempt.conversation
        closed = conversation.closed
    pinged = conversation.pings.received
    last = conversation.last_frame
    shown = [each.seq for each in (last, closed) if each is not None]
    limit_s = None if closed is None else (closed.at_ns - started_ns) / 1e9
    answer = conversation.ending.close_received
    code = answer.close_code if closed is not None and answer is not None else None
    evidence = tuple(shown) or (attempt.last_seq,)
    bench.seen.idle = IdleSeen(limit_s, waited_s, code, bool(pinged), evidence)
    facts = {
        "limit_s": limit_s and round(limit_s, 3),
        "waited_s": waited_s,
        "code": code,
        "pings_from_server": pinged,
    }
    return Outcome(_words(limit_s, waited_s, code, pinged), facts)


def _words(limit_s: float | None, waited_s: float, code: int | None, pinged: int) -> str:
    beat = f"; the server sent {pinged} {'ping' if pinged == 1 else 'pings'}" if pinged else ""
    if limit_s is None:
        return f"no limit on silence up to {waited_s:g} s{beat}"
    how = f"with {code}" if code is not None else "without a Close frame"
    return f"closed {how} after {limit_s:.1f} s of silence{beat}"
