"""Two offers crossed, and each side took its own back.

## What it sees

Both sides made an offer at the same moment, each gave way to the other, and then each got an answer
to an offer that it had taken back.

## Why it matters

One side has to give way and the other not. Two that both do are left with an answer each and no
offer.

## How to fix

Agree beforehand who is polite: the one who calls is not, say. Or let only one side make offers.
Trying again, one after the other, works.

## References

W3C webrtc section 10.7 (perfect negotiation), RFC 8829 section 4.1.10.2.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SIG115", "Both sides made an offer, and each gave way", "error", Moment.FAILED, page=__doc__
)
def offers_crossed(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for offers that were both taken back."""
    crossed = call.agreement.taken_back and call.agreement.described == {"local", "remote"}
    if failed_by(conversation, "reset", phases=("signaling",)) and crossed:
        yield call_failure(conversation, call.agreement.taken_back)
