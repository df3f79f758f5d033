"""Pings far more often than useful.

## What it sees

One end sends pings more often than every five seconds; more often than every second, it is a
warning. The gain is the difference to one ping every 20 seconds, each counted with its frame and
that of its pong.

## Why it matters

Limits on silence are 30 seconds and more. A ping a second keeps the radio of a phone awake, and on
a server with 100,000 idle connections it is most of the work.

## How to fix

One every 20 to 25 seconds keeps any gateway content. To notice a dead peer sooner, time out on the
answers that the application waits for anyway.

## References

RFC 6455 section 5.5.2 (ping).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event, Gain

OFTEN_NS = 5_000_000_000
"""A sixth of the shortest limit in wide use."""

TOO_OFTEN_NS = 1_000_000_000
USEFUL_NS = 20_000_000_000
LEAST_PINGS = 10


@rule("WS405", "Pings more often than useful", "info", Moment.CLOSED, Moment.END, page=__doc__)
def pings_too_often(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compare the period of pings with what keeps a connection alive."""
    pings = conversation.pings
    for who, direction, count, period_ns in (
        ("This end", "sent", pings.sent, pings.sent_period_ns),
        ("The peer", "received", pings.received, pings.received_period_ns),
    ):
        if count >= LEAST_PINGS and 0 < period_ns < OFTEN_NS:
            yield Found(
                f"{who} sends a ping every {milliseconds(period_ns)}; {count:,} were seen.",
                "Send one every 20 to 25 s.",
                tuple(ping.seq for ping in pings.latest[direction]),
                "warning" if period_ns < TOO_OFTEN_NS else "info",
                _gain(count, period_ns, pings.payload_bytes[direction]),
                about=who,
            )


def _gain(count: int, period_ns: int, payload_bytes: int) -> Gain:
    # A pong carries the ping's payload back; one of the two is masked, by four bytes.
    took = 2 * payload_bytes + count * (2 + 2 + 4)
    useful = max(1, count * period_ns // USEFUL_NS)
    return Gain(
        took, took * useful // count, f"{count:,} pings and their pongs, against one every 20 s."
    )
