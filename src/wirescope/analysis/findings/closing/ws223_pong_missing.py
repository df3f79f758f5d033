"""The peer got no pong in time.

## What it sees

The peer closed with 1011 and a reason that speaks of pings, as the library `websockets` does with
"keepalive ping timeout": it sent a ping, and this end's pong did not come in time.

## Why it matters

Nothing failed at the peer. This end did not answer: its program was busy with something that
blocks, did not read from the connection, or the machine slept. Or the pong was lost with the path.

## How to fix

Answer pings without delay: do not block the event loop or the thread that reads, and do not stop
reading while a message is handled. If this end may sleep, have the peer wait longer
(`ping_timeout`). If automatic pongs were switched off here, send them.

## References

RFC 6455 section 5.5.2 (a ping is answered as soon as is practical).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import misses_pongs
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS223", "The peer got no pong in time", "error", Moment.CLOSED, page=__doc__)
def pong_missing(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1011 that is about pongs."""
    if closed_by_peer_with(conversation, (1011,)) and misses_pongs(conversation.ending):
        yield end_found(
            conversation, conversation.pings.last_received, conversation.ending.close_received
        )
