"""The name of the STUN or TURN server has no address.

## What it sees

The name servers give no address for the host of the address, or do not answer.

## Why it matters

No candidate comes from a server whose name is not known. Browsers say so with the error 701 and go
on without it, so that calls between two networks fail later, for no reason that can be seen.

## How to fix

Correct the name, or add its record in DNS. Where only some networks do not resolve it, ask the name
servers of those networks.

## References

RFC 8489 section 8 (finding a server); W3C webrtc, RTCPeerConnectionIceErrorEvent.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN101", "The server's name does not resolve", "error", page=__doc__)
def unresolved(examination: ServerExamination) -> Iterator[Found]:
    """Take the look-up that failed."""
    problem = examination.unresolved
    if problem is not None:
        yield Found(problem.message, problem.hint, (problem.evidence,))
