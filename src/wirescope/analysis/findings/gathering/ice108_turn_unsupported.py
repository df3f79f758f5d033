"""A TURN server does not relay over the protocol or the version of IP that is wanted.

## What it sees

A server answered 440 or 443 (another version of IP) or 442 (another transport between it and the
peers).

## Why it matters

The server works and is of no use here: it has only IPv4 where IPv6 is wanted, or the other way
round, or it was asked to relay TCP.

## How to fix

Give the server an address of the version that is wanted, or use one that has both. Engines of
browsers ask for UDP between server and peer; how the client reaches the server, `?transport=tcp`,
is another matter.

## References

RFC 8656 sections 7.2 and 19.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "ICE108", "A TURN server lacks what is asked of it", "warning", *AFTERWARDS, page=__doc__
)
def turn_unsupported(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 440, 442 or 443."""
    for server, said in refused_with(call, 440, 442, 443):
        cause = f"{server.url} answered {said[0].code}{quoted(said)}. {said[0].meaning}"
        yield server_found(conversation, server, said, cause, said[0].advice)
