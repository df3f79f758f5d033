"""Stricter clients refuse the certificate.

## What it sees

The certificate was accepted here, but not when RFC 5280 is applied to the letter.

## Why it matters

Programs check certificates with different strictness: Python checks to the letter from 3.13 on, Go
and the browsers always did in parts. The connection works for some users only.

## How to fix

Have the certificate issued anew by an authority, or with tools, that write all that RFC 5280 asks
for: key usage, key identifiers, basic constraints marked critical.

## References

RFC 5280 sections 4.2 and 6.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS811", "Stricter clients refuse the certificate", "info", page=__doc__)
def strict_clients(examination: Examination) -> Iterator[Found]:
    """Look at the handshake that was made with all checks."""
    seen = examination.strict
    if seen is not None and seen.problem:
        yield Found(
            f"Clients that check to the letter refuse the certificate: {seen.problem.rstrip('.')}.",
            "Have it issued with all that RFC 5280 asks for.",
            (seen.evidence,),
        )
