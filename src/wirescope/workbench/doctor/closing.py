"""The closing handshake: whether Close is answered, with which code, and when TCP ends."""

from wirescope.analysis import ClosingSeen, EndedSeen
from wirescope.events import ConnectionClosed, WebSocketFrame
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome

REASON = "wirescope doctor is done"


async def closing(bench: Bench) -> Outcome:
    """Close with 1000 and see what comes; the connection is over afterwards."""
    connection, attempt = bench.main, bench.main_attempt
    assert connection is not None
    assert attempt is not None
    closed = await connection.close(1000, REASON)
    ending = attempt.conversation.ending
    sent, answer = ending.close_sent, ending.close_received
    if closed.initiator != "local" or closed.cause == "violation" or sent is None:
        _note_end(bench, closed)
        words = f"the connection had ended before: {bench.verdict.sentence.rstrip('.')}"
        return Outcome(words, {"code": closed.code, "cause": closed.cause}, ok=None)
    waited_s = bench.options.close_timeout_s
    ended_s = _ended_s(closed, sent, waited_s)
    evidence = tuple(each.seq for each in (sent, answer, closed) if each is not None)
    code = None if answer is None else answer.close_code or 1005
    bench.seen.closing = ClosingSeen(code, closed.cause, ended_s, waited_s, evidence)
    answered_ms = (answer.at_ns - sent.at_ns) / 1e6 if answer is not None else None
    echoed = answer is not None and answer.payload[2:] == REASON.encode()
    facts = {
        "answered": answer is not None,
        "code": code,
        "reason": _reason(answer),
        "reason_echoed": echoed,
        "answered_ms": answered_ms and round(answered_ms, 3),
        "tcp_ended_ms": None if ended_s is None else round(ended_s * 1000, 3),
        "cause": closed.cause,
    }
    fine = answer is not None and ended_s is not None
    words = _words(code, ended_s, waited_s, echoed=echoed)
    return Outcome(words, facts, answered_ms, ok=fine)


def _note_end(bench: Bench, closed: ConnectionClosed) -> None:
    """Have it judged that the server ended it, unless a rule for all connections has done so."""
    told = [each for each in bench.findings
            if each.connection == closed.connection and each.severity != "info"]  # fmt: skip
    if not told:
        verdict = bench.verdict
        bench.seen.ended = EndedSeen(verdict.sentence, verdict.advice, closed.seq)


def _ended_s(closed: ConnectionClosed, sent: WebSocketFrame, waited_s: float) -> float | None:
    """Say when TCP ended by the server's doing; None if this end had to give up."""
    took_s = (closed.at_ns - sent.at_ns) / 1e9
    given_up = closed.cause == "close-timeout" or took_s >= waited_s * 0.98
    return None if given_up else took_s


def _reason(answer: WebSocketFrame | None) -> str:
    return "" if answer is None else answer.payload[2:].decode("utf-8", "replace")


def _words(code: int | None, ended_s: float | None, waited_s: float, *, echoed: bool) -> str:
    if code is None:
        if ended_s is None:
            return f"Close with 1000 had no answer within {waited_s:g} s"
        return "TCP ended without an answer to Close with 1000"
    what = "without a code" if code == 1005 else f"with {code}"
    words = f"answered {what}{', reason echoed' if echoed else ''}"
    if ended_s is None:
        return f"{words}; TCP was still open after {waited_s:g} s"
    return f"{words}, TCP ended after {ended_s * 1000:.1f} ms"
