"""Sec-WebSocket-Accept is missing or wrong.

## What it sees

The server answered 101, but the proof that it understood the request is missing or does not fit the
key that was sent. Where it is a known mistake, the finding names it: the key sent back as it came,
or hashed without the number that RFC 6455 wants with it.

## Why it matters

The proof is there so that no server and no cache takes part by accident. Every browser refuses such
a connection.

## How to fix

If the server is your own, compute base64(SHA-1(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")), or
better, use a library. If it is not, something in between may answer from a cache: a 101 must never
be stored. To look further regardless, use `--lenient`, or `strict=False` in Python.

## References

RFC 6455 section 4.2.2 item 5.4 and section 11.3.3.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS111", "Sec-WebSocket-Accept is missing or wrong", "error", Moment.FAILED, page=__doc__)
def wrong_accept(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a proof that does not fit."""
    if failed_by(conversation, "accept"):
        yield failure_found(conversation)
