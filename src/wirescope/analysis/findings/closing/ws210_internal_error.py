"""The server failed (1011).

## What it sees

The peer closed with 1011: it met a condition that it did not expect. Most libraries send it when
the code that handles the connection ends with an error.

## Why it matters

The connection and the protocol are in order; the application is not. The reason rarely says more
than "internal error".

## How to fix

Look into the server's log at that moment for the error. The message that was sent last is among the
evidence: often that is what it failed on.

## References

RFC 6455 section 7.4.1 (1011) and section 11.7 (the registry of close codes).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import misses_pongs
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS210", "The server failed (1011)", "error", Moment.CLOSED, page=__doc__)
def internal_error(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1011 that is not about pongs."""
    if closed_by_peer_with(conversation, (1011,)) and not misses_pongs(conversation.ending):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
