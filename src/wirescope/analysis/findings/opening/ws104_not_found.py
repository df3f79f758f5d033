"""No endpoint is at this path.

## What it sees

The server answered 404, 405 or 410: it speaks HTTP, and knows nothing at this path, or nothing that
takes this method.

## Why it matters

Paths are often changed on the way: a gateway adds or removes a prefix, or sends only some paths to
the server that speaks WebSocket. Frameworks have paths of their own: Socket.IO `/socket.io/`,
SignalR the hub's name, Action Cable `/cable`, Phoenix `/socket/websocket`.

## How to fix

Check the path, its prefix and its final slash. Ask the server behind the gateway directly: if that
works, it is the gateway's routing (in nginx a slash at the end of `proxy_pass` removes the prefix).
Some servers answer 404 to a request whose Upgrade was lost on the way (see WS109).

## References

RFC 9110 sections 15.5.5, 15.5.6 and 15.5.11.
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS104", "No endpoint is at this path", "error", Moment.FAILED, page=__doc__)
def not_found(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 404, 405 and 410."""
    if refused_for(conversation, Refusal.NOT_FOUND):
        yield failure_found(conversation)
