"""The connection ended without a Close frame.

## What it sees

The peer, or something in between, ended the TCP connection in order, with a FIN, but without a
Close frame before it. The close code is 1006.

## Why it matters

A WebSocket that is closed on purpose says so in a Close frame. Without one, nobody knows whether
all messages arrived. Usual reasons are a handler that returned or failed in a library that does not
close properly, a process that was told to stop, and a gateway that was reloaded or timed out.

## How to fix

Look into the server's log at that moment, and into those of the gateways before it. Let the server
close with a code and a reason in every case, also when its handler fails (1011) and when it goes
down (1001). The client has to connect again by itself, with growing pauses.

## References

RFC 6455 section 7.1.5 (1006), section 7.1.2 and section 7.2.3 (connecting again).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS203", "Ended without a Close frame", "error", Moment.CLOSED, page=__doc__)
def fin(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a FIN that nothing else explains."""
    if conversation.manner is Manner.FIN:
        yield end_found(conversation, conversation.last_frame)
