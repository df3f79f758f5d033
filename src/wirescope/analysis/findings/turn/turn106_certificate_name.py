"""The certificate of the TURN server over TLS is for other names.

## What it sees

The certificate is valid, but the host of the address is not among its names.

## Why it matters

Clients compare the host of the turns: address with the names in the certificate. An IP address in
the turns: address almost never is among them.

## How to fix

Use a name that the certificate has, or issue one for this name. Never write an IP address into a
turns: address unless the certificate has it.

## References

RFC 8489 section 6.2.3 (TLS); RFC 7065 section 3.2; RFC 5280 section 6.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN106", "The TURN certificate is for another name", "error", page=__doc__)
def certificate_name(examination: ServerExamination) -> Iterator[Found]:
    """Take what the TLS handshake failed for."""
    for problem, severity in examination.distrusted("certificate-name"):
        yield Found(
            problem.message,
            "Use one of the certificate's names in the address, or issue a certificate for this"
            " one.",
            (problem.evidence,),
            severity,
        )
