"""The answer refuses the section for data channels.

## What it sees

The offer has a section `m=application` for data channels, and the answer has port 0 for it, or no
such section.

## Why it matters

The connection stands for sound and picture, and a channel that was made stays `connecting` for
ever; no error tells of it.

## How to fix

See whether the other side has data channels at all: media servers often have them as an option, and
WHIP and WHEP servers need not have them. If it answers with fewer sections than were offered, it
breaks RFC 3264.

## References

RFC 8841 section 10, RFC 3264 section 6, RFC 8831.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SCTP101",
    "The answer refuses data channels",
    "warning",
    Moment.OPENED,
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def channels_refused(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for an answer without the section of data channels."""
    both = call.agreement.both
    if both is not None and both[0].said.channels and not both[1].said.channels:
        who = "the other side" if both[1].side == "remote" else "this end"
        cause = f"Data channels were offered and {who} refused them, so that none will open."
        fix = "See whether the answering side can have data channels, and switch them on there."
        yield Found(cause, fix, (both[0].seq, both[1].seq))
