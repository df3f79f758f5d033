"""A TURN server answered 438 and gave no address after it.

## What it sees

A server answered 438 (Stale Nonce). A client then sends its request again with the new nonce, and
tells of it only when that does not help.

## Why it matters

One 438 is part of how a server keeps requests from being replayed. One that comes back means that
each request is answered by a server which did not make the nonce.

## How to fix

See whether several servers stand behind one address without knowing of each other: a client has to
reach the same one with each packet. Lengthen the life of the nonce (of coturn, `stale-nonce`).

## References

RFC 8489 section 9.2.4.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "ICE109", "A TURN server goes on to call the nonce stale", "warning", *AFTERWARDS, page=__doc__
)
def turn_stale_nonce(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers whose last word was 438."""
    for server, said in refused_with(call, 438):
        cause = f"{server.url} took no nonce, also none of its own: 438{quoted(said)}."
        fix = "See whether several servers stand behind one address; lengthen the nonce's life."
        yield server_found(conversation, server, said, cause, fix)
