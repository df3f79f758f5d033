"""Closed with a code of a library or framework (3000 to 3999).

## What it sees

The peer closed with a code that a library, framework or application has registered, or should have.
Three of them mean the same everywhere: 3000 unauthorized, 3003 forbidden, 3008 time-out.

## Why it matters

The WebSocket protocol gives them no meaning, so clients do not know what to do unless they are
told.

## How to fix

After 3000, give credentials or fresh ones. After 3003, check what these credentials may do. After
3008, send what the server waits for in time. Any other one is explained by the documentation of the
library that the server uses.

## References

RFC 6455 section 7.4.2 (ranges), IANA's WebSocket Close Code Number Registry.
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
    "WS219", "Closed with a code of a library", "warning", Moment.CLOSED, Moment.END, page=__doc__
)
def library_code(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a code of a library."""
    if is_told_by_its_call(conversation):
        return
    if closed_by_peer_with(conversation, range(3000, 4000)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
