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
from wirescope.analysis.findings.rule import Found

_SOON_DAYS = 21


@doctor_rule("WS810", "The certificate expires soon", "warning", page=__doc__)
def certificate_expires(examination: Examination) -> Iterator[Found]:
    """Compare the days that are left with the days that a renewal needs."""
    seen = examination.certificate
    if seen is None or seen.days_left < 0:
        return
    if seen.days_left < min(_SOON_DAYS, seen.lifetime_days / 3):
        days = f"{seen.days_left:.0f} days" if seen.days_left >= 2 else "less than two days"
        yield Found(
            f'The certificate of "{seen.subject}" expires in {days}, on {seen.expires}.',
            "Renew it now, and look at why the renewal has not run.",
            (seen.evidence,),
        )
