"""Compression was not negotiated.

## What it sees

permessage-deflate is not in use, and these messages compress well. They were compressed to find out
by how much: one after the other, with context takeover, at the level and in the window that the
server is known to use, or zlib's defaults. The gain is the difference between what they took on the
wire and what they took then, frame headers included. It is a warning when 30 per cent or more, and
a megabyte or more, would have been saved.

That is the usual zlib. Node.js and Chrome have another one, which finds few repetitions of three
bytes. JSON and chat come out alike; of 28 bytes of binary telemetry, `ws` saves 2 per cent where
the usual one saves 11. Of a server that is not known the finding says how little it may be, if that
is much less. Without context takeover less is saved, too: nothing below 1,024 bytes with `ws`, by
its `threshold`.

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
from wirescope.analysis.metrics.compressing import Compressed, agreed, compress, compress_coarsely
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


NOTEWORTHY = 0.05
"""A least gain that is off by less than this share of the gain is not worth a word."""


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
        f" {found.saved:.0%} less{_at_least(conversation, way, found)}.",
        "Turn permessage-deflate on in the server."
        if offered
        else "Offer permessage-deflate in the client, and turn it on in the server.",
        (handshake.seq, messages[0].seq),
        severity_of(found.saved, way.flow.wire_bytes),
        Gain(found.before_bytes, found.after_bytes, f"{which.capitalize()}, {found.how}."),
        about=way.direction,
    )


def _at_least(conversation: Conversation, way: Way, found: Compressed) -> str:
    """Say how little may be saved where another zlib than the usual one may be at work."""
    if _is_known(conversation, way):
        return ""
    least = compress_coarsely(looked_at(way.flow), masked=way.masked).saved
    if least >= found.saved * (1 - NOTEWORTHY):
        return ""
    who = "the client is Chrome or runs on Node.js" if way.masked else "the server runs on Node.js"
    return f"; if {who}, perhaps only {max(0.0, least):.0%}"


def _is_known(conversation: Conversation, way: Way) -> bool:
    """Whether it is known who compresses what goes this way."""
    if way.direction == "sent":
        handshake = conversation.handshake  # an imported one may be a browser's
        return handshake is None or "Chrome/" not in handshake.request
    return bool(habit(conversation).name) and not way.masked
