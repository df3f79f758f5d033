"""A ping was not answered.

## What it sees

This end sent a ping, waited for the pong as long as it was told to, and gave the connection up.

## Why it matters

The peer's machine was gone, the path was cut without a word, or the peer was too busy to answer for
all that time. Without the ping, the connection would have looked open for hours.

## How to fix

If other connections broke at the same moment, it was the network or the server's machine. If only
busy ones do, the peer handles its messages and its pings one after the other: let it answer pings
while it works. If the time-out is shorter than a pause that has to be lived with, such as a phone's
change of network, make it longer. In any case, connect again with growing pauses.

## References

RFC 6455 sections 5.5.2 and 5.5.3 (ping and pong), section 7.2.3 (connecting again).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS205", "A ping was not answered", "error", Moment.CLOSED, page=__doc__)
def ping_unanswered(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a connection that was given up for a missing pong."""
    if conversation.manner is Manner.PING_UNANSWERED:
        yield end_found(conversation, conversation.pings.last_sent, *conversation.pings.unanswered)
