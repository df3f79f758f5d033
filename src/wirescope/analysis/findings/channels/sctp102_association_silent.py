"""DTLS stands, data channels were agreed on, and the SCTP association did not come about.

## What it sees

Both descriptions have data channels, DTLS has been connected for more than five seconds, and SCTP
is still `connecting`.

## Why it matters

The association begins with packets inside DTLS. If these get lost, or the other side does not speak
SCTP at this port, no channel opens, while sound and picture may well pass.

## How to fix

Compare `a=sctp-port` in both descriptions. See whether the other side is one that agrees to data
channels and has no code for them. Packets that are too large for the path get lost; try a lower
MTU.

## References

RFC 8841 section 5, RFC 8261, RFC 9260 section 5.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule

ENOUGH_NS = 5_000_000_000
"""Four packets, sent again after a second each (RFC 9260 section 16)."""


def has_channels(call: Call) -> bool:
    """Whether both sides agreed on data channels."""
    return any(
        here.kind == there.kind == "application" and not (here.is_rejected or there.is_rejected)
        for here, there in call.agreement.pairs
    )


@call_rule(
    "SCTP102",
    "Encrypted, but no data channel can open",
    "error",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def association_silent(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for an association that did not come about."""
    dtls, both = call.move_to("dtls", "connected"), call.agreement.both
    last = conversation.closed or conversation.last_event
    begun = call.move_to("sctp", "connected") is not None or bool(call.channels)
    if dtls is None or both is None or last is None or begun or not has_channels(call):
        return
    waited_ns = last.at_ns - max(dtls.at_ns, both[1].at_ns)
    if waited_ns >= ENOUGH_NS:
        cause = f"SCTP did not come about in {milliseconds(waited_ns)} after DTLS did."
        fix = "Compare a=sctp-port in both descriptions; see that the other side has data channels."
        yield Found(cause, fix, tuple(sorted({both[0].seq, both[1].seq, dtls.seq})))
