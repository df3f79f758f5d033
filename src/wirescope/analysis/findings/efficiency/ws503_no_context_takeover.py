"""Each message is compressed for itself.

## What it sees

permessage-deflate was agreed on without context takeover, and with it these messages would take
less: they were compressed once more, each with the window that the ones before it leave behind, of
the size that was agreed on. The gain is the difference between what they took on the wire and what
they took then, frame headers included.

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

from msgspec.structs import replace

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
    window,
)
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.compressing import compress
from wirescope.events import Event, Gain


@rule("WS503", "No context takeover", "info", Moment.CLOSED, Moment.END, page=__doc__)
def no_context_takeover(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compress the messages with the window kept."""
    handshake = conversation.handshake
    for way in ways(conversation):
        agreed_on = window(conversation, way)
        if handshake is None or agreed_on is None or agreed_on.kept:
            continue
        messages = [each for each in looked_at(way.flow) if each.compressed]
        if len(messages) < LEAST_MESSAGES or way.flow.payload_bytes < LEAST_BYTES:
            continue
        usual = habit(conversation)
        allowed = replace(usual, window_bits=min(usual.window_bits, agreed_on.bits))
        found = compress(messages, masked=way.masked, habit=allowed)
        if found.saved >= WORTHWHILE:
            yield Found(
                f"{agreed_on.parameter} was agreed on. {found.messages:,} messages took"
                f" {size(found.before_bytes)} on the wire; with the window kept they would have"
                f" taken {size(found.after_bytes)}, {found.saved:.0%} less.",
                f"Leave {agreed_on.parameter} out, if the memory allows it.",
                (handshake.seq, messages[0].seq),
                severity_of(found.saved, way.flow.compressed_wire_bytes),
                Gain(
                    found.before_bytes,
                    found.after_bytes,
                    f"The first {found.messages:,} compressed messages, {found.how}.",
                ),
                about=way.direction,
            )
