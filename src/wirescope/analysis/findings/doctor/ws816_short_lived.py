"""The connection does not last: it ends before anything was asked of the server.

## What it sees

The opening handshake succeeded, and the server ended the connection while it was looked at, with a
code that tells of no mistake, such as 1000. A code that tells of one, an end without a Close frame
and a breach of the specification are findings of their own (WS2xx, WS3xx).

## Why it matters

Clients see a connection that opens and is gone at once, and most of them connect again and again.

## How to fix

The reason, if there is one, says what the server did not like: often a token that is missing, or a
first message that it expects and that did not come. Otherwise look into its log: a handler that
returns at once closes so.

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
