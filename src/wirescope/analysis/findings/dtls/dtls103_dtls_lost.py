"""The DTLS transport of an open connection failed.

## What it sees

The connection stood and ended because its DTLS transport failed: an alert of the other side, or a
new handshake that did not succeed.

## Why it matters

Nothing on the path can do that: one of the two ends has given the encryption up. With it go media
and data channels at once.

## How to fix

Look at the other side's log at this time. A server that was started anew answers old connections
with an alert; the client has to connect anew, with new descriptions.

## References

RFC 6347 section 4.1.2.7, RFC 8446 section 6 (alerts), W3C webrtc section 5.5.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "DTLS103",
    "The encryption failed while the connection stood",
    "error",
    Moment.CLOSED,
    page=__doc__,
)
def dtls_lost(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for an end by DTLS."""
    closed = conversation.closed
    if closed is not None and closed.cause == "dtls":
        verdict = conversation.verdict()
        moved = call.move_to("dtls", "failed")
        shown = {closed.seq} | ({moved.seq} if moved is not None else set())
        fix = "Look at the other side's log at this time; then connect anew with new descriptions."
        yield Found(verdict.sentence, fix, tuple(sorted(shown)))
