"""The peer gave up because it was read too slowly.

## What it sees

The peer closed with 1008, 1011 or 1013 and a reason that speaks of a slow consumer or a full
buffer; or it closed with 1008 or 1013 and without a reason, within ten seconds after what it sends
had been held back: a gap, then a burst.

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
from wirescope.analysis.findings.latency.ws603_head_of_line_stall import held_back
from wirescope.analysis.findings.rule import Found, Moment, Stability, rule
from wirescope.events import ConnectionClosed, Event

POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1008, 1011, 1013
RECENT_NS = 10_000_000_000

_WHO = r"(?:consumer|client|reader|receiver|subscriber|peer)"
_TELLING = re.compile(
    rf"\bslow {_WHO}|\b{_WHO} (?:is |was )?too slow|\b(?:read|consum)\w* too slow"
    r"|^too slow\W*$|\bfell behind|\blagg(?:ing|ed)\b|back-?pressure"
    r"|\b(?:buffer|queue|backlog)s? (?:is |was |size |limit )*(?:full|overflow|overrun|exceeded)"
    r"|\b(?:unread|unsent|queued|pending) (?:messages|data|bytes)"
    r"|\bnot (?:reading|consuming)|\bsend (?:queue|buffer)|\bwrite time-?out",
    re.IGNORECASE,
)
"""What says it; a bare `buffer`, `queue` or `slow down` is about the data, a name or a rate."""


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
    stalls = [
        each
        for each in held_back(conversation.received)
        if event.at_ns - each.ended_ns <= RECENT_NS
    ]
    unsaid = not closed.reason and closed.code in (POLICY_VIOLATION, TRY_AGAIN_LATER)
    if told or (stalls and unsaid):
        why = "" if told else ", right after what it sends had been held back"
        yield Found(
            f"The {conversation.peer} closed with {code_words(closed.code, closed.reason)}{why}.",
            "Take messages off the socket at once, and ask for less.",
            (*(each.after for each in stalls), event.seq),
            "error" if told else "warning",
        )
