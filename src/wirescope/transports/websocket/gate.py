"""What a server asks of every request first: that it is meant for this server, by who may use it.

A page on the internet can make a browser connect to this machine, by its address or by a name of
its own that leads here (DNS rebinding). The browser then sends that name in Host and the page's
origin in Origin, and neither can be forged by a page. Pure: what is not let in is answered with a
status and a sentence.
"""

from collections.abc import Sequence

from wirescope.wire.websocket import RequestHead

Barred = tuple[int, bytes]
"""The status and the body of the answer to a request that is not let in."""


def check_host(head: RequestHead, names: Sequence[str], local_address: str) -> Barred | None:
    """Check that a request names this server; `*` among the names lets any name be.

    The numeric address that the client came to names it, too: no page can make it mean another.
    """
    hosts = head.get_all("Host")
    if len(hosts) > 1:  # RFC 9112 section 3.2
        return 400, b"There is more than one Host field.\n"
    host = hosts[0] if hosts else ""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name.lower() in names or "*" in names:
        return None
    if local_address and name in (local_address, f"[{local_address}]"):
        return None
    return 403, b"This server does not answer to that Host.\n"


def check_origin(head: RequestHead, allowed: Sequence[str], *, secure: bool) -> Barred | None:
    """Check that a page may use this server: one of its own, or of an origin that is allowed."""
    origins = head.get_all("Origin")
    own = f"{'https' if secure else 'http'}://{(head.get('Host') or '').lower()}"
    if not origins or "*" in allowed:
        return None
    if len(origins) == 1 and (origins[0] == own or origins[0] in allowed):
        return None
    return 403, b"Pages of that Origin may not use this server.\n"


def shared_with(path: str, shared: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Give the further origins whose pages may use plain HTTP at a path.

    >>> shared_with("/whep/live/1", [("/whep", ["https://player.example"])])
    ('https://player.example',)
    """
    return tuple(
        origin
        for prefix, origins in shared
        for origin in origins
        if path == prefix or path.startswith(f"{prefix}/")
    )
