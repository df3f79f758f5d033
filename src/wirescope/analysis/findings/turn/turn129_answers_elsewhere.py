"""The answer comes from another address than the one that was asked.

## What it sees

A request over UDP was answered, but from another address or port, so that a client that waits for
the server's answer does not get it.

## Why it matters

NATs and firewalls let in only what comes from where something was sent to, and clients pass over
what comes from elsewhere. A server with several interfaces that is bound to all of them does this.

## How to fix

Bind the server to the address that clients use: with coturn listening-ip, one for each.

## References

RFC 8489 section 6.3.1 (the answer comes from where the request went to).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN129", "It answers from another address", "error", page=__doc__)
def answers_elsewhere(examination: ServerExamination) -> Iterator[Found]:
    """Compare where an answer came from with where the request went to."""
    for way in examination.ways:
        if way.elsewhere:
            yield Found(
                f"Over {way.transport.upper()} the server answers from {way.elsewhere}, which"
                " clients and NATs pass over.",
                "Bind the server to the address that clients use; coturn: listening-ip.",
                (way.evidence,),
            )
