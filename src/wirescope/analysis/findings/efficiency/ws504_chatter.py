"""Many tiny messages in a short time.

## What it sees

Messages of a hundred bytes and less that come so close together that four or more fit into 20 ms on
average. What the other end said in between ends such a group, since an answer cannot wait for the
next request. The gain is what their headers would save if each group were sent as one message.

## Why it matters

Each message costs its header, and much more than that: a call into the kernel and often a TLS
record (22 bytes and more) and a TCP segment (40 bytes) of its own, none of which the frames show.
Receivers wake up for each of them.

## How to fix

Collect what is to be sent for 10 to 20 ms, one frame of a screen, and send it as one array. Where
the latest value replaces the one before it, send only that.

## References

RFC 6455 section 5.2 (the header's 2 to 14 bytes). RFC 8446 section 5.2 (TLS records).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import Way, looked_at, of_the_other_end, size, ways
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.metrics.compressing import framed
from wirescope.events import Event, Gain, WebSocketMessage

TOGETHER_NS = 20_000_000
"""About one frame of a screen: nobody sees that something waited for it."""

TINY = 100
"""Below this the headers of all layers outweigh the message."""

CROWD = 4
LEAST_MESSAGES = 200
"""Fewer are a burst at the beginning, as when a page loads."""

BUSY = 500
"""Messages a second from which it is worth a warning."""


@rule("WS504", "Many tiny messages", "info", Moment.CLOSED, Moment.END, page=__doc__)
def chatter(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Put messages that come close together into one, and count what that saves."""
    for way in ways(conversation):
        flow = way.flow
        messages, others = _side_by_side(conversation, way)
        if len(messages) < LEAST_MESSAGES or flow.lengths.percentile(0.9) > TINY:
            continue
        batches = _batches(messages, others)
        if len(messages) < CROWD * len(batches):
            continue
        yield Found(
            f"{flow.messages:,} messages that {way.sender} sent had {TINY} bytes or less nearly"
            f" all, up to {flow.busiest_second:,} in one second; those of 20 ms together would be"
            f" {len(messages) / len(batches):.0f} at a time.",
            "Collect messages for 10 to 20 ms and send them as one.",
            (messages[0].seq, messages[-1].seq),
            "warning" if flow.busiest_second >= BUSY else "info",
            _gain(way, messages, batches),
            about=way.direction,
        )


def _side_by_side(
    conversation: Conversation, way: Way
) -> tuple[Sequence[WebSocketMessage], list[int]]:
    """Give the messages looked at, and the numbers of the other end's among them."""
    messages = looked_at(way.flow)
    other = of_the_other_end(conversation, way)
    numbers = [message.seq for message in other.sample]
    if len(numbers) < other.messages:  # what the other end said later was not kept
        last = numbers[-1] if numbers else 0
        messages = [message for message in messages if message.seq <= last]
    return messages, numbers


def _batches(
    messages: Sequence[WebSocketMessage], others: Sequence[int]
) -> list[list[WebSocketMessage]]:
    """Put together what came within 20 ms and without a word of the other end between."""
    batches: list[list[WebSocketMessage]] = []
    heard = 0
    for message in messages:
        before, heard = heard, bisect_left(others, message.seq)
        waited = heard > before
        if not batches or waited or message.at_ns - batches[-1][0].at_ns >= TOGETHER_NS:
            batches.append([])
        batches[-1].append(message)
    return batches


def _gain(
    way: Way, messages: Sequence[WebSocketMessage], batches: Sequence[Sequence[WebSocketMessage]]
) -> Gain | None:
    """Count the headers that are saved; a separator of one byte goes between two messages."""
    if any(message.compressed for message in messages):
        return None
    before = sum(message.wire_length for message in messages)
    after = sum(
        framed(sum(message.length + 1 for message in batch) - 1, masked=way.masked)
        for batch in batches
    )
    if after >= before:
        return None
    method = (
        f"{size(sum(message.length for message in messages))} of payload in {len(batches):,}"
        f" messages instead of {len(messages):,}; what TLS and TCP add to each is not counted."
    )
    return Gain(before, after, method)
