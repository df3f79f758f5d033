"""A WHIP or WHEP endpoint refused the offer with 429 or with a code of 500 and more.

## What it sees

The endpoint answered 429, or 5xx: too many requests, no room, or an error of its own.

## Why it matters

The request is right, and the same one may succeed later.

## How to fix

Wait as long as `Retry-After` says, and longer each time after that. If 500 or 502 stays, the log of
the server, or of what it stands behind, has the cause.

## References

RFC 9725 section 4.4, RFC 9110 sections 10.2.3 and 15.6.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("SIG108", "The endpoint has no room, or fails", "error", Moment.FAILED, page=__doc__)
def endpoint_busy(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a refusal for want of room."""
    failed = conversation.failed
    if (
        refused_by_endpoint(conversation)
        and failed is not None
        and failed.status in (429, *range(500, 600))
    ):
        yield call_failure(conversation, *last_exchange(call))
