"""The connection was reset, without a Close frame.

## What it sees

An open connection ended with a TCP reset: no Close frame, no orderly end. The close code is 1006.

## Why it matters

A reset is what an operating system sends for a process that has crashed or was killed, for a socket
that was closed with data left unread, and what gateways and firewalls send for a connection that
they have forgotten. What was on its way is lost, in both directions.

## How to fix

Look into the server's log at that moment, and into those of the gateways before it. If it comes at
a release, let the server close its connections with 1001 before it goes. If it comes after a pause,
send a heartbeat. The client has to connect again by itself, with growing pauses, and to fetch what
it missed.

## References

RFC 6455 section 7.1.5 (1006), section 7.2.3 (connecting again), RFC 9293 section 3.5.2 (reset).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS202", "Reset without a Close frame", "error", Moment.CLOSED, page=__doc__)
def reset(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a reset that nothing else explains."""
    if conversation.manner is Manner.RESET:
        yield end_found(conversation, conversation.last_frame)
