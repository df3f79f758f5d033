"""The server asks for credentials without saying what for.

## What it sees

The 401 has no REALM, or no NONCE, or both.

## Why it matters

The key is made of user name, realm and password, and each request has to give the nonce back.
Without them no client can answer, and the browser ends with the 401.

## How to fix

Set the realm: with coturn realm=example.org together with lt-cred-mech or use-auth-secret.

## References

RFC 8489 section 9.2.4 (a 401 has both).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN114", "The server names no realm", "error", page=__doc__)
def realm_missing(examination: ServerExamination) -> Iterator[Found]:
    """Take a 401 that nobody can answer."""
    for refusal in examination.refusals:
        if refusal.incomplete:
            yield Found(
                "The server asks for credentials (401) without naming its realm or a nonce, so"
                " that no client can answer.",
                "Set the realm; coturn: realm=example.org with lt-cred-mech or use-auth-secret.",
                (refusal.evidence,),
            )
