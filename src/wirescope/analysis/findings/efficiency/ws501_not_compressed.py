"""Compression was not negotiated.

## What it sees

permessage-deflate is not in use, and these messages compress well. They were compressed to find out
by how much: one after the other, with context takeover, at the level and in the window that the
server is known to use, or zlib's defaults. The gain is the difference between what they took on the
wire and what they took then, frame headers included. It is a warning when 30 per cent or more, and
a megabyte or more, would have been saved.

## Why it matters

JSON shrinks to a third or less, because each message repeats the last one's names. On a slow or
metered link that is the time until a message arrives.

## How to fix

Offer the extension in the client (browsers do) and turn it on in the server:
`compression="deflate"` in `websockets`, `perMessageDeflate: true` in `ws`, `compress=True` in
aiohttp. A gateway that strips `Sec-WebSocket-Extensions` turns it off as well. It takes up to 300
kB of memory a connection and some CPU time; a smaller window takes less.

## References

RFC 7692 (permessage-deflate).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import (
    LEAST_BYTES,
    LEAST_MESSAGES,
    WORTHWHILE,
    Way,
    habit,
    looked_at,
    of_the_first,
    severity_of,
    size,
    ways,
)
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.compressing import agreed, compress
from wirescope.events import Event, Gain


@rule("WS501", "Compression not negotiated", "info", Moment.CLOSED, Moment.END, page=__doc__)
def not_compressed(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compress the messages of each direction."""
    handshake = conversation.handshake
    if handshake is None or agreed(handshake.extensions) is not None:
        return
    if ":" not in handshake.response:
        return  # its header fields were not recorded
    for way in ways(conversation):
        if not way.flow.compressed and way.flow.payload_bytes >= LEAST_BYTES:
            yield from _look(conversation, way)


def _look(conversation: Conversation, way: Way) -> Iterator[Found]:
    messages = looked_at(way.flow)
    if len(messages) < LEAST_MESSAGES:
        return
    found = compress(messages, masked=way.masked, habit=habit(conversation))
    if found.saved < WORTHWHILE:
        return
    handshake = conversation.handshake
    assert handshake is not None
    offered = "sec-websocket-extensions:" in handshake.request.lower()
    missing = "The server did not accept it" if offered else "The client did not offer it"
    which = of_the_first(way.flow, found.messages)
    yield Found(
        f"{missing}. {which.capitalize()} that {way.sender} sent would have taken"
        f" {size(found.after_bytes)} instead of {size(found.before_bytes)} on the wire,"
        f" {found.saved:.0%} less.",
        "Turn permessage-deflate on in the server."
        if offered
        else "Offer permessage-deflate in the client, and turn it on in the server.",
        (handshake.seq, messages[0].seq),
        severity_of(found.saved, way.flow.wire_bytes),
        Gain(found.before_bytes, found.after_bytes, f"{which.capitalize()}, {found.how}."),
        about=way.direction,
    )
