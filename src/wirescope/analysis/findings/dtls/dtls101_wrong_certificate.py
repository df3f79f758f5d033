"""The DTLS handshake failed over a path that worked.

## What it sees

A path was found, and then the DTLS handshake failed: the other side has not shown the certificate
whose hash its description names, or the two have no version or curve in common.

## Why it matters

The hash in the description is the only thing that makes the other side trustworthy. A wrong one
means that the description is an old one, was put together from two, or was changed by somebody on
its way.

## How to fix

Compare `a=fingerprint` in the other side's description with what it sent. A server that makes a new
certificate when it starts has to make its descriptions anew, too. A gateway between the two that
ends DTLS has to put its own fingerprint in. See that the hash is of the certificate in DER, with
its algorithm before it.

## References

RFC 8122 section 5 (fingerprint), RFC 8827 section 6.5, RFC 8842 section 5.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "DTLS101", "DTLS failed, the certificate is another", "error", Moment.FAILED, page=__doc__
)
def wrong_certificate(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failed handshake of DTLS."""
    if failed_by(conversation, "dtls", phases=("dtls",)):
        described = call.agreement.side_of("remote")
        moved = call.move_to("dtls", "failed")
        shown = [each.seq for each in (described, moved) if each is not None]
        yield call_failure(conversation, *shown)
