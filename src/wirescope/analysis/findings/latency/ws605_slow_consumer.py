"""The peer gave up because it was read too slowly.

## What it sees

The peer closed with 1008, 1011 or 1013 and a reason that speaks of a slow consumer or a full
buffer; or it closed with 1008 or 1013 right after what it sends had been held back: a gap, then a
burst.

## Why it matters

A server that sends faster than a client reads has to store, drop, or close. It closed, so
reconnecting alone leads to the same end.

## How to fix

Read without a pause: take messages off the socket at once and work on them elsewhere. Ask for less,
as fewer topics, or for the latest value only. On the server, drop what is out of date before the
buffer is full.

## References

RFC 6455 section 7.4.1 (1008, 1011); 1013 stands in the registry of close codes.
"""

import re
from collections.abc import Iterator

from wirescope.analysis.closing import code_words
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.latency.ws603_head_of_line_stall import is_held_back
from wirescope.analysis.findings.rule import Found, Moment, Stability, rule
from wirescope.events import ConnectionClosed, Event

POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1008, 1011, 1013
RECENT_NS = 10_000_000_000

_TELLING = re.compile(
    r"slow|buffer|back.?pressure|too (?:much|many) (?:data|pending|unread|queued)|queue"
    r"|backlog|lag|not (?:reading|consuming)|send limit|overflow|write time",
    re.IGNORECASE,
)


@rule(
    "WS605", "Read too slowly", "warning", Moment.CLOSED, page=__doc__, stability=Stability.PREVIEW
)
def slow_consumer(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look at the close code, its reason, and at what came before it."""
    closed = conversation.closed
    if closed is None or closed.initiator != "remote" or not isinstance(event, ConnectionClosed):
        return
    said = closed.code in (POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER)
    told = said and _TELLING.search(closed.reason) is not None
    stalls = conversation.received.stalls[-1:]
    held_back = any(is_held_back(each) for each in stalls) and _is_recent(conversation, event)
    if told or (held_back and closed.code in (POLICY_VIOLATION, TRY_AGAIN_LATER)):
        why = "" if told else ", right after what it sends had been held back"
        yield Found(
            f"The {conversation.peer} closed with {code_words(closed.code, closed.reason)}{why}.",
            "Take messages off the socket at once, and ask for less.",
            (*(each.after for each in stalls if held_back), event.seq),
            "error" if told else "warning",
        )


def _is_recent(conversation: Conversation, event: Event) -> bool:
    last = conversation.received.last
    return last is not None and event.at_ns - last.at_ns <= RECENT_NS
