"""The server answers with 508: no port or no address is left.

## What it sees

The Allocate was refused with 508. As a warning: a first allocation was granted, and a second one
was not.

## Why it matters

Each allocation takes a port. Where the range of ports is small, or all are in use, nobody gets a
relayed candidate any more, whoever it is.

## How to fix

Widen the range of ports (coturn: min-port, max-port) and open it in the firewall, or add a server.

## References

RFC 8656 section 7.2 (508, Insufficient Capacity).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule, used_up


@server_rule("TURN121", "The server has no capacity left", "error", page=__doc__)
def capacity(examination: ServerExamination) -> Iterator[Found]:
    """Take a 508; a second allocation that is refused shows how small the range is."""
    fix = "Widen the server's range of ports, at its firewall as well, or add a server."
    for refusal in examination.refused(508):
        yield used_up(refusal, fix)
