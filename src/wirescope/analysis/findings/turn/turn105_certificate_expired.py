"""The certificate of the TURN server over TLS holds no more.

## What it sees

The day on which the certificate ceases to hold has passed.

## Why it matters

From that moment on no client gets a relayed candidate over TLS. Calls from networks that let
nothing else through fail, while all others go on, so it is often noticed late.

## How to fix

Renew the certificate and have the server load it: coturn does so on SIGUSR2, or with a restart.
Then look at why the renewal did not run, or did not reach the TURN server.

## References

RFC 8489 section 6.2.3 (TLS); RFC 7065 section 3.2; RFC 5280 section 6.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN105", "The TURN server's certificate has expired", "error", page=__doc__)
def certificate_expired(examination: ServerExamination) -> Iterator[Found]:
    """Take what the TLS handshake failed for."""
    for problem, severity in examination.distrusted("certificate-expired"):
        yield Found(
            problem.message,
            "Renew the certificate and have the server load it; coturn reads it anew on SIGUSR2.",
            (problem.evidence,),
            severity,
        )
