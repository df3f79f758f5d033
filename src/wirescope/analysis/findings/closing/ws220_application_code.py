"""Closed with a code of the application (4000 to 4999).

## What it sees

The peer closed with a code that means something between this client and this server only. The
finding has the code and the reason that came with it.

## Why it matters

It is a deliberate answer of the application. Many use 4001 or 4401 for a missing or expired token,
4003 or 4403 for a missing right, 4008 or 4408 for a time-out, 4429 for a limit: the status of HTTP
with a 4 before it; graphql-ws and Discord have lists of their own.

## How to fix

The application's documentation says what the code means, and whether to connect again: after a code
about credentials, connecting again with the same ones is of no use.

## References

RFC 6455 section 7.4.2 (private use).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import (
    closed_by_peer_with,
    end_found,
    is_told_by_its_call,
)
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule(
    "WS220",
    "Closed with a code of the application",
    "warning",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def application_code(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a code of the application."""
    if is_told_by_its_call(conversation):
        return
    if closed_by_peer_with(conversation, range(4000, 5000)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
