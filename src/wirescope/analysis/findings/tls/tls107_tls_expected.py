"""The port speaks TLS, but the address says ws:.

## What it sees

The opening handshake was sent in plain text, because the address begins with `ws:`, and a TLS
record came back, or an answer such as nginx's "The plain HTTP request was sent to HTTPS port".

## Why it matters

Nothing else is wrong: the right scheme is all that is missing. Whatever was sent, with its cookies
and tokens, crossed the network in plain text.

## How to fix

Use `wss:` in place of `ws:`. Pages that were loaded over https may not use `ws:`, except to this
machine.

## References

RFC 6455 section 3 (ws and wss), RFC 8446 section 5.1 (records).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS107", "The port speaks TLS, the address says ws:", "error", Moment.FAILED, page=__doc__)
def tls_expected(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a TLS record, or for a server that says so in HTTP."""
    by_record = failed_by(conversation, "tls-expected")
    if by_record or refused_for(conversation, Refusal.TLS_EXPECTED):
        yield failure_found(conversation)
