"""The certificate was not accepted.

## What it sees

The certificate, or one of its chain, fails a check other than those of TLS101 to TLS103 and TLS108:
it was revoked, is not meant for servers, is signed with an algorithm that is too weak, or is
broken.

## Why it matters

No client that checks certificates connects, and trying again changes nothing: it takes another
certificate.

## How to fix

The finding has the reason in OpenSSL's words. Have the certificate made anew with an RSA key of
2048 bits or more or an ECDSA key, SHA-256, and the purpose "server authentication". To look at the
rest meanwhile, `--insecure` connects without checking, for one connection.

## References

RFC 5280 section 6 (validation of a path), curl's exit code 60.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS109", "The certificate was not accepted", "error", Moment.FAILED, page=__doc__)
def certificate_refused(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for any other fault of a certificate."""
    if failed_by(conversation, "certificate"):
        yield failure_found(conversation)
