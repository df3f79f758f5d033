"""An extension is missing that the peer needs (1010).

## What it sees

The peer closed with 1010: it offered extensions, or expected some, and the opening handshake did
not agree on them. Its reason usually lists them.

## Why it matters

Only a client may send it, since a server would have refused the opening handshake. Seen by a
client, it is a server that misuses the code.

## How to fix

Agree on what it needs: have the server accept the client's offer, such as permessage-deflate. Or
have the client go on without.

## References

RFC 6455 section 7.4.1 (1010) and section 9.1.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS216", "An extension is missing (1010)", "error", Moment.CLOSED, page=__doc__)
def missing_extension(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1010."""
    if closed_by_peer_with(conversation, (1010,)):
        yield end_found(conversation, conversation.ending.close_received)
