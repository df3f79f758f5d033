"""The server answers the Allocate with 403.

## What it sees

The credentials may be right, but the server's rules forbid what was asked.

## Why it matters

Some servers relay only for addresses that they know, and servers for STUN alone may answer so.

## How to fix

Look at the server's lists of addresses and users, and whether it is meant to relay at all.

## References

RFC 8656 section 7.2 (403, Forbidden).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, as_found, server_rule


@server_rule("TURN116", "The server forbids the allocation", "error", page=__doc__)
def forbidden(examination: ServerExamination) -> Iterator[Found]:
    """Take a 403 to an Allocate."""
    for refusal in examination.refused(403):
        if refusal.method == "Allocate":
            yield as_found(refusal, "See the server's rules on who may allocate, and its log.")
