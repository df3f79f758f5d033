"""The server speaks HTTP/2 only.

## What it sees

The opening handshake of HTTP/1.1 was answered with a frame of HTTP/2.

## Why it matters

A WebSocket over HTTP/2 begins in another way (RFC 8441), which few servers and gateways speak. Over
TLS, the version is agreed upon by ALPN, and this client asks for HTTP/1.1; a port that speaks
HTTP/2 without asking is usually that of gRPC or of an internal service.

## How to fix

Check the port: a gRPC server is no WebSocket server. Otherwise let the listener speak HTTP/1.1 as
well; balancers often have a setting for the protocol of a group of servers.

## References

RFC 9113 section 3.4 (how HTTP/2 begins), RFC 8441 (WebSocket over HTTP/2).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS110", "The server speaks HTTP/2 only", "error", Moment.FAILED, page=__doc__)
def http2_only(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a frame of HTTP/2."""
    if failed_by(conversation, "http2"):
        yield failure_found(conversation)
