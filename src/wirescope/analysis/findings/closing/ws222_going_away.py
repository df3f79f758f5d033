"""The peer goes away (1001).

## What it sees

The peer closed with 1001: a server goes down or restarts, or a page was left.

## Why it matters

It is an orderly end, and it will happen at every release of the server. Nothing was wrong with the
connection; the client has to come back.

## How to fix

Connect again, with a random part in the pause, so that all clients of a server that goes down do
not come back at once. Nothing needs to be done about a page that was left.

## References

RFC 6455 section 7.4.1 (1001) and section 7.2.3 (pauses).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS222", "The peer goes away (1001)", "info", Moment.CLOSED, page=__doc__)
def going_away(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1001."""
    if closed_by_peer_with(conversation, (1001,)):
        yield end_found(conversation, conversation.ending.close_received)
