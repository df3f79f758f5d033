"""The peer does not take this type of data (1003).

## What it sees

The peer closed with 1003: a message was of a type that it cannot accept, such as binary where it
takes text only.

## Why it matters

Text and binary are two types, whatever the bytes are: JSON that is sent as bytes is a binary
message.

## How to fix

Send text in place of binary, or the other way round: in Python a `str` goes out as text and `bytes`
as binary; on the command line `--binary` makes the difference.

## References

RFC 6455 section 5.6 (data frames) and section 7.4.1 (1003).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule(
    "WS212", "The peer does not take this type of data (1003)", "error", Moment.CLOSED, page=__doc__
)
def unsupported_data(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1003."""
    if closed_by_peer_with(conversation, (1003,)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
