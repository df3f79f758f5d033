"""Data took another path from some moment on.

## What it sees

More than one pair was selected, one after the other.

## Why it matters

A change in the first seconds is usual: ICE takes the first pair that works and then a better one.
Later it is a change of networks or a path that broke, and delay and rate change with it.

## How to fix

Nothing, if it became better. If it went from a direct path to a relay, see what became of the first
path at this time.

## References

RFC 8445 section 8.1.1 (nomination), section 9.
"""

from collections.abc import Iterator
from itertools import pairwise

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule

SETTLED_NS = 5_000_000_000
"""Until then ICE still looks for the best path."""


@call_rule(
    "ICE303",
    "The path changed while the connection stood",
    "info",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def path_changed(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a second selected pair."""
    selected = call.paths.report().selected
    began_ns = conversation.opened.at_ns if conversation.opened is not None else 0
    later = [
        (before, after)
        for before, after in pairwise(selected)
        if after.at_ns - began_ns > SETTLED_NS or before.is_relayed < after.is_relayed
    ]
    if later:
        before, after = later[-1]
        times = f", {len(later)} times in all" if len(later) > 1 else ""
        cause = (
            f"{milliseconds(after.at_ns - began_ns)} after it stood, the path changed from"
            f" {before.words}, to {after.words}{times}."
        )
        fix = "See what became of the first path at this time, if the new one is worse."
        yield Found(cause, fix, (before.seq, after.seq))
