"""Pongs come late.

## What it sees

The slowest tenth of the pings took 300 ms or more to be answered, and at least five times as long
as the median; from one second on it is a warning. A path that is long but steady is not told: there
all pings take as long.

## Why it matters

A pong goes ahead of nothing: it waits behind the messages that were queued before it, in the peer,
in its gateway and in the network. So a late pong shows what messages wait as well.

## How to fix

Look for what blocks the peer's loop, and for large messages or a backlog ahead of the pong. If the
pongs are late while little is sent, it is the network.

## References

RFC 6455 section 5.5.3 (pong).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.spread import Spread
from wirescope.events import Event

LEAST_PINGS = 5
SLOW_NS = 300_000_000
"""Beyond any round trip on the ground, so that something waited."""

VERY_SLOW_NS = 1_000_000_000
UNSTEADY = 5


@rule("WS404", "Pongs come late", "info", Moment.CLOSED, Moment.END, page=__doc__)
def pong_slow(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compare the slow round trips with the usual ones."""
    trips = Spread(conversation.pings.round_trips_ns)
    slowest = conversation.pings.slowest
    if trips.count < LEAST_PINGS or slowest is None:
        return
    usual_ns, slow_ns = trips.percentiles([0.5, 0.9])
    if slow_ns >= SLOW_NS and slow_ns >= UNSTEADY * usual_ns:
        yield Found(
            f"Of {trips.count:,} pings half were answered within {milliseconds(usual_ns)}, a tenth"
            f" took over {milliseconds(slow_ns)}, the slowest {milliseconds(slowest[0])}.",
            f"Look for what blocks the {conversation.peer}, or for a backlog ahead of the pongs.",
            (slowest[1].seq, slowest[2].seq),
            "warning" if slow_ns >= VERY_SLOW_NS else "info",
        )
