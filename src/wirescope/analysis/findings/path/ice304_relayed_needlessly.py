"""Data goes through a relay while a direct pair has succeeded.

## What it sees

The selected pair leads through a TURN server, and the checks of a pair without a relay have
succeeded since, or moments before. A direct pair that data took earlier does not count: it was
left, as by a machine that changed its network.

## Why it matters

A relay makes the way longer, costs its owner bandwidth, and is one more thing that can fail. An
engine prefers direct pairs, so something made it decide early or otherwise.

## How to fix

See which side is controlling and how it nominates: some stacks take the first pair that works. If
only relayed paths are wanted for the sake of privacy, this is as it should be. Restarting ICE lets
it choose anew.

## References

RFC 8445 section 5.1.2 (priorities), section 8.1.1 (nomination).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule

_TOGETHER_NS = 2_000_000_000
"""Pairs that are told within two samples of the statistics belong to one search for a path."""


@call_rule(
    "ICE304",
    "Relayed, though a direct path works",
    "warning",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def relayed_needlessly(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a direct pair that works beside a relayed one that is taken."""
    report = call.paths.report()
    path = report.path
    if path is None or not path.is_relayed:
        return
    left = {(each.local, each.remote) for each in report.selected}
    direct = [
        each
        for each in report.pairs
        if each.state == "succeeded" and "relay " not in each.local + each.remote
        if each.last_ns >= path.at_ns - _TOGETHER_NS and (each.local, each.remote) not in left
    ]
    if direct and not report.relay_only:
        best = direct[0]
        cause = f"The path is {path.words}, though {best.local} to {best.remote} works as well."
        fix = "See how the controlling side nominates; a restart of ICE lets it choose anew."
        yield Found(cause, fix, tuple(sorted({path.seq, best.seq})))
