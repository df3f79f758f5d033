"""The server grants an allocation without credentials.

## What it sees

The first Allocate had no credentials, as always, and was granted all the same.

## Why it matters

Everyone on the internet can send through this server, at its address and at its cost: to attack
others, to reach what only it can reach. Such servers are found by scanners within days.

## How to fix

Have it ask for credentials: with coturn, set lt-cred-mech with users, or use-auth-secret, and leave
no-auth out.

## References

RFC 8656 section 5 (a server must authenticate) and section 21.1.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule
from wirescope.analysis.findings.turn.scopes import Scope


@server_rule("TURN124", "It relays for everyone", "error", page=__doc__)
def open_relay(examination: ServerExamination) -> Iterator[Found]:
    """Take an allocation without a 401 before it."""
    seen = examination.allocation
    if seen is not None and not seen.asked_for_credentials:
        yield Found(
            "The server granted a relayed address without asking for credentials.",
            "Have it ask for them: coturn with lt-cred-mech or use-auth-secret, without no-auth.",
            (seen.evidence,),
            "warning" if seen.server_scope is Scope.LOOPBACK else None,
        )
