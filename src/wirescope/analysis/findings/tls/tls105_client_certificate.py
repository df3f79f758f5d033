"""The server wants a client certificate, or another one.

## What it sees

The server ended the TLS handshake with an alert because it got no certificate of a client that it
accepts, or it answered the opening handshake with 400 and said so in the body, as nginx does.

## Why it matters

With mutual TLS, the certificate is the credential: no header or token takes its place.

## How to fix

Give a certificate and its key: `--cert FILE --key FILE`. If one was given, the server does not
trust the authority that signed it, or it has expired. A balancer that ends TLS has to ask for it as
well, and the log of whatever ends TLS says what it did not like.

## References

RFC 8446 section 4.4.2.4 and section 6.2 (certificate_required), curl's exit code 35.
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS105", "A client certificate is wanted", "error", Moment.FAILED, page=__doc__)
def client_certificate(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for an alert, or an answer, that asks for a certificate."""
    by_alert = failed_by(conversation, "client-certificate")
    if by_alert or refused_for(conversation, Refusal.CLIENT_CERTIFICATE):
        yield failure_found(conversation)
