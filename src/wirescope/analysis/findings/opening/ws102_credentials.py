"""Credentials are wanted.

## What it sees

The server answered 401, or 407, which is a proxy's: it does not know who is there, or does not
believe it. `WWW-Authenticate` in its answer names the scheme.

## Why it matters

Browsers cannot set headers on a WebSocket, so servers accept tokens in different places: a header,
a cookie, the query, a subprotocol, or the first message. A token in the wrong place is no token.

## How to fix

Give the credentials in the way that the server wants: `-u USER:PASSWORD` for Basic and Digest,
`--oauth2-bearer TOKEN` for a bearer token, `--cookie` for a session, `-H` for any other header. If
some were given, they may have expired: get fresh ones. Note that a token in the address ends up in
logs.

## References

RFC 6455 section 10.5 (authentication of clients), RFC 9110 section 11 (schemes).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS102", "Credentials are wanted", "error", Moment.FAILED, page=__doc__)
def credentials(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 401 and 407."""
    if refused_for(conversation, Refusal.CREDENTIALS):
        yield failure_found(conversation)
