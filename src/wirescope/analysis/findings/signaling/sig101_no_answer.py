"""An offer was made, and no answer came.

## What it sees

This end set its offer and waited in `have-local-offer` until the time was over; no description of
the other side came.

## Why it matters

Nothing was tried on the network yet: no firewall, no NAT, no TURN server has to do with it. Nobody
is at the other side, or the signaling lost a message on its way there or back.

## How to fix

See whether the offer arrived at the other side, and whether an answer left it. Both have to use the
same signaling, room and protocol. A handler of the other side that raised when it took the offer
sends nothing.

## References

RFC 8829 section 3.2, W3C webrtc section 4.3.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("SIG101", "No answer to the offer", "error", Moment.FAILED, page=__doc__)
def no_answer(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a time-out without a description of the other side."""
    described = call.agreement.described
    if failed_by(conversation, "timeout", phases=("signaling",)) and described == {"local"}:
        offer = call.agreement.offer
        yield call_failure(conversation, *([offer.seq] if offer is not None else []))
