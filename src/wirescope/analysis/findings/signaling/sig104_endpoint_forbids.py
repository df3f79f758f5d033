"""A WHIP or WHEP endpoint refused the offer with 403.

## What it sees

The endpoint answered 403: it knows who asks and does not allow it, or it does not answer to this
host name or origin.

## Why it matters

A new token of the same kind changes nothing; somebody has to give the right to it.

## How to fix

See what the token allows: publishing or watching, this stream or another. A server in front that
checks host name or origin refuses so, too.

## References

RFC 9110 section 15.5.4, RFC 9725 section 4.7.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("SIG104", "The endpoint forbids it", "error", Moment.FAILED, page=__doc__)
def endpoint_forbids(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a refusal with 403."""
    failed = conversation.failed
    if refused_by_endpoint(conversation) and failed is not None and failed.status == 403:
        yield call_failure(conversation, *last_exchange(call))
