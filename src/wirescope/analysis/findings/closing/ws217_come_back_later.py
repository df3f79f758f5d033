"""The service restarts or is overloaded (1012, 1013).

## What it sees

The peer closed with 1012, because it is being restarted, or with 1013, because it has too much to
do.

## Why it matters

Nothing is wrong with this connection. What matters is when the client comes back: thousands that
come back at once make the overload worse.

## How to fix

Connect again after a few seconds, with a random part and growing pauses. After 1012 a server
expects clients to come back to it; after 1013 better to another one. If it comes at every release,
move connections away from a server before it stops.

## References

IANA's WebSocket Close Code Number Registry (1012, 1013), RFC 6455 section 7.2.3 (pauses).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS217", "The service restarts or is overloaded", "warning", Moment.CLOSED, page=__doc__)
def come_back_later(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1012 and 1013."""
    if closed_by_peer_with(conversation, (1012, 1013)):
        yield end_found(conversation, conversation.ending.close_received)
