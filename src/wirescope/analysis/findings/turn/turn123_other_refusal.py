"""A request is refused with an error that no other finding is about.

## What it sees

The server answered with an error code; the cause names the request, the code and what the server
said beside.

## Why it matters

What was asked does not happen: no relayed address, or one to which nothing can be sent, or that
cannot be kept.

## How to fix

See what the code means, and the server's log at this time.

## References

RFC 8489 section 14.8 and RFC 8656 section 19 (error codes).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, as_found, server_rule

_TOLD = (300, 401, 403, 437, 438, 441, 442, 486, 508)


@server_rule("TURN123", "The server refuses a request", "error", page=__doc__)
def other_refusal(examination: ServerExamination) -> Iterator[Found]:
    """Take the codes that have no rule of their own."""
    for refusal in examination.refusals:
        if (refusal.code not in _TOLD and not refusal.incomplete) or (
            refusal.code == 403 and refusal.method not in ("Allocate", "CreatePermission")
        ):
            yield as_found(refusal)
