"""The NAT between here and the server gives each destination another port.

## What it sees

By RFC 5780 the mapping depends on the destination, so the address that STUN finds is not the one
that peers see.

## Why it matters

With STUN alone, no direct path is found to peers behind a NAT that filters by port, which most do.
Such calls need TURN.

## How to fix

Have a TURN server in the list, and reach it over UDP; look whether the router has another kind of
NAT (full cone, endpoint-independent).

## References

RFC 4787 section 4.1 (REQ-1); RFC 5780 section 4.3.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN132", "The NAT here lets few connect directly", "info", page=__doc__)
def nat_kind(examination: ServerExamination) -> Iterator[Found]:
    """Look at the mapping."""
    seen = examination.nat
    if seen is not None and seen.mapping != "endpoint-independent":
        yield Found(
            f"The NAT here has {_an(seen.mapping)} mapping and {_an(seen.filtering)} filter:"
            f" with STUN alone it pairs with {seen.pairs} of {seen.kinds} kinds of NAT.",
            "Use a TURN server for the others, reached over UDP.",
            (seen.evidence,),
        )


def _an(word: str) -> str:
    return f"an {word}"  # all three begin with a vowel
