"""The endpoint is elsewhere.

## What it sees

The server redirected the opening handshake. It is an error where that was not followed, because it
was not asked for, leads too far or leads to something else than a WebSocket, and information where
it was.

## Why it matters

Browsers do not follow redirects of a WebSocket, so what works here with `-L` does not work in a
page. Usual reasons are a final slash, `http` to `https`, a login page, and a host with or without
`www`.

## How to fix

Connect to the address that the answer names in `Location`, with `wss:` for `https:`. If it is a
login page, credentials are missing. `-L` follows redirects; it costs a round trip each time.

## References

RFC 6455 section 4.1 (a client may follow redirects), RFC 9110 section 15.4, curl's exit code 47.
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS105", "The endpoint is elsewhere", "error", Moment.FAILED, page=__doc__)
def redirect(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a redirect, followed or not."""
    if failed_by(conversation, "redirected"):
        yield failure_found(conversation, severity="info")
    elif failed_by(conversation, "redirects") or refused_for(conversation, Refusal.REDIRECT):
        yield failure_found(conversation)
