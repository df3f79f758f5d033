"""It is forbidden, usually because of the Origin.

## What it sees

The server answered 403. The finding says which `Origin` was sent, or that there was none.

## Why it matters

A WebSocket is not held back by the same-origin policy, so a server has to check `Origin` itself,
and many refuse what is not on their list: another port of localhost, `http` in place of `https`, or
none at all, as programs send none. The other reasons are a token without the right, a missing
anti-forgery token, and a firewall for web applications.

## How to fix

Try with the page's own origin: `--origin https://HOST`; if that works, it is the list. Add the
origin to it: `allowedOrigins`, `ALLOWED_HOSTS`, `cors_allowed_origins` or `check_origin`, as the
framework calls it. Otherwise look into the body and the server's log.

## References

RFC 6455 section 4.2.2 and section 10.2 (Origin), RFC 6454 (what an origin is).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS103", "It is forbidden, often for its Origin", "error", Moment.FAILED, page=__doc__)
def forbidden(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 403."""
    if refused_for(conversation, Refusal.FORBIDDEN):
        yield failure_found(conversation)
