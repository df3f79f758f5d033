"""A WHIP or WHEP endpoint refused the offer with 401.

## What it sees

The endpoint answered 401: it wants a token, or another one than it got.

## Why it matters

Nothing was tried on the network yet. Tokens hold for a time and for one stream, so that what worked
yesterday need not work today.

## How to fix

Give the token as the endpoint wants it, as a rule in `Authorization: Bearer`. Ask for a new one.
See that it is for this stream and for this side, publishing or watching.

## References

RFC 9725 section 4.7, RFC 6750, RFC 9110 section 15.5.2.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("SIG103", "The endpoint wants a token", "error", Moment.FAILED, page=__doc__)
def wants_token(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a refusal with 401."""
    failed = conversation.failed
    if refused_by_endpoint(conversation) and failed is not None and failed.status in (401, 407):
        yield call_failure(conversation, *last_exchange(call))
