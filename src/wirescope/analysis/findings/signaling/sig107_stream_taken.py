"""A WHIP or WHEP endpoint refused the offer with 409.

## What it sees

The endpoint answered 409: to a publisher, that somebody else publishes there already; to a viewer,
that nobody does yet.

## Why it matters

A publisher that broke off without taking leave may hold its place until the server notices, which
takes half a minute.

## How to fix

Wait and try again. End the session with DELETE when publishing ends, so that the place is free at
once.

## References

RFC 9725 section 4.2, RFC 9110 section 15.5.10.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SIG107", "The stream is taken, or nobody publishes", "error", Moment.FAILED, page=__doc__
)
def stream_taken(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a refusal with 409."""
    failed = conversation.failed
    if refused_by_endpoint(conversation) and failed is not None and failed.status == 409:
        yield call_failure(conversation, *last_exchange(call))
