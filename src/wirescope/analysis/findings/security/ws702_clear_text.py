"""Clear text to a host on the internet.

## What it sees

The address begins with `ws:`, and the host is neither this machine nor in a private network. Of a
connection that this end accepted nothing is said, since a gateway before it may speak TLS.

## Why it matters

Everybody on the way can read and change what is sent. And old proxies take the frames for broken
HTTP: over `wss:` connections succeed that fail over `ws:`.

## How to fix

Use `wss:`. A page that was loaded by HTTPS may not use `ws:` anyway, except to this machine.

## References

RFC 6455 section 10.6 (confidentiality and integrity). W3C Mixed Content.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.places import is_on_the_internet, scheme_and_host
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS702", "Clear text on the internet", "warning", Moment.OPENED, page=__doc__)
def clear_text(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look at the scheme and the host."""
    opening = conversation.opening
    if opening is None or conversation.accepted:
        return  # what stands before a server may end TLS
    scheme, host = scheme_and_host(opening.url)
    if scheme == "ws" and is_on_the_internet(host):
        yield Found(
            f"The connection to {host} is not encrypted.",
            "Use wss: instead of ws:.",
            (opening.seq, event.seq),
        )
