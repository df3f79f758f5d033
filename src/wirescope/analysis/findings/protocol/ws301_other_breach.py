"""A frame breaks the protocol.

## What it sees

A frame breaks a clause of RFC 6455 that no rule of its own is about, such as a length that is not
written in the shortest form, or bytes that are no whole frame. The finding names the clause and
what was expected; there is one for each clause.

## Why it matters

Every strict peer ends the connection at the first such frame. A lenient one reads on, perhaps
something else than was meant.

## How to fix

Correct whoever sent it. Where frames are written by hand, compare the header's bytes in the
evidence with section 5.2. If it was sent on purpose, nothing has to be done.

## References

RFC 6455 section 5 (framing) and section 7.1.7 (failing the connection).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule("WS301", "A frame breaks the protocol", "error", Moment.CLOSED, Moment.END, page=__doc__)
def other_breach(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for breaches that no other rule is about."""
    yield from breaches_found(conversation, Breach.LENGTH, Breach.OTHER)
