"""A Close frame was not answered.

## What it sees

This end closed the connection, and no Close frame came back: either nothing at all within the time
for closing, or the end of the connection.

## Why it matters

What the peer had still to send may be lost, and neither end can be sure that its last messages were
read. A peer that says nothing at all is hanging, or does not read while it writes.

## How to fix

Correct the peer: it has to answer a Close frame with its own and then end the connection. Nothing
is wrong at this end. If the peer is only slow, allow more time for closing.

## References

RFC 6455 section 5.5.1 (Close) and section 7.1.2 (the closing handshake).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS206", "A Close frame was not answered", "warning", Moment.CLOSED, page=__doc__)
def close_unanswered(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a closing handshake of which only this end's half took place."""
    if conversation.manner in (Manner.CLOSE_UNANSWERED, Manner.HUNG_UP):
        yield end_found(conversation, conversation.ending.close_sent)
