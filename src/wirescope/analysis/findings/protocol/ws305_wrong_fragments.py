"""Fragments are in the wrong order.

## What it sees

A new message began before the fragmented one had ended, or a continuation frame continues nothing.

## Why it matters

The fragments of one message must not mix with those of another; only control frames may come
between. It happens where two parts of a program send at the same time without a lock, and in
gateways that lose a frame.

## How to fix

Send one message to its end before the next begins: a queue or a lock around sending. A message that
was begun and given up cannot be taken back; close the connection.

## References

RFC 6455 section 5.4 (fragmentation).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule("WS305", "Fragments in the wrong order", "error", Moment.CLOSED, Moment.END, page=__doc__)
def wrong_fragments(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for messages that are mixed."""
    yield from breaches_found(conversation, Breach.FRAGMENTS)
