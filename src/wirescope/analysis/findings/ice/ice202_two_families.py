"""One side has only addresses of IPv4, the other only of IPv6.

## What it sees

No address of this end is of the same version of IP as one of the other side, so that no pair could
be made, and nothing was tried.

## Why it matters

A packet of the one cannot be sent to an address of the other. It happens between a phone in a
network that has IPv6 alone and a server or container that has IPv4 alone.

## How to fix

Give the server an address of both versions. A TURN server with both lets either side in. In a
container, see that IPv6 is switched on; Docker has it off.

## References

RFC 8445 section 6.1.2.2 (forming pairs), RFC 8421, RFC 8656 section 7.2 (REQUESTED-ADDRESS-FAMILY).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import addresses, call_failure, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("ICE202", "IPv4 on one side, IPv6 on the other", "error", Moment.FAILED, page=__doc__)
def two_families(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for sides without a version of IP in common."""
    report = pathless(conversation, Pathless.FAMILIES)
    if report is None:
        return
    mine, theirs = report.of("local"), report.of("remote")

    more = f"Here: {addresses(mine)}. There: {addresses(theirs)}."
    yield call_failure(conversation, *seqs(mine), *seqs(theirs), more=more)
