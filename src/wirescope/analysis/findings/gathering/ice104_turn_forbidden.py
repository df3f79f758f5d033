"""A TURN server answered 403.

## What it sees

A server took the credentials and then refused: its rules forbid this client, or what it asks for.

## Why it matters

Without the address there is no relay, whatever the credentials are. Servers deny clients by their
address or realm, and relaying to private and loopback addresses.

## How to fix

See the server's rules about clients and peers (of coturn, `denied-peer-ip` and `allowed-peer-ip`),
and its log. Where both sides of a test are on one machine, a relay to 127.0.0.1 has to be allowed
first.

## References

RFC 8656 sections 7.2 and 19.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule("ICE104", "A TURN server forbids it", "warning", *AFTERWARDS, page=__doc__)
def turn_forbidden(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 403."""
    for server, said in refused_with(call, 403):
        cause = f"{server.url} forbids to relay for this client: 403{quoted(said)}."
        fix = "See the server's rules about clients and peers, and its log."
        yield server_found(conversation, server, said, cause, fix)
