"""No TCP connection to a TURN server came about.

## What it sees

The engine tried to connect to a server with `?transport=tcp` and was refused, or nobody answered,
or its name led nowhere: the engine has the same words for all three (error 701).

## Why it matters

TCP is what is left where a network lets no UDP out. If it does not work there either, such users
cannot connect.

## How to fix

See that the server listens on TCP at this port, that the firewall before it lets TCP in, and not
only UDP, and that the port is right: `nc -vz HOST PORT`. Networks that let only the web out need
port 443.

## References

RFC 8656 section 3.1, W3C webrtc, RTCPeerConnectionIceErrorEvent.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, server_found, silent_found, unreached
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule

_FIX = (
    "See that its name resolves, that it listens on TCP at this port, and that firewalls let it"
    " pass; port 443 is open where others are not."
)


@call_rule(
    "ICE110", "A TURN server cannot be reached over TCP", "warning", *AFTERWARDS, page=__doc__
)
def turn_tcp_closed(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that could not be reached over TCP."""
    for server, said in unreached(call, "tcp"):
        cause = f"No TCP connection to {server.url} came about{quoted(said)}."
        yield server_found(conversation, server, said, cause, _FIX)
    yield from silent_found(conversation, call, "tcp", fix=_FIX)
