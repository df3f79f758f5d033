"""TLS ended the connection, without a Close frame.

## What it sees

An open connection ended because TLS failed beneath it: a record could not be decrypted, or the peer
sent a fatal alert.

## Why it matters

It is not the application. Something changed bytes on the way, or one of the two TLS implementations
gave up: a middlebox that inspects TLS, a program that uses one TLS connection from several threads,
a certificate that was withdrawn while the connection stood.

## How to fix

Look into the log of whatever ends TLS; it names the alert. Connect past any middlebox. If it
happens at random on one machine, suspect its network card or its memory.

## References

RFC 8446 section 6 (alerts), RFC 6455 section 7.1.5 (1006).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS204", "Ended by TLS", "error", Moment.CLOSED, page=__doc__)
def tls_ended(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for an end that TLS made."""
    if conversation.manner is Manner.TLS:
        yield end_found(conversation, conversation.last_frame)
