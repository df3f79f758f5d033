"""Neither side sends checks, since each has said that it answers only.

## What it sees

The offer and its answer both have the line `a=ice-lite`, and the connection never stood.

## Why it matters

A side with ICE-lite is one with a public address that answers checks and begins none. Two such
sides wait for each other.

## How to fix

Switch the full form on at one side. Two servers that call each other are the usual case: one of
them has to be the client.

## References

RFC 8445 sections 2.5 and 6.1.1, RFC 8839 section 5.3.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule("SIG114", "Both sides have ICE-lite", "error", *AFTERWARDS, page=__doc__)
def both_lite(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for ICE-lite on both sides."""
    both = call.agreement.both
    if both is not None and all(each.said.is_lite for each in both) and conversation.opened is None:
        cause = "Both descriptions have a=ice-lite, so that neither side begins checks."
        fix = "Switch full ICE on at one of the two sides."
        yield Found(cause, fix, (both[0].seq, both[1].seq))
