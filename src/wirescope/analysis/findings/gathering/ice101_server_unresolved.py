"""The name of a STUN or TURN server leads to no address.

## What it sees

The engine asked for the address of a server and got none, so it never sent a packet to it (error
701 with words about a look-up).

## Why it matters

Without that server there is no address that other networks can reach, or no relay: calls within one
network work, others do not.

## How to fix

Check the spelling of the name, and ask the name server: `getent hosts NAME`. A name that only a
company network or a container knows cannot be used from outside. An IP address in its place shows
whether anything else is wrong.

## References

RFC 7064, RFC 7065 (addresses of servers), W3C webrtc, RTCPeerConnectionIceErrorEvent.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import is_lookup, quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "ICE101",
    "The name of a STUN or TURN server does not resolve",
    "warning",
    *AFTERWARDS,
    page=__doc__,
)
def server_unresolved(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for look-ups that failed."""
    for server, said in refused_with(call, 701):
        lookups = [each for each in said if is_lookup(each)]
        if lookups and len(lookups) == len(said):
            cause = f"The name in {server.url} was not found{quoted(lookups)}."
            fix = "Check the spelling, and that the name is known here: `getent hosts NAME`."
            yield server_found(conversation, server, lookups, cause, fix)
