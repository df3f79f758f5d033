"""The connection does not last: it ends before anything was asked of the server.

## What it sees

The opening handshake succeeded, and the connection ended while it was looked at: the server closed
it or hung up, or this end failed it because the server broke the specification.

## Why it matters

Clients see a connection that opens and is gone at once, and most of them connect again and again.

## How to fix

The close code and reason say what the server did not like: often a token that is missing, or a
first message that it expects and that did not come. Without a Close frame, look into its log: the
handler has ended or crashed. What breaks the specification has to be corrected in the server.

## References

RFC 6455 section 7.4.1 (the meaning of the codes).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS816", "The connection does not last", "error", page=__doc__)
def short_lived(examination: Examination) -> Iterator[Found]:
    """Tell of the end."""
    seen = examination.ended
    if seen is not None:
        yield Found(
            seen.sentence,
            seen.advice or "Look at what the server expects first, and into its log.",
            (seen.evidence,),
        )
