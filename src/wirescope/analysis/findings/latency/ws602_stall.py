"""A steady flow that pauses.

## What it sees

Messages come at a steady pace, and then for a second or more, and twenty times the usual gap, none
does; afterwards it goes on at the old pace. What was missed is not sent later, so the sender itself
had nothing to send. A pause in which the other end sent one to three messages is left out: what
comes next may be the answer, as with a language model that is asked again.

## Why it matters

A feed that pauses shows old values as if they were new, and nobody is told.

## How to fix

Look at the sender: a garbage collection, a lock, a source of its own that paused. Have it send a
heartbeat, so that a receiver can tell a pause from a quiet market.

## References

RFC 6455 section 5.5.2 (a ping tells whether the peer is alive).
"""

from bisect import bisect_left
from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import Way, milliseconds, of_the_other_end, ways
from wirescope.analysis.findings.rule import Found, Moment, Stability, rule
from wirescope.analysis.flow import Flow, Stall
from wirescope.events import Event

LONG_NS = 1_000_000_000
FACTOR = 20
STEADY = 4
"""Nine tenths of the gaps are at most four times the usual one."""

FEW = 3
"""Messages of the other end in a pause that the sender may have waited for; more are its pace."""

LEAST_MESSAGES = 100
CAUGHT_UP = 0.3
"""A burst of a third of what was missed, and more, is what `WS603` is about."""


@rule(
    "WS602",
    "A steady flow pauses",
    "info",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
    stability=Stability.PREVIEW,
)
def stall(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for gaps in a steady flow after which nothing was made up for."""
    for way in ways(conversation):
        if way.flow.messages < LEAST_MESSAGES or not way.flow.stalls:
            continue
        usual_ns, nearly_all_ns = way.flow.gaps_ns.percentiles([0.5, 0.9])
        if nearly_all_ns > STEADY * usual_ns:
            continue
        found = [each for each in way.flow.stalls if _is_pause(each, usual_ns)]
        found = _unasked(found, of_the_other_end(conversation, way))
        if found:
            yield _found(way, found, usual_ns)


def _is_pause(stall: Stall, usual_ns: float) -> bool:
    missed = stall.gap_ns / max(1, stall.usual_ns)
    return stall.gap_ns >= max(LONG_NS, FACTOR * usual_ns) and stall.burst < CAUGHT_UP * missed


def _unasked(stalls: list[Stall], other: Flow) -> list[Stall]:
    """Leave out pauses in which the other end said a word or two: it asked, and got its answer."""
    numbers = [message.seq for message in other.sample]
    known = numbers[-1] if len(numbers) < other.messages else None
    return [
        each
        for each in stalls
        if not 1 <= _between(numbers, each) <= FEW and (known is None or each.after <= known)
    ]


def _between(numbers: list[int], stall: Stall) -> int:
    return bisect_left(numbers, stall.after) - bisect_left(numbers, stall.before)


def _found(way: Way, stalls: list[Stall], usual_ns: float) -> Found:
    longest = max(stalls, key=_gap)
    times = f"{len(stalls)} times" if len(stalls) > 1 else "once"
    return Found(
        f"What {way.sender} sends usually comes every {milliseconds(usual_ns)}; {times} it paused,"
        f" for {milliseconds(longest.gap_ns)} at the longest, and nothing was made up for.",
        "Look at what the sender waited for at that time.",
        tuple(number for each in stalls[:5] for number in (each.before, each.after)),
        "warning" if len(stalls) > 1 else "info",
        about=way.direction,
    )


def _gap(stall: Stall) -> int:
    return stall.gap_ns
