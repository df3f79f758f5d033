"""It is against the peer's policy (1008).

## What it sees

The peer closed with 1008: something broke a rule of its own, which no other code stands for.

## Why it matters

Many servers use it in place of 401 and 403, since after the opening handshake there is no other
way: a token that is missing, wrong or expired. Rate limits and messages that fail a check are the
others.

## How to fix

Read the reason in the Close frame. If it came right after opening, it is the credentials: get a
fresh token, and see where the server expects it. If after a while, the token expired or a limit was
met. If after a message, that message is among the evidence.

## References

RFC 6455 section 7.4.1 (1008).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS214", "Against the peer's policy (1008)", "error", Moment.CLOSED, page=__doc__)
def policy(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1008."""
    if closed_by_peer_with(conversation, (1008,)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
