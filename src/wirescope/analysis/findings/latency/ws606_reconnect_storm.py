"""Reconnecting again and again, without a growing pause.

## What it sees

Ten attempts to connect to the same address within a minute, each after the one before it had ended,
and the pauses between them do not grow. It is an error once there were a hundred. Connections side
by side do not count, nor does one that this end closed because it was done. Nothing is said of the
connections that a server accepted, since it cannot tell one client from many.

## Why it matters

If the server is overloaded or restarts, all its clients do this at once and keep it down. If it
refuses, as for a token that has run out, the attempts lead nowhere and may be taken for an attack.

## How to fix

Double the pause after each failure, up to a minute or so, and add chance to it so that clients do
not come at the same time; begin anew after a connection that lasted. Wait as long as `Retry-After`
says, where the answer has it. Stop after a refusal that will not change, as 401, 403 or the close
code 1008, until there are fresh credentials.

## References

RFC 6455 section 7.2.3 (recovering from abnormal closure).
"""

from collections.abc import Iterator, Sequence

from wirescope.analysis.closing import code_words, seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.reconnects import KEPT, Attempt
from wirescope.analysis.refusal import status_name
from wirescope.events import ConnectionClosed, ConnectionFailed, Event

WITHIN_NS = 60_000_000_000
GROWTH = 2
"""Pauses that grow reach twice the first one within ten attempts, however slowly."""

FINAL_STATUSES = (401, 403)
FINAL_CODES = (1008, 3000, 3003, 4001, 4003, 4401, 4403)
"""Refusals of who is there; the last four are no standard, but usual."""

TOLD_AT = (KEPT, 10 * KEPT, 100 * KEPT)
"""Once is enough, and again when it has become ten times as many."""


@rule("WS606", "Reconnects without a pause", "warning", Moment.FAILED, Moment.CLOSED, page=__doc__)
def reconnect_storm(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look at the attempts to connect to the same address."""
    if conversation.accepted:
        return  # a server cannot tell one client that comes back from many that come once
    reconnects = conversation.reconnects
    latest = list(reconnects.latest)
    if reconnects.count not in TOLD_AT or latest[-1].began_ns - latest[0].began_ns > WITHIN_NS:
        return
    if not _grow(latest):
        took_ns = latest[-1].began_ns - latest[0].began_ns
        yield Found(
            f"{len(latest)} attempts to connect to the same address within {seconds(took_ns)},"
            f" each after the one before had ended; {reconnects.count:,} in all. The last one ended"
            f" with {_end_in_words(latest[-1].ended)}.",
            _fix(conversation, latest),
            tuple(attempt.seq for attempt in latest),
            "error" if reconnects.count > KEPT else "warning",
            about=str(reconnects.count),
        )


def _end_in_words(ended: ConnectionFailed | ConnectionClosed | None) -> str:
    match ended:
        case ConnectionFailed(status=int(status)):
            return status_name(status)
        case ConnectionFailed(kind=kind, message=message):
            return f'"{message.rstrip(".") or kind}"'
        case ConnectionClosed(code=code, reason=reason):
            return f"the close code {code_words(code, reason)}"
    return "nothing that was seen"


def _fix(conversation: Conversation, latest: Sequence[Attempt]) -> str:
    """Go by what the server says: that it will not change, or when to come back."""
    if all(_is_final(attempt.ended) for attempt in latest):
        return "Stop: trying again does not change that answer. Get fresh credentials first."
    wanted = conversation.answer.answered.get("retry-after")
    if wanted is not None:
        return f"Wait as long as the server says: Retry-After is {wanted}."
    return "Double the pause after each failure, with some chance in it, up to a minute."


def _is_final(ended: ConnectionFailed | ConnectionClosed | None) -> bool:
    match ended:
        case ConnectionFailed(status=status):
            return status in FINAL_STATUSES
        case ConnectionClosed(code=code):
            return code in FINAL_CODES
    return False


def _grow(attempts: Sequence[Attempt]) -> bool:
    waits_ns = [each.waited_ns for each in attempts if each.waited_ns is not None]
    half = len(waits_ns) // 2
    return sum(waits_ns[half:]) >= GROWTH * sum(waits_ns[:half]) > 0
