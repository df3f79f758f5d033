"""Compression that saves nothing.

## What it sees

Messages go compressed, and take as much on the wire as they would have taken plain, to within 3 per
cent: they are compressed already, encrypted, random, or too short. The gain is what they took above
the same payloads in plain frames, headers included; there is none where they took a little less.

## Why it matters

Every message costs processor time at both ends and memory for the windows, and arrives no sooner.

## How to fix

Send such messages uncompressed; the extension leaves that to the sender, message by message
(`compress: false` in `ws`, a threshold in many servers). If all messages are like that, do not
negotiate it.

## References

RFC 7692 section 6 (a sender may leave any message uncompressed).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import LEAST_BYTES, LEAST_MESSAGES, looked_at, size, ways
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.compressing import framed
from wirescope.events import Event, Gain

NOTHING = 0.03
"""A saving below 3 per cent does not pay for the processor's time on any link."""

MUCH_BYTES = 50_000_000
"""At about 30 MB/s this is more than a second of a processor, at each end."""


@rule("WS502", "Compression saves nothing", "info", Moment.CLOSED, Moment.END, page=__doc__)
def compression_wasteful(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Compare what compressed messages took with what they would have taken plain."""
    for way in ways(conversation):
        messages = [each for each in looked_at(way.flow) if each.compressed]
        plain = sum(framed(message.length, masked=way.masked) for message in messages)
        if len(messages) < LEAST_MESSAGES or plain < LEAST_BYTES:
            continue
        took = sum(message.wire_length for message in messages)
        if took < (1 - NOTHING) * plain:
            continue
        yield Found(
            f"{len(messages):,} compressed messages that {way.sender} sent took {size(took)} on the"
            f" wire; plain they would have taken {size(plain)}.",
            "Send such messages uncompressed, or do not negotiate permessage-deflate.",
            tuple(message.seq for message in messages[:3]),
            "warning" if way.flow.compressed_bytes >= MUCH_BYTES else "info",
            Gain(took, plain, f"{len(messages):,} messages, with the headers of plain frames.")
            if plain < took
            else None,
            about=way.direction,
        )
