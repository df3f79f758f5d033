"""The peer says that this end broke the protocol (1002).

## What it sees

The peer closed with 1002: a frame of this end's was not what RFC 6455 wants.

## Why it matters

Libraries do not send illegal frames; whoever writes frames by hand does, and so do gateways that
touch a connection and lose their place in it. If a frame was illegal on purpose, this is the right
answer.

## How to fix

Look at the frames sent last, which are among the evidence: reserved bits or opcodes, control frames
above 125 bytes, fragments in the wrong order, a Close with a code that may not be sent. If all of
them are legal, suspect the extension: connect with `--compression off` and past the gateway.

## References

RFC 6455 section 5 (framing) and section 7.4.1 (1002).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule(
    "WS211",
    "The peer says this end broke the protocol (1002)",
    "error",
    Moment.CLOSED,
    page=__doc__,
)
def protocol_error(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1002."""
    if closed_by_peer_with(conversation, (1002,)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
