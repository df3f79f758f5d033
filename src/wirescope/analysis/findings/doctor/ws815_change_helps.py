"""The opening handshake fails, and with one change it succeeds.

## What it sees

The server did not answer the opening handshake with 101, and did when one thing was changed: the
subprotocol or the offer of compression left out, another Origin, the other scheme.

## Why it matters

What was changed is what the server, or something on the way to it, does not take. That is known
then and need not be guessed from a status.

## How to fix

Make the change in the client, or have the server take what it refuses.

## References

RFC 6455 sections 4.1 and 4.2 (opening handshake).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS815", "It works with one change", "info", page=__doc__)
def change_helps(examination: Examination) -> Iterator[Found]:
    """Look for the change that helped."""
    seen = examination.cure
    if seen is not None:
        cause = f"{seen.cause[0].upper()}{seen.cause[1:]}."
        yield Found(cause, seen.advice, (seen.evidence,))
