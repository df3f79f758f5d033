"""The certificate has expired.

## What it sees

The server showed a certificate whose last day is over. The finding names that day.

## Why it matters

No browser connects, and no other client that checks certificates. It worked yesterday and nobody
changed anything, which is how it is usually found.

## How to fix

Renew the certificate on whatever ends TLS: often a balancer or a gateway, not the server itself. If
it has been renewed already, that one still serves the old file and has to be reloaded. If the day
lies in the future, this machine's clock is wrong. To look at the rest meanwhile, `--insecure`
connects without checking, for one connection.

## References

RFC 5280 section 4.1.2.5 (validity), RFC 9110 section 4.3.4, curl's exit code 60.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS101", "The certificate has expired", "error", Moment.FAILED, page=__doc__)
def certificate_expired(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a certificate of the past."""
    if failed_by(conversation, "certificate-expired"):
        yield failure_found(conversation)
