"""Binary data as Base64 in text messages.

## What it sees

Text messages hold long strings of Base64, and those make up a fifth or more of the text. The gain
is what the same data would take as bytes, three for each four characters. Compressed messages are
left out: there the difference is small.

## Why it matters

Base64 is a third longer than what it stands for, and both ends convert and copy it. WebSocket has
binary messages (RFC 6455 section 5.6), so there is no need.

## How to fix

Send the data as a binary message, with its description in a text message before it or in a header
of its own; or write everything in MessagePack or CBOR, which hold bytes as they are.

## References

RFC 6455 section 5.6. RFC 4648 section 4 (Base64). RFC 8949 (CBOR).
"""

import re
from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import looked_at, severity_of, size, ways
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event, Gain

LONG = 64
"""Characters from which a string is data rather than an identifier."""

SHARE = 0.2
LEAST_BYTES = 4_096

_STRING = re.compile(rb'"(?:data:[\w/+.-]*;base64,)?([A-Za-z0-9+/_-]{%d,}={0,2})"' % LONG)
_KINDS = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"))


@rule("WS505", "Base64 in text messages", "info", Moment.CLOSED, Moment.END, page=__doc__)
def base64_in_json(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for long strings of Base64 and count what they would take as bytes."""
    if conversation.wire_is_unknown:
        return  # what compression made of them cannot be told
    for way in ways(conversation):
        messages = [m for m in looked_at(way.flow) if m.kind == "text" and not m.compressed]
        encoded = [(message.seq, _encoded(message.payload)) for message in messages]
        characters = sum(length for _, length in encoded)
        total = sum(message.wire_length for message in messages)
        if characters < LEAST_BYTES or characters < SHARE * total:
            continue
        saved = characters - characters * 3 // 4
        holding = [seq for seq, length in encoded if length]
        yield Found(
            f"{len(holding):,} text messages that {way.sender} sent hold {size(characters)} of"
            f" Base64, {characters / total:.0%} of all text looked at.",
            "Send this data in binary messages, or in MessagePack or CBOR.",
            tuple(holding[:3]),
            severity_of(saved / total, way.flow.wire_bytes),
            Gain(
                total,
                total - saved,
                f"{len(messages):,} text messages, their Base64 counted as bytes.",
            ),
            about=way.direction,
        )


def _encoded(payload: bytes) -> int:
    """Count the characters of Base64; what uses one kind of characters only is something else."""
    return sum(
        len(text) for text in _STRING.findall(payload) if all(kind.search(text) for kind in _KINDS)
    )
