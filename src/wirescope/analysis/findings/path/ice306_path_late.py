"""It took ICE long to find a path.

## What it sees

This end made the offer, and more than three seconds passed between the beginning of its checks and
the first path.

## Why it matters

Somebody waits for that long before the first sound. Checks are sent one pair every 50 ms and again
at growing pauses; long means that the right pair came late, that the other side began late, or that
the first packets got lost.

## How to fix

See when the candidates of the pair that was selected came: if late, signaling or a slow server held
them up (see ICE114). See how many pairs there are (see ICE116). A relay in the list of both sides
from the beginning gives a path soon, and a direct one takes over later.

## References

RFC 8445 section 14 (pacing), RFC 8838.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule

LATE_NS = 3_000_000_000
"""Sixty pairs one after the other."""


@call_rule("ICE306", "The path was found late", "warning", Moment.CLOSED, Moment.END, page=__doc__)
def path_late(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for checks that took long."""
    checking, began_ns = call.paths.checking, call.paths.consent.began_ns
    offer = call.agreement.offer
    # who answers begins at once, and waits until the other side, perhaps a person, has the answer
    if offer is None or offer.side != "local" or checking is None or began_ns is None:
        return
    if began_ns - checking.at_ns < LATE_NS:
        return
    report = call.paths.report()
    path = report.selected[0] if report.selected else None
    where = f" It is {path.words}." if path is not None else ""
    cause = f"ICE took {milliseconds(began_ns - checking.at_ns)} to find a path.{where}"
    fix = "See when the candidates of this pair came, and how many pairs were tried before it."
    shown = {checking.seq} | ({path.seq} if path is not None else set())
    yield Found(cause, fix, tuple(sorted(shown)))
