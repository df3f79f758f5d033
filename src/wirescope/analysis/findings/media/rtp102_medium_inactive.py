"""A section of audio or video was agreed on, and neither side sends in it.

## What it sees

The offer wanted a section of audio or video to be sent or received, and the answer made it
`inactive`, or left no direction: both sides only receive, or both only send. Where an earlier
agreement let it flow, as in a call that was put on hold, this is information only.

## Why it matters

The call stands, the section is there, and nothing will ever be heard or seen in it.

## How to fix

Add the track before the answer is made, not after it. An answering side whose transceiver is
`recvonly` by default answers `inactive` to an offer that only receives: give it something to send.
To let it flow later, negotiate anew.

## References

RFC 3264 section 6.1, RFC 8829 section 5.3.1.
"""

from collections.abc import Iterator

from wirescope.analysis.agreement import flows
from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule
from wirescope.events import Severity


@call_rule(
    "RTP102",
    "One medium was agreed on and is silent",
    "warning",
    Moment.OPENED,
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def medium_inactive(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for sections in which neither side sends."""
    both = call.agreement.both
    if both is None:
        return
    for here, there in call.agreement.pairs:
        if here.kind not in ("audio", "video") or here.is_rejected or there.is_rejected:
            continue
        if here.direction != "inactive" and not flows(here, there):
            cause = (
                f"The {here.kind} of section {here.mid or '?'} was offered as {here.direction} and"
                f" answered as {there.direction}, so that neither side sends."
            )
            is_held = here.mid in call.agreement.flowed
            fix = "Add what is to be sent before the answer is made, or negotiate anew."
            severity: Severity | None = "info" if is_held else None
            yield Found(cause, fix, (both[0].seq, both[1].seq), severity, about=here.mid)
