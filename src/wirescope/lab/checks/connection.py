"""The row on the path that each byte took: connections, routers, the share of the server."""

from collections.abc import Mapping

from wirescope.lab.checks.observed import (
    CLIENT,
    RECORDING,
    SERVER,
    Observed,
    WayName,
    capture_name,
    connections,
    routers,
    share_between,
    where,
)
from wirescope.lab.results import Row


def connection_row(seen: Mapping[WayName, Observed], *, kept: bool) -> Row:
    """Tell it from the packets of the client's link, and the candidate pair that was selected.

    Args:
        seen: each way that was tried; all but `wss` have to be there.
        kept: whether what was recorded is still there for who reads the row.
    """
    direct, relayed = (connections(seen[name]) for name in ("direct", "relayed"))
    return Row(
        aspect="Connection",
        websocket=_websocket(seen["ws"]),
        webrtc=(
            f"Direct: {_path(seen['direct'])}. Relayed: {_path(seen['relayed'], short=True)}. "
            f"Signaled over {direct.tcp} and {relayed.tcp} TCP connections; {direct.checks} and "
            f"{relayed.checks} STUN messages."
        ),
        evidence=(
            "the candidate pair: the client's statistics; requests for connections, flows and "
            "times to live, and connections at the server: "
            f"{where(RECORDING, capture_name('ws'), kept=kept)}"
        ),
    )


def _websocket(ws: Observed) -> str:
    part, size = _served(ws)
    return (
        f"{_counted(connections(ws).tcp, 'TCP connection')} of the client, "
        f"{ws.at_server.connections} in all at the server; {part:.0%} of {size:,} bytes with "
        f"messages through the server, which sends them anew: {_counted(routers(ws), 'router')} "
        f"before the client."
    )


def _path(observed: Observed, *, short: bool = False) -> str:
    """Tell the path of a data channel; shortly where the figures are told the second time."""
    part, size = _served(observed)
    found = connections(observed)
    datagrams, served = ("", "") if short else (" datagrams in 1 flow", " bytes by the server")
    return (
        f"{_pair(observed)}, {found.in_one_flow} of {found.datagrams}{datagrams}, "
        f"{part:.0%} of {size:,}{served}, {_counted(routers(observed), 'router')}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _pair(observed: Observed) -> str:
    if observed.pair is None:
        return "pair not told"
    local, remote = observed.pair.local, observed.pair.remote
    return f"{local.kind} to {remote.kind} over {local.protocol.upper()}"


def _served(observed: Observed) -> tuple[float, int]:
    """Give the share of the bytes with messages that the server had, and how many there were."""
    found = share_between(observed.carrying, CLIENT, SERVER)
    return (found.size / found.of_size if found.of_size else 0), found.of_size
