"""The connection was refused.

## What it sees

The host answered the attempt to connect with a reset: it is there, but nothing listens on this port
at this address. A Unix socket that nobody listens on looks the same.

## Why it matters

It is the clearest of all failures: the network works, the server does not run, or not here.

## How to fix

See whether the server runs and where it listens: `ss -ltn` on its machine. A server bound to
127.0.0.1 is reached from its own machine only; in a container it has to listen on 0.0.0.0, and the
port has to be published. Where the name has an IPv4 and an IPv6 address, the server may listen on
one of them only: try `-4` and `-6`. Check the port: without one, ws: means 80 and wss: 443.

## References

RFC 9293 section 3.10.7.1 (a reset for a port that is closed), curl's exit code 7.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("NET102", "The connection was refused", "error", Moment.FAILED, page=__doc__)
def refused(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a port on which nothing listens."""
    if failed_by(conversation, "refused", phases=("tcp",)):
        yield failure_found(conversation)
