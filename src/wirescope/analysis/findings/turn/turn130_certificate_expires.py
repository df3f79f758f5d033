"""The certificate of the TURN server over TLS holds for a short time only.

## What it sees

It ceases to hold in less than 21 days, or, where it was issued for a short time, in less than a
third of that.

## Why it matters

From that moment on no client gets a relayed candidate over TLS. A renewal that runs by itself would
have happened by now, or the TURN server has not loaded the new one.

## How to fix

Renew it and have the server load it: coturn does so on SIGUSR2, or with a restart.

## References

RFC 5280 section 4.1.2.5 (validity).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.expiring import expiring
from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN130", "The server's certificate expires soon", "warning", page=__doc__)
def certificate_expires(examination: ServerExamination) -> Iterator[Found]:
    """Look at how long the certificate holds."""
    fix = "Renew it now and have the server load it; coturn reads it anew on SIGUSR2."
    yield from expiring(examination.certificate, fix)
