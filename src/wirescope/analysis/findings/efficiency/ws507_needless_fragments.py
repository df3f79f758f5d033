"""Small messages in fragments.

## What it sees

Messages of at most 16 kB that were cut into several frames, ten or more of them. The gain is what
the further headers took; of compressed messages, the shortest headers are counted.

## Why it matters

Fragments are for messages whose length is not known when they begin, and for letting control frames
through. In small messages they only cost headers and, in many libraries, copies; some peers and
gateways do not take them.

## How to fix

Send the message in one piece: gather a stream's chunks first, or raise the library's fragment size.

## References

RFC 6455 section 5.4.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import Way, looked_at, ways
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.compressing import framed
from wirescope.events import Event, Gain, WebSocketMessage

SMALL = 16_384
"""The most that one TLS record holds."""

LEAST_MESSAGES = 10
MASKED_HEADER, PLAIN_HEADER = 6, 2


@rule("WS507", "Small messages in fragments", "info", Moment.CLOSED, Moment.END, page=__doc__)
def needless_fragments(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for small messages of several frames."""
    for way in ways(conversation):
        if way.flow.fragments < LEAST_MESSAGES:
            continue
        cut = [m for m in looked_at(way.flow) if len(m.frames) > 1 and m.length <= SMALL]
        if len(cut) < LEAST_MESSAGES:
            continue
        further = sum(len(message.frames) - 1 for message in cut)
        took = sum(message.wire_length for message in cut)
        whole = sum(_in_one_frame(message, way) for message in cut)
        yield Found(
            f"{len(cut):,} messages of at most 16 kB that {way.sender} sent were cut into"
            f" {further + len(cut):,} frames.",
            "Send such messages in one frame.",
            tuple(message.seq for message in cut[:3]),
            gain=Gain(took, whole, f"The headers of {further:,} further frames."),
            about=way.direction,
        )


def _in_one_frame(message: WebSocketMessage, way: Way) -> int:
    if not message.compressed:
        return framed(message.length, masked=way.masked)
    # What it took compressed is not known apart from the headers, so the shortest ones are counted.
    header = MASKED_HEADER if way.masked else PLAIN_HEADER
    return message.wire_length - (len(message.frames) - 1) * header
