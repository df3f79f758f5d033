"""This end knows only its private addresses, since no server was asked for its public one.

## What it sees

This end told only private addresses of its own, the other side is behind a NAT of its own, whose
public address it told, and neither a STUN nor a TURN server was named here.

## Why it matters

The other side cannot send to a private address, so its NAT never learns that this end may come in,
and drops its checks. A side with a public address of its own would have answered them: towards such
a one no STUN server is needed.

## How to fix

Name a STUN server: then this end learns how its NAT shows it to the outside, and tells that. Name a
TURN server as well: between some NATs, and where UDP is blocked, only a relay helps.

## References

RFC 8445 section 5.1.1.2, RFC 8489, RFC 1918.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import addresses, call_failure, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE203",
    "Only private addresses here, and no STUN server",
    "error",
    Moment.FAILED,
    page=__doc__,
)
def no_stun_here(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure of an end that asked no server."""
    report = pathless(conversation, Pathless.NO_STUN_HERE)
    if report is None:
        return
    mine, theirs = report.of("local"), report.of("remote")

    more = f"Here only {addresses(mine)}, there {addresses(theirs)}."
    fix = "Name a STUN server, and a TURN server for networks that let nothing else through."
    yield call_failure(conversation, *seqs(mine), *seqs(theirs), more=more, fix=fix)
