"""The server answers STUN, but an Allocate gets no answer that counts.

## What it sees

The server answered a Binding request on the same way. To the Allocate nothing came, or something
that is not signed with the password.

## Why it matters

It may be a server for STUN alone, or something on the way drops what it does not know. An answer
with a wrong signature counts as none, since somebody else may have sent it.

## How to fix

Use the address of a TURN server; with coturn, leave stun-only out. After a wrong signature, compare
the password.

## References

RFC 8489 section 9.2.5; RFC 8656 section 7.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN131", "STUN is answered, an allocation is not", "error", page=__doc__)
def allocate_unanswered(examination: ServerExamination) -> Iterator[Found]:
    """Take an Allocate without an answer that counts."""
    problem = examination.silent
    if problem is not None:
        fix = "Use the address of a TURN server; coturn: without stun-only."
        if problem.kind == "not-trusted":
            fix = "Compare the password with the server's; if it is right, somebody answers for it."
        yield Found(problem.message, fix, (problem.evidence,))
