"""A WHIP or WHEP endpoint refused the offer itself.

## What it sees

The endpoint answered 400, 406, 415 or 422: it does not take what was sent as an offer.

## Why it matters

It was reached and let this end in, so address and token are right; what is offered does not suit
it.

## How to fix

Read what the answer says. Offer only what the endpoint has codecs for, with the directions that it
needs: sending alone to WHIP, receiving alone to WHEP. Some endpoints of WHEP take no offer and make
one themselves, which they say with 406.

## References

RFC 9725 sections 4.2 and 4.3, RFC 9110 section 15.5.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("SIG106", "The endpoint cannot use the offer", "error", Moment.FAILED, page=__doc__)
def offer_unusable(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a refusal of the offer itself."""
    failed = conversation.failed
    if (
        refused_by_endpoint(conversation)
        and failed is not None
        and failed.status in (400, 406, 415, 422)
    ):
        yield call_failure(conversation, *last_exchange(call))
