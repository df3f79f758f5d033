"""Every section of the offer was refused.

## What it sees

The answer has port 0 for each section that was offered: the two sides have no codec in common, or
the answering side wants nothing of it.

## Why it matters

There is nothing left to make a connection for, so that none is made, and no state says so.

## How to fix

Offer more codecs: leave the choice open, or take VP8 and Opus, which every browser has. Compare
`a=rtpmap` in both descriptions. H.264 is missing in some builds, also in Chromium of some
distributions, and its profiles have to fit.

## References

RFC 8829 section 5.3.1, RFC 7742 section 5, RFC 6184 section 8.2.2.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SIG112", "The answer refuses all that was offered", "error", Moment.FAILED, page=__doc__
)
def all_refused(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for an answer that takes nothing."""
    if failed_by(conversation, "rejected", phases=("signaling",)):
        both = call.agreement.both
        more = ""
        if both is not None:
            told = [f"{each.kind}: {', '.join(each.codecs[:6])}" for each in both[0].said.sections]
            more = (
                f"Offered were {'; '.join(told)}."
                if any(s.codecs for s in both[0].said.sections)
                else ""
            )
        shown = [each.seq for each in both] if both is not None else []
        yield call_failure(conversation, *shown, more=more)
