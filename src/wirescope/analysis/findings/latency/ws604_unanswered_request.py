"""Requests that nobody answered.

## What it sees

Requests were matched with their answers, and some have waited for ten seconds or more, or the
connection closed on them after that time. Answers that were matched by an inferred field are told
as information only.

## Why it matters

What waits for an answer without a deadline waits for ever, and its memory with it. A server that
drops a request on an error, without saying so, looks like this.

## How to fix

Look at the requests that are given as evidence, and in the peer's log for an error at that time.
Give every request a deadline.

## References

JSON-RPC 2.0 section 5 (a request is to be answered, a notification is not).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

PATIENCE_NS = 10_000_000_000
MANY = 0.01
"""One in a hundred; below that it may be what was cut off."""


@rule("WS604", "Requests without an answer", "info", Moment.CLOSED, Moment.END, page=__doc__)
def unanswered_request(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for requests that still wait."""
    content = conversation.content
    if content.matcher is None or content.protocol is None:
        return
    for who, exchange in (
        ("this end", content.matcher.sent),
        ("the peer", content.matcher.received),
    ):
        late = [each for each in exchange.unanswered if event.at_ns - each.at_ns >= PATIENCE_NS]
        count = len(late) + exchange.given_up
        if count:
            many = count >= MANY * exchange.requests and not content.protocol.inferred
            evidence = [*exchange.forgotten, *late]
            yield Found(
                f"{count:,} of {exchange.requests:,} requests of {who} got no answer.",
                "Look in the log of whoever should have answered; give requests a deadline.",
                tuple(each.seq for each in evidence),
                "warning" if many else "info",
                about=who,
            )
