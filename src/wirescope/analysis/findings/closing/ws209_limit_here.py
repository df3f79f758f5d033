"""A message was above this end's limit.

## What it sees

This end closed with 1009, because a message was longer than it accepts. The limit counts what is
decoded: a small compressed message can be a long one.

## Why it matters

The peer did nothing wrong. The limit protects this end's memory; where such messages are honest, it
is too low.

## How to fix

Raise it: `max_message_size` in Python, `--max-message-size` on the command line. Or have the peer
send less at a time: in pages, in several messages, or by a link to the data.

## References

RFC 6455 section 7.4.1 (1009) and section 10.4 (limits of an implementation).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner, what_failed
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS209", "A message above this end's limit", "error", Moment.CLOSED, page=__doc__)
def limit_here(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a message that was too long for this end."""
    if conversation.manner is Manner.TOO_BIG:
        assert conversation.closed is not None
        cause = what_failed(conversation.ending, conversation.closed)
        yield end_found(conversation, cause, conversation.ending.close_sent)
