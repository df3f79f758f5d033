"""A TURN server answered 508: it has no relayed address left.

## What it sees

A server was asked for a relayed address, took the credentials, and refused with 508.

## Why it matters

Each allocation takes a port of the server. When its range is used up, nobody gets one, and which of
the users is hit is chance.

## How to fix

Widen the range of ports (of coturn, `min-port` and `max-port`) and open it in the firewall, or add
servers. See how many allocations are open, and how long they live.

## References

RFC 8656 section 7.2, section 19.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule("ICE106", "A TURN server is full", "warning", *AFTERWARDS, page=__doc__)
def turn_capacity(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 508."""
    for server, said in refused_with(call, 508):
        cause = f"{server.url} has no relayed address left: 508{quoted(said)}."
        fix = "Widen the server's range of ports, or use another server beside it."
        yield server_found(conversation, server, said, cause, fix)
