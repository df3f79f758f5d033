"""The server relays for those who have credentials, and none were given.

## What it sees

The Allocate was answered with 401, realm and nonce. There were no credentials to answer with.

## Why it matters

That is how it should be. Whether the server relays can only be seen with credentials.

## How to fix

Give a user name and a password with -u, and look again.

## References

RFC 8656 section 5 (authentication is a must).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN113", "The server wants credentials", "info", page=__doc__)
def credentials_wanted(examination: ServerExamination) -> Iterator[Found]:
    """Take the 401 where there was nothing to answer it with."""
    for refusal in examination.refused(401):
        if not refusal.signed and not refusal.incomplete:
            yield Found(
                "The server asked for credentials with 401, as it should; none were given.",
                "Look again with -u USER:PASSWORD, to see whether it relays.",
                (refusal.evidence,),
            )
