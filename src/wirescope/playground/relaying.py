"""The STUN and TURN server beside the endpoints: where it listens, and how one comes to use it.

It is on loopback whatever the endpoints listen on, and relays between sides that both use it, as an
address of this machine is never relayed to.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from wirescope.errors import UsageError
from wirescope.ice_server import IceServer, IceServerOptions, OnEvent, serve_ice

PORT = 3478
"""Of STUN and TURN (RFC 8489 section 18.4)."""

MAX_ALLOCATIONS, MAX_OF_USER = 200, 20
"""Each takes a descriptor, of which a process often has a thousand."""

LIFETIME_S = 7 * 24 * 3600
"""How long one can begin to use the credentials that are given out."""


class RelayAccess(NamedTuple):
    """What a client is told, as an ICE server's address and credentials.

    Attributes:
        url: `turn:`, by UDP, which nothing blocks on loopback; it does as a STUN server, too.
        username: says until when it holds.
        credential: the password.
    """

    url: str
    username: str
    credential: str


@asynccontextmanager
async def serve_relay(
    port: int | None,
    *,
    on_event: OnEvent | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[IceServer | None]:
    """Run the server until the context ends.

    Args:
        port: for UDP and TCP; 0 takes a free one. None takes the usual one, or a free one where
            that is taken, and gives None where there can be no server at all.
        on_event: told what the server does, in the loop.
        tell: told in a sentence, before the context begins, why there is no server, or which of
            its limits are lower than they should be.

    Raises:
        UsageError: the port that was asked for cannot be had.
    """
    async with AsyncExitStack() as stack:
        server, why = None, ""
        for each in (port,) if port is not None else (PORT, 0):
            try:
                served = serve_ice(_options(each), on_event=on_event)
                server = await stack.enter_async_context(served)
                break
            except UsageError as error:
                if port is not None:
                    raise
                why = error.message
        if server is None:
            tell(f"There is no STUN and TURN server: {why[:1].lower()}{why[1:]}")
        elif server.shortfall:
            tell(server.shortfall)
        yield server


def _options(port: int) -> IceServerOptions:
    return IceServerOptions(
        port=port,
        tls_port=0,
        second_port=0,
        max_allocations=MAX_ALLOCATIONS,
        max_allocations_per_user=MAX_OF_USER,
    )


def relay_access(
    server: IceServer | None, user: str, *, lifetime_s: int = LIFETIME_S
) -> list[RelayAccess]:
    """Give credentials to one who uses it; none for no server.

    Args:
        server: that `serve_relay` has given.
        user: who it is: the server's quotas are for one, and what it tells names it.
        lifetime_s: how long one can begin to use them.
    """
    if server is None:
        return []
    url = next(each for each in server.urls if each.startswith("turn:"))
    given = server.credentials(user, lifetime_s=lifetime_s)
    return [RelayAccess(url, given.username, given.password)]
