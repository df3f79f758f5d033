"""How many clients a process has descriptors for.

An allocation has a socket of its own, and a client over TCP or TLS one more. A process may have so
many (RLIMIT_NOFILE), and one that has none left can do nothing else either: it takes no clients,
and opens no files.
"""

from dataclasses import replace

from wirescope.ice_server.options import IceServerOptions

RESERVE = 128
"""Descriptors that are left to the rest of the process."""

CONNECTIONS_SHARE = 3
"""Connections that have no allocation get this part of what is left at most."""


def descriptor_limit() -> int | None:
    """Ask how many descriptors this process may have; None where the system sets no limit."""
    try:
        import resource
    except ImportError:  # Windows has none that a process would meet
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if limit == resource.RLIM_INFINITY else limit


def fitted(options: IceServerOptions, limit: int | None, *, streams: bool) -> IceServerOptions:
    """Lower what was asked for to what there are descriptors for, at least one of each.

    Args:
        options: what was asked for.
        limit: descriptors that the process may have; None for any number.
        streams: whether clients come over TCP or TLS, so that each may have two.
    """
    if limit is None:
        return options
    room = max(0, limit - RESERVE)
    connections = min(options.max_connections, max(1, room // CONNECTIONS_SHARE))
    most = (room - connections) // 2 if streams else room
    return replace(
        options,
        max_connections=connections if streams else options.max_connections,
        max_allocations=min(options.max_allocations, max(1, most)),
    )


def shortfall(asked: IceServerOptions, found: IceServerOptions, limit: int | None) -> str:
    """Say in a sentence what is fewer than was asked for, and why; empty where nothing is."""
    fewer = [
        f"{had:,} {what} and not {wanted:,}"
        for what, had, wanted in (
            ("allocations", found.max_allocations, asked.max_allocations),
            ("connections without one", found.max_connections, asked.max_connections),
        )
        if had < wanted
    ]
    if limit is None or not fewer:
        return ""
    return (
        f"The TURN server has room for {', and for '.join(fewer)}: this process may open"
        f" {limit:,} files and sockets (ulimit -n)."
    )
