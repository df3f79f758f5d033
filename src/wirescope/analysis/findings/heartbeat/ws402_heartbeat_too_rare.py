"""The heartbeat is too rare for the gateways in between.

## What it sees

There is a heartbeat, pings or regular small messages, but its period is longer than a limit that
gateways are known to have: 55, 60 or 100 seconds. If the connection ended without a Close frame
after a silence shorter than the period, that silence was too long for something on the way, and it
is an error.

## Why it matters

A heartbeat that comes after the limit keeps nothing alive: the connection is dropped at every pause
all the same, which looks like chance because busy connections survive.

## How to fix

Halve the shortest limit on the way. 20 to 25 seconds are below all limits in wide use and cost
nothing worth counting.

## References

RFC 6455 section 5.5.2 (ping). nginx `proxy_read_timeout`.
"""

from collections.abc import Iterator

from wirescope.analysis.closing import known_limit, seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

SHORTEST_LIMIT_NS = 55_000_000_000
"""Heroku's router; nginx and AWS follow at 60 seconds."""

LEAST_ENDING_NS = 5_000_000_000


@rule("WS402", "Heartbeat too rare", "warning", Moment.CLOSED, Moment.END, page=__doc__)
def heartbeat_too_rare(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Compare the heartbeat's period with what gateways allow, and with the last silence."""
    if conversation.lacks_frames:
        return  # pings are not known
    beating = _period(conversation)
    if beating is None:
        return
    period_ns, evidence = beating
    closed, last = conversation.closed, conversation.last_frame
    silent_ns = event.at_ns - last.at_ns if last is not None else 0
    if closed is not None and closed.code == 1006 and LEAST_ENDING_NS <= silent_ns < period_ns:
        whose = known_limit(silent_ns / 1e9)
        limit = f", {whose}," if whose else ""
        yield Found(
            f"The heartbeat comes every {seconds(period_ns)}; after {seconds(silent_ns)} of"
            f" silence{limit} the connection was gone.",
            f"Send it every {seconds(silent_ns // 2)} at most.",
            (*evidence, event.seq),
            "error",
        )
    elif period_ns > SHORTEST_LIMIT_NS and conversation.silence.ns > SHORTEST_LIMIT_NS:
        yield Found(
            f"The heartbeat comes every {seconds(period_ns)}; many gateways drop a connection"
            f" after {seconds(SHORTEST_LIMIT_NS)} of silence.",
            "Send it every 20 to 25 s.",
            evidence,
        )


def _period(conversation: Conversation) -> tuple[int, tuple[int, ...]] | None:
    pings = conversation.pings
    found = [
        (period_ns, (last.seq,))
        for period_ns, last in (
            (pings.sent_period_ns, pings.last_sent),
            (pings.received_period_ns, pings.last_received),
        )
        if period_ns and last is not None
    ]
    beats = conversation.content.heartbeats
    both = [*found, *((each.period_ns, (each.first, each.last)) for each in beats)]
    return min(both, default=None)
