"""The port does not speak TLS.

## What it sees

A TLS handshake was begun, because the address begins with `wss:`, and what came back is no TLS
record: usually an error page in plain HTTP.

## Why it matters

The server is fine, but TLS ends somewhere else, or nowhere. In development it usually is nowhere;
in production, a balancer on another port ends it.

## How to fix

Use `ws:` with this port, or the port on which TLS is spoken. If TLS should be spoken here, give the
listener its certificate: in nginx `listen 443 ssl`, in HAProxy `bind :443 ssl crt FILE`.

## References

RFC 6455 section 3 (ws and wss), RFC 8446 section 5.1 (records), curl's exit code 35.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS106", "The port does not speak TLS", "error", Moment.FAILED, page=__doc__)
def not_tls(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for plain text in place of a TLS record."""
    if failed_by(conversation, "not-tls"):
        yield failure_found(conversation)
