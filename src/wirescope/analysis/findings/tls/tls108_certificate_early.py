"""The certificate is not valid yet.

## What it sees

The server showed a certificate whose first day lies in the future, by this machine's clock.

## Why it matters

Certificates are usually valid from the moment they are made, so one of two clocks is wrong: this
machine's, or that of whoever made the certificate.

## How to fix

Compare the date in the finding with this machine's clock: `date -u`. Machines without a battery,
and virtual ones that were paused, start in the past. If the clock is right, use the certificate
from its first day on, or have a new one made.

## References

RFC 5280 section 4.1.2.5 (validity), curl's exit code 60.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS108", "The certificate is not valid yet", "error", Moment.FAILED, page=__doc__)
def certificate_early(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a certificate of the future."""
    if failed_by(conversation, "certificate-early"):
        yield failure_found(conversation)
