"""The connection was cut while it was being opened.

## What it sees

Somebody accepted the TCP connection and then ended it, with a FIN or a reset, before the opening
handshake was answered. No HTTP status came back.

## Why it matters

Something is there and did not like what it heard. Most often the port speaks TLS and was addressed
with `ws:`; a balancer without a working server behind it, a server that crashed on the request, a
limit on connections or a filter that does not like WebSocket look the same.

## How to fix

Try `wss:` in place of `ws:`. Then look into the log of whatever listens on that port: the first
hop, which may be a balancer, not the application. If only some attempts fail, look for a limit on
connections or a server that is restarting.

## References

RFC 6455 section 4.1 (the opening handshake of a client), curl's exit codes 7, 35 and 56, by the
step that was cut.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("NET106", "Cut while it was being opened", "error", Moment.FAILED, page=__doc__)
def cut_while_opening(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for an end before the answer to the opening handshake."""
    if failed_by(conversation, "reset", phases=("tcp", "tls", "upgrade")):
        yield failure_found(conversation)
