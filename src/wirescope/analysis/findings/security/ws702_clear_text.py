"""Clear text to a host on the internet.

## What it sees

The address begins with `ws:`, and the host is neither this machine nor in a private network.

## Why it matters

Everybody on the way can read and change what is sent. And old proxies take the frames for broken
HTTP: over `wss:` connections succeed that fail over `ws:`.

## How to fix

Use `wss:`. A page that was loaded by HTTPS may not use `ws:` anyway, except to this machine.

## References

RFC 6455 section 10.6 (confidentiality and integrity). W3C Mixed Content.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")


@rule("WS702", "Clear text on the internet", "warning", Moment.OPENED, page=__doc__)
def clear_text(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look at the scheme and the host."""
    opening = conversation.opening
    if opening is None or conversation.is_server:
        return
    host = public_clear_text_host(opening.url)
    if host:
        yield Found(
            f"The connection to {host} is not encrypted.",
            "Use wss: instead of ws:.",
            (opening.seq, event.seq),
        )


def public_clear_text_host(url: str) -> str:
    """Return the host of a `ws:` address if it is on the internet; empty otherwise."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme != "ws" or not host or host.endswith(_LOCAL_NAMES):
        return ""
    try:
        address = ip_address(host)
    except ValueError:
        return host if "." in host else ""  # a name without a dot is known here only
    return host if address.is_global else ""
