"""A control frame is too long or fragmented.

## What it sees

A ping, pong or Close frame has more than 125 bytes of payload, or is not whole.

## Why it matters

Control frames may come between the fragments of a message, so they have to be short and in one
piece. Usual reasons are a Close reason that is too long and a ping that carries data of the
application.

## How to fix

Keep the payload of pings to a few bytes. Cut the reason to 123 bytes of UTF-8, which is what is
left beside the code.

## References

RFC 6455 section 5.5 (control frames).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule(
    "WS306",
    "A control frame too long or fragmented",
    "error",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def bad_control_frame(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for control frames that are not as they must be."""
    yield from breaches_found(conversation, Breach.CONTROL)
