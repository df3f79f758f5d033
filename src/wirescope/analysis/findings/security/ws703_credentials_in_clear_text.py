"""Credentials travel in clear text.

## What it sees

The opening handshake carries `Authorization` or `Cookie`, and the address begins with `ws:`. Over
the internet it is an error, in a private network a warning; on this machine nothing is said.

## Why it matters

Whoever reads the handshake can do what its sender may do, until the credentials are changed.

## How to fix

Use `wss:`, and change the credentials that were sent. Browsers do not send cookies with `Secure`
over `ws:`.

## References

RFC 6455 section 10.5 and 10.6. RFC 6265 section 4.1.2.5 (`Secure`). RFC 7617 section 4.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.findings.security.ws702_clear_text import public_clear_text_host
from wirescope.events import Event

_HEADERS = ("authorization", "cookie", "proxy-authorization")


@rule("WS703", "Credentials in clear text", "warning", Moment.OPENED, Moment.FAILED, page=__doc__)
def credentials_in_clear_text(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for credentials in the request of an opening handshake without TLS."""
    opening, handshake = conversation.opening, conversation.handshake
    if opening is None or handshake is None or not _leaves_this_machine(opening.url):
        return
    lines = handshake.request.split("\r\n")[1:]
    names = {line.partition(":")[0].strip().lower(): line.partition(":")[0] for line in lines}
    given = [names[name] for name in _HEADERS if name in names]
    if given:
        yield Found(
            f"The opening handshake carried {' and '.join(given)} without encryption.",
            "Use wss:, and change the credentials that were sent.",
            (opening.seq, handshake.seq),
            "error" if public_clear_text_host(opening.url) else "warning",
        )


def _leaves_this_machine(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme != "ws" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return bool(host)
