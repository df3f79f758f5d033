"""The server answers with 441: the credentials are not those of the allocation.

## What it sees

An allocation was granted, and a request about it with the same credentials was refused with 441.

## Why it matters

The server, or what stands before it, mixes clients up; or the user name is not read the same way
twice, as where it has characters beyond ASCII.

## How to fix

Try a plain user name. If that helps, look at how names are prepared; otherwise at what stands
between the clients and the server.

## References

RFC 8656 section 5 (441, Wrong Credentials).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, as_found, server_rule


@server_rule("TURN118", "The server takes them for other credentials", "error", page=__doc__)
def other_credentials(examination: ServerExamination) -> Iterator[Found]:
    """Take a 441."""
    for refusal in examination.refused(441):
        yield as_found(refusal, "Try a plain user name, and look at what stands before the server.")
