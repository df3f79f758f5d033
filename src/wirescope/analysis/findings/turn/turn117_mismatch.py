"""The server answers with 437: there is an allocation already, or there is none.

## What it sees

A fresh address and port got 437 on its first Allocate, or a request about an allocation that was
just granted did.

## Why it matters

Servers behind one address that do not share their state answer so, and so does a NAT that gives a
port out again while the server still holds the allocation of who had it before.

## How to fix

Have all datagrams of a client reach the same server, by its address and port. With few outer ports,
shorten the lifetime of allocations.

## References

RFC 8656 section 7.2 (437, Allocation Mismatch).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, as_found, server_rule


@server_rule("TURN117", "The allocation does not match", "error", page=__doc__)
def mismatch(examination: ServerExamination) -> Iterator[Found]:
    """Take a 437."""
    for refusal in examination.refused(437):
        yield as_found(
            refusal, "Have one client's datagrams reach one server; see what balances them."
        )
