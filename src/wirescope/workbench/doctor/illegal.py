"""The protocol: what the server makes of frames that break RFC 6455."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from wirescope.analysis import IllegalSeen
from wirescope.analysis import Outcome as Fate
from wirescope.errors import ConnectionClosedError
from wirescope.events import PING, TEXT
from wirescope.transports.websocket import WebSocketConnection
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome

_WAIT_S = 2.0
_RESERVED = 0x3

_Send = Callable[[WebSocketConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Case:
    """Something that must not be sent, and the codes that are right for it."""

    name: str
    clause: str
    expected: tuple[int, ...]
    send: _Send


CASES = (
    _Case("a reserved opcode", "RFC 6455 5.2", (1002,), lambda to: to.send_frame(_RESERVED, b"?")),
    _Case("a reserved bit", "RFC 6455 5.2", (1002,), lambda to: to.send_frame(PING, rsv2=True)),
    _Case(
        "an unmasked frame", "RFC 6455 5.1", (1002,), lambda to: to.send_frame(PING, masked=False)
    ),
    _Case(
        "a ping of 126 bytes", "RFC 6455 5.5", (1002,), lambda to: to.send_frame(PING, bytes(126))
    ),
    _Case(
        "text that is not UTF-8",
        "RFC 6455 8.1",
        (1007,),
        lambda to: to.send_frame(TEXT, b"\xff\xfe wirescope"),
    ),
)


async def illegal(bench: Bench) -> Outcome:
    """Send each case on a connection of its own."""
    for case in CASES:
        bench.seen.illegal.append(await _try(bench, case))
    seen = bench.seen.illegal
    facts = {
        "cases": [
            {
                "name": each.name,
                "clause": each.clause,
                "outcome": each.outcome,
                "code": each.code,
                "expected": list(each.expected),
            }
            for each in seen
        ]
    }
    right = sum(each.code in each.expected for each in seen)
    words = f"{right} of {len(seen)} illegal frames refused with the right code"
    return Outcome(words, facts)


async def _try(bench: Bench, case: _Case) -> IllegalSeen:
    # Lenient: a server that echoes what is illegal has taken it, and must not be failed for that.
    options = replace(bench.options, compression=None, strict=False)
    fate: Fate = "silent"
    async with bench.trying(options) as (connection, attempt):
        with suppress(ConnectionClosedError):
            await case.send(connection)
        frame = attempt.conversation.sent.last_frame
        try:
            await connection.ping(timeout_s=_WAIT_S)
            fate = "tolerated"
        except ConnectionClosedError:
            await connection.wait_closed()
            fate = "dropped"
        except TimeoutError:
            fate = "silent"
        answer = attempt.conversation.ending.close_received
    if fate == "dropped" and answer is not None:
        fate = "closed"
    shown = [each.seq for each in (frame, answer) if each is not None]
    code = answer.close_code if answer is not None and fate == "closed" else None
    evidence = tuple(shown) or (attempt.last_seq,)
    return IllegalSeen(case.name, case.clause, case.expected, fate, code, evidence)
