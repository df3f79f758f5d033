"""The DTLS handshake did not end, though a path was found.

## What it sees

ICE found a path, and the time for opening ran out before the DTLS handshake over it had ended.

## Why it matters

The checks of ICE are small packets, those of DTLS fill a datagram: one that is dropped for its size
looks just so. So does a side that waits for the other to begin, and one that cannot read what
comes.

## How to fix

Send large packets along the path, with `ping -M do -s 1400`, and lower the MTU where they get lost.
If `a=setup` is `passive` or `active` on both sides, see SIG113. A server behind a load balancer has
to get all packets of a path at one process. Chromium sends a first packet of more than 1,200 bytes,
in two, since it has keys that quantum computers do not break; old stacks fail over that.

## References

RFC 6347 section 4.1.1 (MTU), RFC 8842 section 5, RFC 7983.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "DTLS102",
    "A path works, but DTLS does not come to an end",
    "error",
    Moment.FAILED,
    page=__doc__,
)
def dtls_timeout(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a time-out after a path was found."""
    if failed_by(conversation, "timeout", phases=("dtls",)) and call.agreement.roles is None:
        begun = call.move_to("dtls", "connecting")
        path = call.paths.report().path
        shown = [each.seq for each in (begun, path) if each is not None]
        over = f"The path is {path.words}." if path is not None else ""
        yield call_failure(conversation, *shown, more=over)
