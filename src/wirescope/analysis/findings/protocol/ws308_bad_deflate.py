"""Compressed data cannot be inflated.

## What it sees

The payload of a compressed message is not valid DEFLATE data, or was compressed with more than was
agreed upon: a larger window, or the memory of earlier messages where none was to be kept.

## Why it matters

With context takeover, both ends keep the same memory of earlier messages. One message that is lost,
skipped or compressed apart makes all later ones unreadable.

## How to fix

Correct the sender: it has to keep to the window and to `no_context_takeover` as agreed, and to
compress every message in the order in which it is sent. Until then, connect with `--compression
off`.

## References

RFC 7692 section 7.2 (compressing) and section 7.1 (parameters), RFC 1951 (DEFLATE).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule(
    "WS308", "Compressed data cannot be inflated", "error", Moment.CLOSED, Moment.END, page=__doc__
)
def bad_deflate(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for messages that do not inflate."""
    yield from breaches_found(conversation, Breach.DEFLATE)
