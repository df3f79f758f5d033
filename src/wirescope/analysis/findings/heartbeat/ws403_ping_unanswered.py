"""Pings that got no pong.

## What it sees

This end sent pings that the peer left unanswered for 20 seconds or more, and the connection went
on. A pong may answer the newest ping alone, so older ones do not count. Where the connection was
given up for a ping, that is WS205.

## Why it matters

RFC 6455 requires a pong as soon as is practical. If none comes, the peer hangs, the path is broken,
or a library is used without reading, which is when most answer pings.

## How to fix

Look at what the peer does at that time: a loop that blocks, a read that is never called. Some
gateways and some servers in front of an application swallow pings; then use messages of your own.

## References

RFC 6455 sections 5.5.2 and 5.5.3.
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner, seconds
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

PATIENCE_NS = 20_000_000_000
"""What most libraries wait for a pong by default."""


@rule("WS403", "Ping without a pong", "warning", Moment.CLOSED, Moment.END, page=__doc__)
def own_ping_unanswered(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for pings of this end that are still open."""
    if conversation.manner is Manner.PING_UNANSWERED or conversation.lacks_frames:
        return
    late = [
        ping for ping in conversation.pings.unanswered if event.at_ns - ping.at_ns >= PATIENCE_NS
    ]
    if late:
        several = f"{len(late)} pings got no pong, the first" if len(late) > 1 else ""
        waited = seconds(event.at_ns - late[0].at_ns)
        yield Found(
            f"{several or 'A ping got no pong'} within {waited}.",
            f"Find out why the {conversation.peer} does not answer: it hangs, or it does not read.",
            tuple(ping.seq for ping in late),
        )
