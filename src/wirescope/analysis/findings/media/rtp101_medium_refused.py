"""The answer refuses a section of audio or video.

## What it sees

The answer has port 0 for a section of audio or video that was offered, while it takes another: the
two sides have no codec in common, or the answering side does not want it.

## Why it matters

The call stands and a part of it is missing; no state tells of it.

## How to fix

Compare the codecs of this section in both descriptions. Leave the choice of codecs open, or offer
one that every browser has: VP8 or H.264, and Opus. If the answering side does not want it, there is
nothing to do.

## References

RFC 8829 section 5.3.1, RFC 3264 section 6, RFC 7742, RFC 7874.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "RTP101",
    "One medium was refused",
    "warning",
    Moment.OPENED,
    Moment.CLOSED,
    Moment.END,
    page=__doc__,
)
def medium_refused(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for refused sections of audio and video."""
    both = call.agreement.both
    if both is None or not any(not there.is_rejected for _, there in call.agreement.pairs):
        return
    for here, there in call.agreement.pairs:
        if not here.is_rejected and there.is_rejected and here.kind in ("audio", "video"):
            names = ", ".join(here.codecs[:6])
            offered = f" It offered {names}." if names else ""
            cause = f"The answer refuses the {here.kind} of section {here.mid or '?'}.{offered}"
            fix = "Offer a codec that both sides have, or see why the other side does not want it."
            yield Found(cause, fix, (both[0].seq, both[1].seq), about=here.mid)
