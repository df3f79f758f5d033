"""Requests that nobody answered.

## What it sees

Requests were matched with their answers, and some have waited for ten seconds or more, or the
connection closed on them after that time. It is a warning when they are one in a hundred or more.
Requests that were told by an inferred field are information only, and so are those of GraphQL and
SignalR, where a subscription may wait for its first event as long as it likes.

## Why it matters

What waits for an answer without a deadline waits for ever, and its memory with it. A server that
drops a request on an error, without saying so, looks like this.

## How to fix

Look at the requests that are given as evidence, and in the peer's log for an error at that time.
Give every request a deadline.

## References

JSON-RPC 2.0 section 5 (a request is to be answered, a notification is not).
"""

from collections.abc import Iterator, Sequence

from wirescope.analysis.closing import seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.latency.exchanges import exchanges
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.matching import Waiting
from wirescope.events import Event

PATIENCE_NS = 10_000_000_000
MANY = 0.01
"""One in a hundred; below that it may be what was cut off."""


@rule("WS604", "Requests without an answer", "info", Moment.CLOSED, Moment.END, page=__doc__)
def unanswered_request(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for requests that still wait."""
    for who, exchange, sure, subscribes in exchanges(conversation):
        late = [each for each in exchange.unanswered if event.at_ns - each.at_ns >= PATIENCE_NS]
        count = len(late) + exchange.given_up
        if count:
            many = count >= MANY * exchange.requests and sure and not subscribes
            waited = f"; the first of them waited {_waited(late, event)}" if late else ""
            yield Found(
                f"{count:,} of {exchange.requests:,} requests of {who} got no answer{waited}.",
                "Look in the log of whoever should have answered; give requests a deadline.",
                tuple(each.seq for each in (*exchange.forgotten, *late)),
                "warning" if many else "info",
                about=who,
            )


def _waited(late: Sequence[Waiting], event: Event) -> str:
    return seconds(event.at_ns - late[0].at_ns)
