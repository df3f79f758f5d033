"""Reconnecting again and again, without a growing pause.

## What it sees

Ten attempts to connect to the same address within a minute, each after the one before it had ended,
and the pauses between them do not grow. Connections side by side do not count.

## Why it matters

If the server is overloaded or restarts, all its clients do this at once and keep it down. If it
refuses, as for a token that has run out, the attempts lead nowhere and may be taken for an attack.

## How to fix

Double the pause after each failure, up to a minute or so, and add chance to it so that clients do
not come at the same time; begin anew after a connection that lasted. Stop after a refusal that will
not change, as 401, 403 or the close code 1008.

## References

RFC 6455 section 7.2.3 (recovering from abnormal closure).
"""

from collections.abc import Iterator, Sequence

from wirescope.analysis.closing import seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.reconnects import KEPT, Attempt
from wirescope.events import Event

WITHIN_NS = 60_000_000_000
GROWTH = 2
"""Pauses that grow reach twice the first one within ten attempts, however slowly."""

TOLD_AT = (KEPT, 10 * KEPT, 100 * KEPT)
"""Once is enough, and again when it has become ten times as many."""


@rule("WS606", "Reconnects without a pause", "warning", Moment.FAILED, Moment.CLOSED, page=__doc__)
def reconnect_storm(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look at the attempts to connect to the same address."""
    reconnects = conversation.reconnects
    latest = list(reconnects.latest)
    if reconnects.count not in TOLD_AT or latest[-1].began_ns - latest[0].began_ns > WITHIN_NS:
        return
    if not _grow(latest):
        took_ns = latest[-1].began_ns - latest[0].began_ns
        yield Found(
            f"{len(latest)} attempts to connect to the same address within {seconds(took_ns)},"
            f" each after the one before had ended; {reconnects.count:,} in all.",
            "Double the pause after each failure, with some chance in it, up to a minute.",
            tuple(attempt.seq for attempt in latest),
            "error" if reconnects.count > KEPT else "warning",
            about=str(reconnects.count),
        )


def _grow(attempts: Sequence[Attempt]) -> bool:
    waits_ns = [each.waited_ns for each in attempts if each.waited_ns is not None]
    half = len(waits_ns) // 2
    return sum(waits_ns[half:]) >= GROWTH * sum(waits_ns[:half]) > 0
