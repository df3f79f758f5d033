"""The server refused the opening handshake.

## What it sees

The opening handshake was answered with a status other than 101 that no rule of its own is about:
500 for a server that failed, 400 for a request that it did not like.

## Why it matters

A browser shows a page's author nothing of this, neither status nor body, only that it failed. Here
both are kept, and servers usually say in the body what they did not like.

## How to fix

Read the body in the finding; the whole of it is in the event `connection.failed`. With 500, the
server's own log has the cause. With 400, the usual reasons are a missing parameter, cookie or
subprotocol, and a Host that the server does not serve.

## References

RFC 6455 section 4.2.2 (a server may refuse with a status of HTTP), RFC 9110 section 15 (statuses).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS101", "The opening handshake was refused", "error", Moment.FAILED, page=__doc__)
def other_refusal(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a status that no other rule is about."""
    if refused_for(conversation, Refusal.OTHER):
        yield failure_found(conversation)
