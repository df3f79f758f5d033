"""The server answers with 442: it does not relay over the transport that was asked for.

## What it sees

The Allocate asked for UDP between the server and the peers, as WebRTC does, and was refused with
442. How the client reaches the server is another matter.

## Why it matters

WebRTC needs UDP between TURN server and peers. Without it the server gives no relayed candidate.

## How to fix

Allow the server to relay over UDP: with coturn, leave no-udp-relay out.

## References

RFC 8656 section 7.2 (442, Unsupported Transport Protocol).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, as_found, server_rule


@server_rule("TURN119", "The server does not relay UDP", "error", page=__doc__)
def transport_refused(examination: ServerExamination) -> Iterator[Found]:
    """Take a 442."""
    for refusal in examination.refused(442):
        yield as_found(
            refusal, "Allow relaying over UDP at the server; coturn: without no-udp-relay."
        )
