"""No subprotocol was agreed upon, though some were offered.

## What it sees

The request offered subprotocols, and the 101 names none. The connection is open all the same.

## Why it matters

The WebSockets Standard has browsers fail such a connection, so what works here may not work in a
page. And a server that knows none of what was offered may speak another language: GraphQL has two
protocols, `graphql-ws` and `graphql-transport-ws`.

## How to fix

Have the server choose one of those that it is offered; most libraries want a list of them or a
function for it. Check the spelling, which is compared letter by letter. If the server speaks none,
do not offer any.

## References

RFC 6455 sections 1.9 and 4.2.2; the WebSockets Standard, "establish a WebSocket connection".
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS113", "No subprotocol was agreed upon", "warning", Moment.OPENED, page=__doc__)
def subprotocol_not_agreed(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for an offer that came to nothing."""
    handshake = conversation.handshake
    if handshake is None or handshake.subprotocol:
        return
    offered = conversation.answer.asked.get("sec-websocket-protocol", "")
    if offered:
        yield Found(
            f"The request offered {offered}; the answer chose no subprotocol.",
            "Browsers refuse this: have the server choose one, or offer none.",
            (handshake.seq, event.seq),
        )
