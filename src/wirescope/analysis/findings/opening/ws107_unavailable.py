"""A gateway, or the server behind it, is not available.

## What it sees

The answer was 502, 503 or 504, or one of the 52x of content delivery networks. The finding says who
gave it, as far as `Server`, `Via` or the like do.

## Why it matters

The part that answered works; the one behind it does not. 502: it refused, hung up or said something
that is no answer. 503: it is down, overloaded, or not known to be healthy. 504: it was silent.

## How to fix

Look at the server behind the gateway: does it run, does it listen where the gateway looks, does its
health check pass? Connect to it directly, past the gateway. With 502, also check that the gateway
speaks HTTP/1.1 to it and passes Upgrade on (WS109). With 504, see what the server does before it
answers; a gateway's limit for that is often 60 s. With 503 and `Retry-After`, wait.

## References

RFC 9110 sections 15.6.3 to 15.6.5, RFC 6455 section 4.2.2.
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS107", "A gateway or the server behind it is down", "error", Moment.FAILED, page=__doc__)
def unavailable(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for what gateways answer when they have nothing to pass on."""
    if refused_for(conversation, Refusal.UNAVAILABLE):
        yield failure_found(conversation)
