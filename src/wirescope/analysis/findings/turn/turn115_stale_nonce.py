"""The server refuses each nonce as too old, the one that it has just given as well.

## What it sees

A request was answered with 438 and a new nonce, and the same request with that nonce was answered
with 438 again.

## Why it matters

One 438 is normal, clients answer it by themselves. A loop means that the nonce never fits: several
servers behind one address that do not share their state, or a nonce that lives for less than a
round trip.

## How to fix

Have all requests of a client reach the same server, by its address and port; look at the lifetime
of nonces (coturn: stale-nonce).

## References

RFC 8489 section 9.2.5 (438, Stale Nonce).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN115", "Every nonce is stale at once", "error", page=__doc__)
def stale_nonce(examination: ServerExamination) -> Iterator[Found]:
    """Take a 438 to a nonce that was fresh."""
    for refusal in examination.refused(438):
        yield Found(
            f"The server answered the {refusal.method} with 438 Stale Nonce, and again with the"
            " nonce that it had just given.",
            "Have the requests of one client reach one server, and let nonces live for minutes.",
            (refusal.evidence,),
        )
