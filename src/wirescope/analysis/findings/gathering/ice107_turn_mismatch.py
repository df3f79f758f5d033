"""A TURN server answered 437 or 441: what it knows of this address and port does not fit.

## What it sees

A server answered 437 (Allocation Mismatch: there is an allocation from this address and port, or
none where there should be) or 441 (Wrong Credentials: the allocation was made with others).

## Why it matters

The server knows a client by its address and port. After a change of networks, or behind a NAT that
gives a port to somebody else, it takes one client for another.

## How to fix

Make a new allocation from another port: restart ICE, or connect anew. Use one user name as long as
a connection lasts; credentials for a time are changed by a restart of ICE. If it comes again and
again, see whether a load balancer sends one client to several servers.

## References

RFC 8656 sections 5 and 7.2, section 19.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "ICE107", "A TURN server takes this end for another one", "warning", *AFTERWARDS, page=__doc__
)
def turn_mismatch(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 437 or 441."""
    for server, said in refused_with(call, 437, 441):
        cause = f"{server.url} answered {said[0].code}{quoted(said)}. {said[0].meaning}"
        yield server_found(conversation, server, said, cause, said[0].advice)
