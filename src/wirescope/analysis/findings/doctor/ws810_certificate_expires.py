"""The server's certificate expires soon.

## What it sees

The certificate ceases to hold in less than 21 days, or, where it was issued for a short time, in
less than a third of that.

## Why it matters

From that moment on no client connects any more, all of them at once. A renewal that runs by itself
would have happened by now, so it probably failed.

## How to fix

Renew the certificate and have the server load it; then look at why the renewal did not run.

## References

RFC 5280 section 4.1.2.5 (validity).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.doctor.expiring import expiring
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS810", "The certificate expires soon", "warning", page=__doc__)
def certificate_expires(examination: Examination) -> Iterator[Found]:
    """Look at how long the certificate holds."""
    fix = "Renew it now, and look at why the renewal has not run."
    yield from expiring(examination.certificate, fix)
