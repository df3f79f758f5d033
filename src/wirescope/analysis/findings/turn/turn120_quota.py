"""The server answers with 486: this user has as many allocations as it may have.

## What it sees

The Allocate was refused with 486. As a warning: a first allocation was granted, and a second one
was not.

## Why it matters

A browser holds an allocation for each network interface, each TURN address and each connection, and
those of pages that were closed live on until their lifetime is over. A quota below ten is used up
by one user soon.

## How to fix

Raise the quota (coturn: user-quota, total-quota), give each user a name of its own, or shorten the
lifetime of allocations.

## References

RFC 8656 section 7.2 (486, Allocation Quota Reached).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule, used_up


@server_rule("TURN120", "The user's quota is used up", "error", page=__doc__)
def quota(examination: ServerExamination) -> Iterator[Found]:
    """Take a 486; a second allocation that is refused shows how small the quota is."""
    fix = "Raise the quota for a user, or give each user a name of its own."
    for refusal in examination.refused(486):
        yield used_up(refusal, fix)
