"""Limits: how large a message may be, found by sending larger and larger ones."""

import asyncio
from dataclasses import dataclass, replace

from wirescope.analysis import SizeSeen
from wirescope.errors import ConnectionClosedError
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection
from wirescope.workbench.doctor.bench import Attempt, Bench
from wirescope.workbench.doctor.model import Outcome

_SMALLEST = 1024
_TRY_TIME_S = 10.0
_HALVINGS = 8


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A message that was not taken: its size, the close code, the events that show it."""

    size: int
    code: int | None
    evidence: tuple[int, ...]
    silent: bool = False


async def sizes(bench: Bench) -> Outcome:
    """Send messages four times larger each, then look for the limit between the last two."""
    largest = bench.orders.largest
    taken, refusal, evidence = await _climb(bench, _stages(largest))
    if refusal is not None and taken:
        taken, refusal = await _narrow(bench, taken, refusal)
    code = refusal.code if refusal is not None else None
    size = refusal.size if refusal is not None else None
    shown_by = refusal.evidence if refusal is not None else evidence
    bench.seen.size = SizeSeen(taken, size, code, largest, shown_by)
    facts = {"largest_taken": taken, "smallest_refused": size, "code": code, "bound": largest}
    return Outcome(_words(taken, refusal, largest), facts)


def _stages(largest: int) -> list[int]:
    stages, size = [], _SMALLEST
    while size < largest:
        stages.append(size)
        size *= 4
    return [*stages, largest]


async def _climb(bench: Bench, stages: list[int]) -> tuple[int, _Refusal | None, tuple[int, ...]]:
    """Send one message after the other on one connection, until one is not taken."""
    taken = 0
    async with bench.trying(_plainly(bench)) as (connection, attempt):
        for size in stages:
            if not await _is_taken(connection, size):
                silent = connection.closed is None
                break
            taken = size
        else:
            last = attempt.conversation.sent.last
            return taken, None, (last.seq if last is not None else attempt.last_seq,)
    return taken, _refusal(attempt, size, silent=silent), ()


async def _narrow(bench: Bench, taken: int, refusal: _Refusal) -> tuple[int, _Refusal]:
    """Halve the gap; its two ends are tried first, since limits are round numbers."""
    ends = [taken + 1, refusal.size - 1]
    for _ in range(_HALVINGS):
        if refusal.size - taken <= 1:
            break
        size = ends.pop(0) if ends else (taken + refusal.size) // 2
        if not taken < size < refusal.size:
            continue
        async with bench.trying(_plainly(bench)) as (connection, attempt):
            fits = await _is_taken(connection, size)
            silent = connection.closed is None
        if fits:
            taken = size
        else:
            refusal = _refusal(attempt, size, silent=silent)
    return taken, refusal


def _plainly(bench: Bench) -> ConnectOptions:
    """Connect without compression, so that a size is the same on the wire and decoded."""
    return replace(bench.options, compression=None, max_message_size=None)


async def _is_taken(connection: WebSocketConnection, size: int) -> bool:
    """Send a message and a ping behind it: the pong says that the message was read."""
    try:
        async with asyncio.timeout(_TRY_TIME_S):
            await connection.send_text(b"x" * size)
            await connection.ping(timeout_s=None)
    except TimeoutError:
        return False
    except ConnectionClosedError:
        await connection.wait_closed()
        return False
    return True


def _refusal(attempt: Attempt, size: int, *, silent: bool) -> _Refusal:
    conversation = attempt.conversation
    answer, closed = conversation.ending.close_received, conversation.closed
    shown = [each.seq for each in (conversation.sent.last, answer, closed) if each is not None]
    code = answer.close_code if answer is not None and not silent else None
    return _Refusal(size, code, tuple(shown) or (attempt.last_seq,), silent)


def _words(taken: int, refusal: _Refusal | None, largest: int) -> str:
    if refusal is None:
        return f"no limit on size up to {largest:,} bytes"
    if refusal.silent:
        how = "are not read"
    elif refusal.code is None:
        how = "end the connection without a Close frame"
    else:
        how = f"are refused with {refusal.code}"
    return f"messages of {taken:,} bytes are taken, of {refusal.size:,} {how}"
