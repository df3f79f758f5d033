"""Very long messages.

## What it sees

A message of 1 MiB or more; from 16 MiB on it is a warning.

## Why it matters

Nothing else can pass on that connection while a message is under way, not even a pong, unless it is
fragmented. Both ends hold it in memory as a whole. Many servers refuse more than 1 MiB
(`websockets`) or 16 MiB, and close with 1009.

## How to fix

Send large data in parts that the application puts together, or by HTTP, and only its address over
the WebSocket.

## References

RFC 6455 section 7.4.1 (1009) and section 10.4 (limits).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import size, ways
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

LONG = 1 << 20
"""The default limit of several libraries."""

VERY_LONG = 16 << 20
"""The limit of those that are generous, and a second on a fast line."""


@rule("WS506", "Very long message", "info", Moment.CLOSED, Moment.END, page=__doc__)
def oversized_message(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look at the longest message of each direction."""
    for way in ways(conversation):
        longest = way.flow.longest
        if longest is not None and longest.length >= LONG:
            yield Found(
                f"The longest message that {way.sender} sent has {size(longest.length)};"
                f" half of all have {size(way.flow.lengths.percentile(0.5))} or less.",
                "Send large data in parts, or by HTTP.",
                (longest.seq,),
                "warning" if longest.length >= VERY_LONG else "info",
                about=way.direction,
            )
