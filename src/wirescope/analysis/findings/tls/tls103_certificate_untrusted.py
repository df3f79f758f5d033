"""Nobody whom this machine trusts vouches for the certificate.

## What it sees

The chain of certificates does not end in an authority that is trusted here. There are three usual
reasons: the certificate is self-signed; its authority is a private one, of a company or of a
development tool; or the server does not send the intermediate certificates of its chain. The
certificates that it sent stand in `connection.secured`: with one alone, that is its own, it is the
third reason unless the authority signs servers' certificates itself.

## Why it matters

Browsers often hide the third: they remember intermediates from other sites or fetch them, and
programs do not. "It works in the browser" is a hint at it.

## How to fix

If the authority is a private one that you trust, name its certificate: `--cacert FILE`. If it is a
public one, have the server send the whole chain: the file `fullchain.pem`, not `cert.pem`; `openssl
s_client -showcerts -connect HOST:PORT` prints what it sends. To look at the rest meanwhile,
`--insecure` connects without checking, for one connection.

## References

RFC 5280 section 6 (validation of a path), RFC 8446 section 4.4.2 (the chain), curl's exit code 60.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS103", "The certificate is not trusted here", "error", Moment.FAILED, page=__doc__)
def certificate_untrusted(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a chain that ends in nobody who is trusted."""
    if failed_by(conversation, "certificate-self-signed", "certificate-untrusted"):
        yield failure_found(conversation)
