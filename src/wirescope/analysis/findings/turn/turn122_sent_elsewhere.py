"""The server answers with 300: another server is to be asked.

## What it sees

The Allocate was answered with 300 and ALTERNATE-SERVER, the address of another server.

## Why it matters

That is how servers share their load, and clients that follow the specification go there. Some do
not, and a server that is not reachable from outside may be named.

## How to fix

Examine the server that is named. If it is an address from inside, correct it.

## References

RFC 8489 section 10 (ALTERNATE-SERVER).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN122", "The server sends clients elsewhere", "warning", page=__doc__)
def sent_elsewhere(examination: ServerExamination) -> Iterator[Found]:
    """Take a 300."""
    for refusal in examination.refused(300):
        other = refusal.alternate or "another server, without naming it"
        kind = examination.url.partition(":")[0]
        fix = "Have the server name the one to ask instead."
        if refusal.alternate:
            fix = f"Look at that one: wirescope doctor {kind}:{refusal.alternate}."
        yield Found(f"The server sends clients to {other} (300).", fix, (refusal.evidence,))
