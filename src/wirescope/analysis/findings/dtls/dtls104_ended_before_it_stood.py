"""The other side ended the connection while it was being made.

## What it sees

A path was found, and then the other side closed the DTLS transport before the connection stood.

## Why it matters

It was there and could be reached, so neither network nor ICE is to blame: a program closed the
connection, or the other end refused what DTLS showed it.

## How to fix

See what the other side does after it has answered: a time limit that is too short, an error in its
handler of the connection, a call that somebody hung up. A side that takes the fingerprint for wrong
leaves in this way, too: compare it with `a=fingerprint` of the description of this end as it
arrived there.

## References

RFC 8842 section 5, W3C webrtc section 4.4.1.8 (close).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "DTLS104",
    "The other side left before the connection stood",
    "error",
    Moment.FAILED,
    page=__doc__,
)
def ended_before_it_stood(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for an end by the other side before the connection stood."""
    if failed_by(conversation, "left"):
        moved = call.move_to("dtls", "closed", "failed")
        yield call_failure(
            conversation,
            *([moved.seq] if moved is not None else []),
            fix="See in the other side's log why it closed the connection.",
        )
