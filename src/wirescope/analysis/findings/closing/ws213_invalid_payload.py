"""The peer found a message's bytes invalid (1007).

## What it sees

The peer closed with 1007: the bytes of a message did not fit its type. For a text message that
means that they are not UTF-8; for a compressed one, that they could not be inflated.

## Why it matters

Text in another encoding, or cut in the middle of a character, looks right until the first letter
that is not ASCII.

## How to fix

Encode text as UTF-8 before it is sent, and send as binary whatever is not text. If the text is
valid, suspect the extension: connect with `--compression off`.

## References

RFC 6455 section 8.1 (UTF-8), section 7.4.1 (1007), RFC 7692 section 7.2.2.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS213", "The peer found a message invalid (1007)", "error", Moment.CLOSED, page=__doc__)
def invalid_payload(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1007."""
    if closed_by_peer_with(conversation, (1007,)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
