"""This end closed, because the peer broke the protocol.

## What it sees

This end failed the connection, as RFC 6455 asks of it when the peer breaks the protocol. What was
broken is a finding of its own (WS3xx); this one says that the connection ended for it.

## Why it matters

It was not the network, and not the peer's wish: a lenient client would still be connected.

## How to fix

Correct what the other finding names. To see what the peer does after it, use `--lenient`, or
`strict=False` in Python: then breaches are noted and the connection goes on.

## References

RFC 6455 section 7.1.7 (fail the WebSocket connection).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner, code_words, what_failed
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS208", "This end closed for a breach", "info", Moment.CLOSED, page=__doc__)
def failed_here(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a connection that this end failed."""
    if conversation.manner is Manner.VIOLATION:
        assert conversation.closed is not None
        code = code_words(conversation.closed.code)
        more = f" For that, this end closed with {code}."
        ending = conversation.ending
        cause = what_failed(ending, conversation.closed)
        yield end_found(conversation, cause, ending.close_sent, more=more)
