"""Nothing for a while, then everything at once.

## What it sees

What the peer sends comes at a steady pace, then nothing for 200 ms or more, and then within 100 ms
a third or more of what was missing. The messages were sent in time, and waited on the way or at the
door. A sender that collects messages and sends them in bursts is left out: there half of all gaps
are far shorter than the mean one.

## Why it matters

TCP delivers in order: one lost packet holds back all that follow it until it was sent again, which
takes a round trip at best, and 200 ms or more where a time-out has to pass. Each message of the
burst is late, and a live value in it is worth nothing any more.

## How to fix

If it happens at the time of losses, the transport is the cause: an unordered data channel of WebRTC
without retransmission does not wait. If it happens while this end is busy, read faster. If neither
is so, see whether something in between gathers what it passes on, as a box that inspects traffic
does: connect past it and compare.

## References

RFC 9293 section 3.8.1 (retransmission). RFC 6298 (its time-out). RFC 8831 (data channels).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, Stability, rule
from wirescope.analysis.flow import Flow, Stall
from wirescope.events import Event

MADE_UP_FOR = 0.3
"""The share of what was missing that comes in the burst, at least."""

UNEVEN = 4
"""The mean gap is at most four times the median: of arrivals by chance, it is 1.4 times that."""

LEAST_BURST = 5
OFTEN = 3


@rule(
    "WS603",
    "A gap, then a burst",
    "info",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
    stability=Stability.PREVIEW,
)
def head_of_line_stall(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for gaps whose messages came afterwards, all at once."""
    stalls = held_back(conversation.received)
    if stalls:
        longest = max(stalls, key=_gap)
        times = f"{len(stalls)} times" if len(stalls) > 1 else "Once"
        yield Found(
            f"{times} nothing came for a while and then much at once: at the longest"
            f" {milliseconds(longest.gap_ns)}, then {longest.burst:,} messages within 100 ms.",
            "Look for packet loss, for a proxy that buffers, and for what kept this end from"
            " reading.",
            tuple(number for each in stalls[:5] for number in (each.before, each.after)),
            "warning" if len(stalls) >= OFTEN else "info",
        )


def held_back(flow: Flow) -> list[Stall]:
    """Give the gaps after which what was missing came all at once, in a flow that is steady."""
    if not flow.stalls:
        return []
    usual_ns = flow.gaps_ns.percentile(0.5)
    return [each for each in flow.stalls if _is_held_back(each, usual_ns)]


def _is_held_back(stall: Stall, usual_ns: float) -> bool:
    if usual_ns * UNEVEN < stall.usual_ns:
        return False
    missed = stall.gap_ns / max(1, stall.usual_ns)
    return stall.burst >= max(LEAST_BURST, MADE_UP_FOR * missed)


def _gap(stall: Stall) -> int:
    return stall.gap_ns
