"""The address is not that of a WHIP or WHEP endpoint, or there is no such stream.

## What it sees

The server answered 404, 405 or 410 to the offer.

## Why it matters

The server is there and knows nothing of the address, or knows it as something else: the page of a
player, say.

## How to fix

Check the path, letter by letter: many servers have the name of the stream in it, and end it in
`/whip` or `/whep`. For watching, see that somebody publishes under this name; many servers answer
404 until then.

## References

RFC 9725 section 4.2, RFC 9110 sections 15.5.5 and 15.5.6.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SIG105", "No endpoint takes offers at this address", "error", Moment.FAILED, page=__doc__
)
def no_endpoint(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a refusal with 404, 405 or 410."""
    failed = conversation.failed
    if (
        refused_by_endpoint(conversation)
        and failed is not None
        and failed.status in (404, 405, 410)
    ):
        yield call_failure(conversation, *last_exchange(call))
