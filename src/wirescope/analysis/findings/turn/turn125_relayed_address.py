"""The server gives out a relayed address from inside.

## What it sees

The relayed address can be reached from fewer places than the server itself: it is a private or a
loopback address, while the server was reached at a wider one.

## Why it matters

Peers get this address as a candidate and send to it, in vain. The candidate is there, so everything
looks well until the checks fail. It happens where the server stands behind the address translation
of a cloud and does not know its outer address.

## How to fix

Tell the server its outer address: with coturn, external-ip=OUTER/INNER. Open the range of relayed
ports for UDP in the cloud's firewall.

## References

RFC 8656 section 7.2 (relayed transport addresses); RFC 1918.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN125", "The relayed address cannot be reached", "error", page=__doc__)
def relayed_address(examination: ServerExamination) -> Iterator[Found]:
    """Compare from where the relayed address and the server can be reached."""
    seen = examination.allocation
    if seen is not None and seen.scope < seen.server_scope:
        yield Found(
            f"The relayed address {seen.relayed} is {seen.scope.words}, while the server was"
            f" reached at {seen.server}: peers elsewhere cannot send to it.",
            "Tell the server its outer address; coturn: external-ip=OUTER/INNER.",
            (seen.evidence,),
        )
