"""The server refuses the credentials.

## What it sees

The first Allocate was answered with 401, as every TURN server does. The second one had user name,
realm and signature, and was answered with 401 as well.

## Why it matters

The first 401 is no error, the second one is: no relayed candidate. Browsers show both with the same
text. Most often the password is another one, or the page builds time-limited credentials with
another secret than the server's.

## How to fix

Compare user name and password with the server's. For time-limited credentials the server has to
know the secret (coturn: use-auth-secret and static-auth-secret), and the password is the Base64 of
the HMAC-SHA1 of the user name.

## References

RFC 8489 section 9.2.4 (long-term credentials); draft-uberti-behave-turn-rest-00.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN111", "The user name or the password is wrong", "error", page=__doc__)
def wrong_credentials(examination: ServerExamination) -> Iterator[Found]:
    """Take the 401 to a request that had credentials."""
    expired = examination.expired_s is not None and examination.expired_s >= 0
    for refusal in examination.refused(401):
        if refusal.signed and not refusal.incomplete and not expired:
            yield Found(
                f"The server refused the user name or the password: {refusal.code} again after the"
                " 401 that every TURN server begins with.",
                "Compare user name and password with the server's; of credentials with a time in"
                " them, the secret that they are made with.",
                (refusal.evidence,),
            )
