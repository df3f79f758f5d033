"""No candidate of the other side has arrived.

## What it sees

Both descriptions are known and this end has addresses, but none of the other side came, neither in
its description nor after it.

## Why it matters

There is nobody to send a check to. The other side may well be sending its addresses: into a
connection that is gone, before it was ready for them, or in one direction of the signaling only.

## How to fix

See in the signaling whether candidates of the other side pass at all. Handle `icecandidate` at both
sides, and send what it gives with the description that it belongs to. Candidates that come before
the description has been set are refused by an engine: keep them until it is. Without trickle ICE,
send the description after gathering is complete.

## References

RFC 8838 section 4, RFC 8839 section 5.1, W3C webrtc section 4.4.2 (addIceCandidate).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("ICE201", "The other side told no address", "error", Moment.FAILED, page=__doc__)
def none_told(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure for want of an address of the other side."""
    if failed_by(conversation, "no-candidates", phases=("ice",)):
        described = call.agreement.side_of("remote")
        shown = [described.seq] if described is not None else []
        hint = conversation.failed.hint if conversation.failed is not None else ""
        more = "If only relayed paths are wanted there, see its TURN server."
        yield call_failure(conversation, *shown, fix=f"{hint} {more}".strip())
