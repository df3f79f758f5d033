"""The server behind the gateway failed (1014).

## What it sees

A gateway closed with 1014: it got an answer from the server behind it that it could not use, or
lost that server. It is to an open connection what 502 is to the opening handshake.

## Why it matters

The part that this end talks to works; the one behind it does not.

## How to fix

See whether the server behind the gateway runs, and look into its log at that moment. Connect to it
directly, past the gateway.

## References

IANA's WebSocket Close Code Number Registry (1014).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS218", "The server behind the gateway failed (1014)", "error", Moment.CLOSED, page=__doc__)
def bad_gateway(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1014."""
    if closed_by_peer_with(conversation, (1014,)):
        yield end_found(conversation, conversation.ending.close_received)
