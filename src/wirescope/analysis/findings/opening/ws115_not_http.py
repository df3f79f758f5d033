"""The answer to the opening handshake is not HTTP.

## What it sees

What came back does not begin as an HTTP answer does. Where the first bytes are known, the finding
says whose they are: an SSH, mail, Redis or RTSP server, a page without a head, a frame without a
handshake.

## Why it matters

It is the wrong port, or a server that does not wait for its answer to be sent before it goes on.
The bytes are kept in the event `websocket.handshake`.

## How to fix

Check the address and the port. If the server is your own, it has to answer with a complete head,
`HTTP/1.1 101 Switching Protocols`, its fields and an empty line, before the first frame.

## References

RFC 9112 section 4 (the status line), RFC 6455 section 4.2.2.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS115", "The answer is not HTTP", "error", Moment.FAILED, page=__doc__)
def not_http(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for bytes that are no head."""
    if failed_by(conversation, "not-http"):
        yield failure_found(conversation)
