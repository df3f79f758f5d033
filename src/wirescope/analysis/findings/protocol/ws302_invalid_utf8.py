"""Text is not UTF-8.

## What it sees

A text message, or the reason in a Close frame, has bytes that are not UTF-8. The finding says at
which byte.

## Why it matters

A receiver has to fail the connection with 1007. The text is in another encoding, was cut in the
middle of a character, or is no text at all: compressed data, an image, a number in binary.

## How to fix

Encode text as UTF-8, cut it between characters, and send everything else as binary. A reason in a
Close frame has room for 123 bytes, which are fewer characters where they are not ASCII.

## References

RFC 6455 section 5.6 and section 8.1, RFC 3629 (UTF-8).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule("WS302", "Text that is not UTF-8", "error", Moment.CLOSED, Moment.END, page=__doc__)
def invalid_utf8(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for text that cannot be decoded."""
    yield from breaches_found(conversation, Breach.UTF8)
