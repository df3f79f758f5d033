"""Credentials travel in clear text.

## What it sees

The opening handshake carries `Authorization` or `Cookie`, and the address begins with `ws:`. Over
the internet it is an error, in a private network a warning; on this machine nothing is said, nor
of a connection that this end accepted, since a gateway before it may speak TLS.

## Why it matters

Whoever reads the handshake can do what its sender may do, until the credentials are changed.

## How to fix

Use `wss:`, and change the credentials that were sent. Browsers do not send cookies with `Secure`
over `ws:`.

## References

RFC 6455 section 10.5 and 10.6. RFC 6265 section 4.1.2.5 (`Secure`). RFC 7617 section 4.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.places import is_on_the_internet, is_this_machine, scheme_and_host
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

_HEADERS = ("authorization", "cookie", "proxy-authorization")


@rule("WS703", "Credentials in clear text", "warning", Moment.OPENED, Moment.FAILED, page=__doc__)
def credentials_in_clear_text(conversation: Conversation, _: Event) -> Iterator[Found]:
    """Look for credentials in the request of an opening handshake without TLS."""
    opening, handshake = conversation.opening, conversation.handshake
    if opening is None or handshake is None or conversation.accepted:
        return  # what stands before a server may end TLS
    scheme, host = scheme_and_host(opening.url)
    if scheme != "ws" or not host or is_this_machine(host):
        return
    lines = handshake.request.split("\r\n")[1:]
    names = {line.partition(":")[0].strip().lower(): line.partition(":")[0] for line in lines}
    given = [names[name] for name in _HEADERS if name in names]
    if given:
        yield Found(
            f"The opening handshake carried {' and '.join(given)} without encryption.",
            "Use wss:, and change the credentials that were sent.",
            (opening.seq, handshake.seq),
            "error" if is_on_the_internet(host) else "warning",
        )
