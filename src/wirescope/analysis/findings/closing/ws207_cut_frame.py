"""The connection broke inside a frame.

## What it sees

A frame announced more bytes than came before the connection ended. The finding has both figures.

## Why it matters

Nobody ends a connection in the middle of a frame on purpose. The sender crashed or was killed, or
something in between cut the connection, often at a limit on size, time or memory.

## How to fix

Look into the sender's log at that moment, and into those of the gateways. If it happens at the same
size again and again, it is a limit or a buffer; if at the same time after the beginning, a
time-out. The message is lost and has to be sent again.

## References

RFC 6455 section 5.2 (the payload's length) and section 7.1.5 (1006).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS207", "Broken inside a frame", "error", Moment.CLOSED, page=__doc__)
def cut_frame(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a frame that is not whole."""
    if conversation.manner is Manner.CUT_FRAME:
        yield end_found(conversation, conversation.received.last_frame)
