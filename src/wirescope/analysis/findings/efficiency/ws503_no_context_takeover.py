"""Each message is compressed for itself.

## What it sees

permessage-deflate was agreed on without context takeover, and with it these messages would take
less: they were compressed once more, each with the window that the ones before it leave behind. The
gain is the difference between what they took on the wire and what they took then, frame headers
included.

## Why it matters

Small messages repeat each other, not themselves. With an empty window for each, most of what the
extension could save is lost.

## How to fix

Leave `server_no_context_takeover` and `client_no_context_takeover` out, in the server's settings
and in the client's offer. It costs memory: about 300 kB for a connection with the largest window,
less with `server_max_window_bits`.

## References

RFC 7692 section 7.1.1.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import (
    LEAST_BYTES,
    LEAST_MESSAGES,
    WORTHWHILE,
    habit,
    looked_at,
    severity_of,
    size,
    ways,
)
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.compressing import agreed, compress
from wirescope.events import Event, Gain


@rule("WS503", "No context takeover", "info", Moment.CLOSED, Moment.END, page=__doc__)
def no_context_takeover(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compress the messages with the window kept."""
    handshake = conversation.handshake
    parameters = agreed(handshake.extensions) if handshake is not None else None
    if handshake is None or parameters is None:
        return
    for way in ways(conversation):
        name = "client" if way.masked else "server"
        messages = [each for each in looked_at(way.flow) if each.compressed]
        lost = getattr(parameters, f"{name}_no_context_takeover")
        if not lost or len(messages) < LEAST_MESSAGES or way.flow.payload_bytes < LEAST_BYTES:
            continue
        found = compress(messages, masked=way.masked, habit=habit(conversation))
        if found.saved >= WORTHWHILE:
            yield Found(
                f"{name}_no_context_takeover was agreed on. {found.messages:,} messages took"
                f" {size(found.before_bytes)} on the wire; with the window kept they would have"
                f" taken {size(found.after_bytes)}, {found.saved:.0%} less.",
                f"Leave {name}_no_context_takeover out, if the memory allows it.",
                (handshake.seq, messages[0].seq),
                severity_of(found.saved, way.flow.compressed_wire_bytes),
                Gain(
                    found.before_bytes,
                    found.after_bytes,
                    f"The first {found.messages:,} compressed messages, {found.how}.",
                ),
                about=way.direction,
            )
