"""The server speaks another version of WebSocket.

## What it sees

The answer has `Sec-WebSocket-Version` with the versions that the server speaks, and the one that
was asked for is not among them.

## Why it matters

13 is the version of RFC 6455, the only one in use since 2011. Either the header was overridden
here, was changed on the way, or the server is older than that.

## How to fix

Leave `Sec-WebSocket-Version` as it is; a header given with `-H` goes before it. If the server
speaks only 8 or less, it has to be renewed.

## References

RFC 6455 section 4.4 (several versions) and section 11.6 (their registry).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS118", "Another version of WebSocket is wanted", "error", Moment.FAILED, page=__doc__)
def other_version(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for an answer that names other versions."""
    if refused_for(conversation, Refusal.VERSION):
        yield failure_found(conversation)
