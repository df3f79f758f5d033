"""Frames are masked wrongly.

## What it sees

A server masked its frames, or a client did not mask its own.

## Why it matters

Masking keeps a page from writing bytes of its choice to a proxy that takes them for HTTP, so it is
asked of clients and forbidden to servers, and the other end has to close for it. A server that was
written by copying a client's code does it wrongly, and so does a gateway that passes frames on
without taking the mask off.

## How to fix

Mask in the client, with four fresh random bytes for each frame, and not in the server.

## References

RFC 6455 section 5.1 and section 5.3 (masking), section 10.3 (why).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule("WS303", "Masked wrongly", "error", Moment.CLOSED, Moment.END, page=__doc__)
def wrong_masking(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for frames that are masked as those of the other role."""
    yield from breaches_found(conversation, Breach.MASKING)
