"""The same message again and again.

## What it sees

A fifth or more of the bytes looked at are messages of 32 bytes or more that the same end had sent
before, letter for letter; heartbeats are left out. The gain is what those repetitions took on the
wire.

## Why it matters

What the peer knows already need not be sent: it costs both ends work, and hides what is new.

## How to fix

Send a value only when it changes; let a client that begins ask for the state once. Where the
repetition is a retry, wait for the answer first.

## References

RFC 6455 section 1.5 (messages are the application's matter).
"""

from collections import Counter
from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import looked_at, severity_of, size, ways
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event, Gain

SHORTEST = 32
SHARE = 0.2
LEAST_REPETITIONS = 20
LEAST_BYTES = 4_096


@rule("WS508", "The same message again and again", "info", Moment.CLOSED, Moment.END, page=__doc__)
def repeated_message(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Count the messages that were sent before."""
    if conversation.wire_is_unknown:
        return  # what compression made of them cannot be told
    beats = {(each.direction, each.example) for each in conversation.content.heartbeats}
    for way in ways(conversation):
        messages = looked_at(way.flow)
        counts = Counter(m.payload for m in messages if m.length >= SHORTEST and not m.truncated)
        for direction, example in beats:
            if direction == way.direction:
                counts.pop(example, None)
        counts = +(counts - Counter(dict.fromkeys(counts, 1)))
        took = sum(message.wire_length for message in messages)
        seen: set[bytes] = set()
        repeated = 0
        for message in messages:
            if message.payload in counts:
                repeated += message.wire_length if message.payload in seen else 0
                seen.add(message.payload)
        if counts.total() < LEAST_REPETITIONS or repeated < LEAST_BYTES or repeated < SHARE * took:
            continue
        often, times = counts.most_common(1)[0]
        yield Found(
            f"{counts.total():,} of {len(messages):,} messages looked at repeat an earlier one of"
            f" {way.sender}; one of {size(len(often))} came {times + 1:,} times.",
            "Send a value only when it changes.",
            tuple(message.seq for message in messages if message.payload == often)[:3],
            severity_of(repeated / took, way.flow.wire_bytes),
            Gain(took, took - repeated, f"{len(messages):,} messages, each counted once."),
            about=way.direction,
        )
