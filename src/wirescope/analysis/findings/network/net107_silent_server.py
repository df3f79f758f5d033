"""The connection was accepted, but the handshake was not answered.

## What it sees

The TCP connection stands, and then the time for opening ran out in the TLS handshake or in the
opening handshake: the peer said nothing, or not enough.

## Why it matters

A server that accepts and stays silent is overloaded, hangs, or waits for something else: a port
that speaks plain text waits for ever for a request when a TLS handshake comes, and the other way
round. Many kernels accept connections for a process that has stopped.

## How to fix

Check that the scheme fits the port: `ws:` for plain, `wss:` for TLS. See whether the process is
busy or stopped, and whether whatever stands before it can reach it. If the server needs long for
its first answer, wait longer with `--connect-timeout`.

## References

RFC 6455 section 4.1, RFC 8446 section 2 (the TLS handshake), curl's exit code 28.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule(
    "NET107", "Accepted, but the handshake was not answered", "error", Moment.FAILED, page=__doc__
)
def silent_server(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a time-out after the connection was accepted."""
    if failed_by(conversation, "timeout", phases=("tls", "upgrade")):
        yield failure_found(conversation)
