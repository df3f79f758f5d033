"""This end waited for an offer, or had one and did not answer it.

## What it sees

The time was over and there was no description of this end: no offer of the other side came, or one
came and the program here made no answer.

## Why it matters

Nothing was tried on the network yet. If no offer came, it is the signaling or the other side; if
one came, it is the program at this end.

## How to fix

If no offer came: see that the other side is in the same room and that it is its turn to offer. If
one came: see what the handler that should answer does, and whether it raised.

## References

RFC 8829 section 3.2, W3C webrtc section 4.3.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SIG116", "No offer came, or it was not answered here", "error", Moment.FAILED, page=__doc__
)
def no_offer(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a time-out without a description of this end."""
    if failed_by(conversation, "timeout", phases=("signaling",)):
        http = conversation.url.startswith(("whip", "whep"))
        described = call.agreement.described
        if "local" not in described and not (http and not described):
            first = call.agreement.first
            yield call_failure(conversation, *([first.seq] if first is not None else []))
