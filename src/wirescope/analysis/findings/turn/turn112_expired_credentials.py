"""The time in the user name has passed.

## What it sees

The user name begins with a time, as those of the TURN REST scheme do, and that time has passed.

## Why it matters

The server refuses them with 401, the same as a wrong password. Pages that stay open for long, or
that get their credentials when they are built, end like this; a clock that is wrong does, too.

## How to fix

Get fresh credentials before each connection. See how long they are made for, and that the clocks of
the server that makes them and of the TURN server are right.

## References

RFC 8489 section 9.2 (long-term credentials); draft-uberti-behave-turn-rest-00 section 2.2.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN112", "The credentials have expired", "error", page=__doc__)
def expired_credentials(examination: ServerExamination) -> Iterator[Found]:
    """Compare the time in the user name with the clock."""
    if examination.expired_s is None or examination.expired_s < 0:
        return
    for refusal in examination.refused(401):
        if not refusal.signed:
            continue
        yield Found(
            f"The credentials held until {examination.expires_at}; the server refuses them (401).",
            "Get fresh ones, and make them for longer than a page stays open; if they are fresh,"
            " compare the clocks.",
            (refusal.evidence,),
        )
