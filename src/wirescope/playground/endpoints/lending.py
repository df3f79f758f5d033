"""The server's own STUN and TURN server, for sessions of WHIP and WHEP: both ends have to use it.

It is on loopback, so that clients of other machines are not told of it. Most sessions find a direct
path and need no relay, and yet each has its allocations: half of what there may be is left to those
who ask for the server by themselves.
"""

import secrets

from wirescope.playground.endpoints.serving import Serving
from wirescope.playground.relaying import relay_access
from wirescope.transports.webrtc import IceServer
from wirescope.transports.webrtc.signaling import HttpRequest
from wirescope.transports.websocket import LOOPBACK_NAMES

LIFETIME_S = 24 * 3600
"""How long a session can begin to use its credentials, as when ICE is restarted."""


def told_servers(serving: Serving, request: HttpRequest) -> tuple[IceServer, ...]:
    """Give what a client is told (RFC 9725 section 4.6): STUN, and TURN with its own credentials.

    Args:
        serving: the server's.
        request: the client's; by its Host it is known to be of this machine.
    """
    if not _is_of_this_machine(request):
        return ()
    turn = used_servers(serving, "session")
    stun = (serving.relay.urls if serving.relay is not None and turn else ())[:1]
    return (*map(IceServer, stun), *turn)


def used_servers(serving: Serving, user: str = "endpoint") -> tuple[IceServer, ...]:
    """Give what one connection uses, with credentials for it alone; none where there is no room.

    Args:
        serving: the server's.
        user: who it is. Its name is made one that cannot be guessed, as quotas count by it.
    """
    relay = serving.relay
    if relay is None or relay.counters.allocations >= relay.options.max_allocations // 2:
        return ()
    access = relay_access(relay, f"{user}-{secrets.token_hex(8)}", lifetime_s=LIFETIME_S)
    return tuple(IceServer(*each) for each in access)


def _is_of_this_machine(request: HttpRequest) -> bool:
    authority = (request.get("Host") or "").lower()
    host = authority.rpartition(":")[0] if authority.rpartition(":")[2].isdigit() else authority
    return host in LOOPBACK_NAMES or host.startswith("127.")
