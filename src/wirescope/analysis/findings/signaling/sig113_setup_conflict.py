"""The roles of DTLS in the two descriptions do not fit together.

## What it sees

The answer has the same `a=setup` as the offer, `active` or `passive`, or has `actpass`, which only
an offer may have.

## Why it matters

One side has to be the client of DTLS and the other the server. With two servers nobody begins; with
two clients neither answers.

## How to fix

An offer says `actpass`, an answer `active` or `passive`: the other one of what the offer says, if
that is not `actpass`. Do not copy the line from the offer into the answer.

## References

RFC 8842 section 5.3, RFC 4145 section 4.1, RFC 8829 section 5.3.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "SIG113", "Both sides wait for DTLS, or both begin it", "error", *AFTERWARDS, page=__doc__
)
def setup_conflict(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for roles that do not fit."""
    both, roles = call.agreement.both, call.agreement.roles
    if both is None or roles is None or call.move_to("dtls", "connected") is not None:
        return
    cause = f"The offer has a=setup:{roles[0] or 'nothing'}, the answer a=setup:{roles[1]}."
    fix = "Have the answer say active or passive, the other one of what the offer says."
    yield Found(cause, fix, (both[0].seq, both[1].seq))
