"""There are too many connections or requests.

## What it sees

The server, or what stands before it, answered 429. `Retry-After` says when to come back, where the
answer has it.

## Why it matters

It is usually this client's own doing: connections that are opened again without a pause after they
were lost, a page that opens one for every component, or tests that run side by side.

## How to fix

Wait as long as `Retry-After` says. Let the pauses between attempts grow, with a random part, so
that many clients do not come back together: `--retry` does that. Share one connection where several
are opened. If the limit is too low for honest use, raise it.

## References

RFC 6585 section 4 (429), RFC 9110 section 10.2.3 (Retry-After), RFC 6455 section 7.2.3 (pauses).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS106", "Too many connections or requests", "error", Moment.FAILED, page=__doc__)
def too_many(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 429."""
    if refused_for(conversation, Refusal.TOO_MANY):
        yield failure_found(conversation)
