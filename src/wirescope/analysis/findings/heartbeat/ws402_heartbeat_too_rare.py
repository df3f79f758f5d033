"""The heartbeat is too rare for the gateways in between.

## What it sees

There is a heartbeat, pings or regular small messages, but its period is longer than a limit that
gateways are known to have. Such limits begin at 55 seconds, and there were silences as long as
that. Between two programs of one machine, it is information only.

If the connection ended without a Close frame after a silence that is shorter than the period and as
long as a known limit, it is an error. Any other multiple of five seconds, as people write limits,
is a warning, since a crash at that very moment looks the same. A silence of any other length says
nothing about the heartbeat.

## Why it matters

A heartbeat that comes after the limit keeps nothing alive: the connection is dropped at every pause
all the same, which looks like chance because busy connections survive.

## How to fix

Send it twice as often as the shortest limit on the way asks for. Every 20 to 25 seconds is often
enough for all limits in wide use, and costs nothing worth counting.

## References

RFC 6455 section 5.5.2 (ping). nginx `proxy_read_timeout`.
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner, known_limit, seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.places import is_this_machine, scheme_and_host
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

SHORTEST_LIMIT_NS = 55_000_000_000
"""Heroku's router; nginx and AWS follow at 60 seconds."""


@rule("WS402", "Heartbeat too rare", "warning", Moment.CLOSED, Moment.END, page=__doc__)
def heartbeat_too_rare(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Compare the heartbeat's period with what gateways allow, and with the last silence."""
    if conversation.lacks_frames:
        return  # pings are not known
    beating = _period(conversation)
    if beating is None:
        return
    period_ns, evidence = beating
    silent_ns = conversation.filled_ending.silent_ns
    if conversation.manner is Manner.SILENCE and silent_ns < period_ns:
        whose = known_limit(silent_ns / 1e9)
        limit = f", {whose}," if whose else ""
        yield Found(
            f"The heartbeat comes every {seconds(period_ns)}; after {seconds(silent_ns)} of"
            f" silence{limit} the connection was gone.",
            f"Send it every {seconds(silent_ns // 2)} at most.",
            (*evidence, event.seq),
            "error" if whose else "warning",
        )
    elif period_ns > SHORTEST_LIMIT_NS and conversation.silence.ns > SHORTEST_LIMIT_NS:
        yield Found(
            f"The heartbeat comes every {seconds(period_ns)}; many gateways drop a connection"
            f" after {seconds(SHORTEST_LIMIT_NS)} of silence.",
            "Send it every 20 to 25 s.",
            evidence,
            "info" if is_this_machine(scheme_and_host(conversation.url)[1]) else None,
        )


def _period(conversation: Conversation) -> tuple[int, tuple[int, ...]] | None:
    pings = conversation.pings
    found = [
        (period_ns, tuple(ping.seq for ping in pings.latest[direction]))
        for period_ns, direction in (
            (pings.sent_period_ns, "sent"),
            (pings.received_period_ns, "received"),
        )
        if period_ns
    ]
    beats = conversation.content.heartbeats
    both = [*found, *((each.period_ns, (each.first, each.last)) for each in beats)]
    return min(both, default=None)
