"""What answers at this path is not a WebSocket server.

## What it sees

The opening handshake was answered with 200 or another success: the server took it for an ordinary
request and sent a page, a file or data.

## Why it matters

A WebSocket begins with 101 and with nothing else. Often the path is that of the page and not of the
endpoint, or a single-page application's server answers every path with its index page. A gateway
that drops Upgrade leads to the same, since the server then sees an ordinary request.

## How to fix

Check the path. Look at the body in the finding: a page of HTML is a web server's, a greeting in
JSON an API's. If the path is right, see whether something in between drops Upgrade (WS109): ask the
server directly, past the gateway.

## References

RFC 6455 section 4.1 (any status but 101 is no connection).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS108", "No WebSocket server answers at this path", "error", Moment.FAILED, page=__doc__)
def not_websocket(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a success that is not 101."""
    if refused_for(conversation, Refusal.NOT_WEBSOCKET):
        yield failure_found(conversation)
