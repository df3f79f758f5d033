"""The certificate of the TURN server over TLS comes from nobody who is trusted here.

## What it sees

The certificate is self-signed, or its issuer is not among the authorities of this machine, or the
server sent no intermediate certificate.

## Why it matters

Browsers check the certificate of a turns: server as they check a site's, but show nothing: the
candidate is missing, and that is all. There is no button to go on.

## How to fix

Use a certificate that public authorities vouch for and send the whole chain (coturn: cert is the
full chain). For a private authority, install it on the clients; here, give it with --cacert.

## References

RFC 8489 section 6.2.3 (TLS); RFC 7065 section 3.2; RFC 5280 section 6.
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN104", "The TURN server's certificate is not trusted", "error", page=__doc__)
def certificate_untrusted(examination: ServerExamination) -> Iterator[Found]:
    """Take what the TLS handshake failed for."""
    for problem, severity in examination.distrusted(
        "certificate-untrusted", "certificate-self-signed", "certificate-early", "certificate"
    ):
        # a warning where -k went on without a check
        further = "" if severity == "warning" else ", or look further with -k"
        yield Found(
            problem.message,
            "Send a certificate with its whole chain that clients trust; to have it checked here,"
            f" give its authority with --cacert{further}.",
            (problem.evidence,),
            severity,
        )
