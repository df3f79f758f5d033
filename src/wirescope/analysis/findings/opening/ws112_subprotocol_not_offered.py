"""The server chose a subprotocol that was not offered.

## What it sees

The 101 names a subprotocol that the request did not offer, or several.

## Why it matters

The two ends would not agree on what the messages mean, so a client has to fail the connection;
every browser does. Names are compared letter by letter: `GraphQL-WS` is not `graphql-ws`.

## How to fix

Offer what the server speaks: `--subprotocol NAME`. If the server is your own, it has to choose one
of those that the request offers, or none.

## References

RFC 6455 section 4.1 (the client's check) and section 4.2.2 (the server's choice).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS112", "A subprotocol that was not offered", "error", Moment.FAILED, page=__doc__)
def subprotocol_not_offered(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a choice that the client did not offer."""
    if failed_by(conversation, "subprotocol"):
        yield failure_found(conversation)
