"""No TLS comes about with the server.

## What it sees

TCP connects, but the TLS handshake is not answered with TLS, is cut, or finds nothing in common.

## Why it matters

Often a turns: address leads to the port for plain TCP, or the server was started without a
certificate, so that it does not speak TLS at all.

## How to fix

Use the port of TLS, 5349 unless the server says otherwise, or give the server certificate and key.
Where TLS ends at a balancer, see that it passes on plain TCP.

## References

RFC 8489 section 6.2.3; RFC 7065 section 3.1 (turns is 5349).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule

_IT_SPEAKS_TLS = ("client-certificate", "tls-cipher", "tls-name", "tls-version")
_USE_THE_PORT = (
    "Use the port on which the server speaks TLS, usually 5349 or 443, or give the server its"
    " certificate and key."
)


@server_rule("TURN107", "The TLS handshake fails", "error", page=__doc__)
def tls_failed(examination: ServerExamination) -> Iterator[Found]:
    """Take a TLS handshake that failed for another reason than the certificate."""
    for _, problem in examination.problems("not-tls", "tls", "timeout", *_IT_SPEAKS_TLS):
        if problem.phase == "tls":
            fix = problem.hint if problem.kind in _IT_SPEAKS_TLS else _USE_THE_PORT
            yield Found(problem.message, fix, (problem.evidence,))
