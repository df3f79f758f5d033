"""A reserved bit or opcode is used.

## What it sees

A frame has RSV1, RSV2 or RSV3 set though no extension gives it a meaning, or an opcode that RFC
6455 reserves.

## Why it matters

RSV1 marks a compressed message. A sender that sets it without permessage-deflate in the opening
handshake, or a gateway that drops `Sec-WebSocket-Extensions` on the way, makes data that nobody can
read. Random bits and opcodes mean that the place in the stream was lost: what is read as a header
is none.

## How to fix

Compare the extensions that were offered with those that were agreed on, in `websocket.handshake`.
Try `--compression off` and the way past the gateway. If the opcodes look random, look at the frame
before: its length may have been wrong.

## References

RFC 6455 section 5.2 (reserved bits and opcodes), RFC 7692 section 6.1 (RSV1).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.breaches import breaches_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach
from wirescope.events import Event


@rule("WS307", "A reserved bit or opcode", "error", Moment.CLOSED, Moment.END, page=__doc__)
def reserved(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for bits and opcodes that mean nothing here."""
    yield from breaches_found(conversation, Breach.RESERVED)
