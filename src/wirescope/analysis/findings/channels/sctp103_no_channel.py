"""The SCTP association stands, and no data channel was opened over it.

## What it sees

Both sides agreed on data channels and the association stands for more than five seconds, but
neither side opened one that the other knows.

## Why it matters

A program that waits for a channel of the other side waits for ever. It happens when each waits for
the other to make one, or when one side makes a channel that was agreed on by its id and the other
does not.

## How to fix

Have one side make the channel, before its offer, and the other take it from its event. A channel
with `negotiated: true` has to be made by both sides with the same `id`.

## References

RFC 8832 section 6, W3C webrtc section 6.2 (negotiated, id).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.measures import milliseconds
from wirescope.analysis.findings.rule import Found, Moment, call_rule

ENOUGH_NS = 5_000_000_000
"""A channel opens with one packet (RFC 8832 section 5.1)."""


@call_rule(
    "SCTP103",
    "Data channels were agreed on, and none opened",
    "info",
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def no_channel(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for an association without a channel."""
    sctp = call.move_to("sctp", "connected")
    last = conversation.closed or conversation.last_event
    if sctp is None or call.channels or last is None:
        return
    if last.at_ns - sctp.at_ns >= ENOUGH_NS:
        waited = milliseconds(last.at_ns - sctp.at_ns)
        cause = f"No data channel opened in {waited}, though both sides have agreed on them."
        fix = "Have one side make the channel; one that is agreed on by its id, both sides."
        yield Found(cause, fix, (sctp.seq,))
