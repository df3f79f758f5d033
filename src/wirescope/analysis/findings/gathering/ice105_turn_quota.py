"""A TURN server answered 486: this user name has as many allocations as it may have.

## What it sees

A server was asked for a relayed address, took the credentials, and refused with 486.

## Why it matters

Each connection needs an allocation for each network interface and each transport, twice that with
two pages open; a quota of a few is soon reached. Allocations of connections that broke off count
until their time is over, usually ten minutes.

## How to fix

Give each user a name of his own, with credentials for a time; raise the quota (of coturn,
`user-quota` and `total-quota`); close connections that are not used any more. Name each server
once, and not over all transports, if that is not needed.

## References

RFC 8656 section 7.2, section 19.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, refused_with, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule


@call_rule(
    "ICE105",
    "A TURN server has no allocation left for this user",
    "warning",
    *AFTERWARDS,
    page=__doc__,
)
def turn_quota(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered 486."""
    for server, said in refused_with(call, 486):
        cause = f"{server.url} has reached the quota of this user name: 486{quoted(said)}."
        fix = (
            "Raise the quota, give each user a name of his own, end connections that are not used."
        )
        yield server_found(conversation, server, said, cause, fix)
