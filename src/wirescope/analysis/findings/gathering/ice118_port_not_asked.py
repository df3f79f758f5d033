"""A TURN server at a port that engines of browsers do not ask.

## What it sees

A TURN server was named at a port below 1024 that is none of 53, 80 and 443, and it gave neither an
address nor an error, although gathering came to its end.

## Why it matters

So that no page can send to just any service by calling it a TURN server, engines of browsers pass
over such ports, without a word: no packet is sent and no error is told.

## How to fix

Move the server to its usual port, 3478, or 5349 for TLS; for networks that let only the web out, to
443.

## References

RFC 8656 section 4 (ports), RFC 8835 section 3.4; libwebrtc, `IsAllowedTurnPort`.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import passed_over, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "ICE118", "The engine asks no TURN server at this port", "warning", *AFTERWARDS, page=__doc__
)
def port_not_asked(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that said nothing at ports that are not asked."""
    for server, port in passed_over(call.paths.report()):
        cause = f"{server.url} was not asked: engines of browsers pass over port {port}."
        fix = "Move the server to port 3478, or 443 for networks that let only the web out."
        yield server_found(conversation, server, [], cause, fix)
