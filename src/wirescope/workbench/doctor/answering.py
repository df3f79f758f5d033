"""A message of the user's: whether an answer comes."""

import asyncio

from wirescope.analysis import AnswerSeen
from wirescope.errors import ConnectionClosedError
from wirescope.events import WebSocketMessage
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome

_SHOWN = 500
_QUOTED = 40


async def answering(bench: Bench) -> Outcome:
    """Send the message and wait for the next one that comes."""
    connection, attempt = bench.main, bench.main_attempt
    assert connection is not None
    assert attempt is not None
    connection.keep_messages(keep=True)
    waited_s = bench.orders.answer_s
    started_ns = bench.timeline.now_ns()
    answer: WebSocketMessage | None = None
    ended = ""
    try:
        async with asyncio.timeout(waited_s):
            await connection.send(bench.orders.data or "")
            answer = await connection.receive()
    except TimeoutError:
        pass
    except ConnectionClosedError as error:
        ended = f"the server closed with {error.code} instead of an answer"
    connection.keep_messages(keep=False)
    took_ms = (bench.timeline.now_ns() - started_ns) / 1e6
    sent = attempt.conversation.sent.last
    evidence = (sent.seq if sent is not None else attempt.last_seq,)
    if answer is None:
        if not ended:
            bench.seen.answer = AnswerSeen(None, waited_s, evidence)
        message = ended or f"no answer within {waited_s:g} s"
        return Outcome(message, {"answered": False}, ok=False)
    bench.seen.answer = AnswerSeen(took_ms / 1000, waited_s, evidence)
    shown = answer.text[:_SHOWN]
    facts = {
        "answered": True,
        "kind": answer.kind,
        "length": answer.length,
        "compressed": answer.compressed,
        "text": shown if answer.kind == "text" else None,
    }
    what = _quoted(shown) if answer.kind == "text" else f"{answer.length:,} bytes"
    return Outcome(f"answered after {took_ms:.1f} ms: {what}", facts, took_ms)


def _quoted(text: str) -> str:
    """Quote the beginning of a text."""
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[:_QUOTED]}…"'
