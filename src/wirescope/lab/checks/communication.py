"""The row on who talks to whom: between which hosts packets were seen to go."""

from collections.abc import Mapping

from wirescope.lab.checks.observed import (
    CLIENT,
    FAR_SIDE,
    RECORDING,
    SERVER,
    Observed,
    WayName,
    capture_name,
    share_between,
    where,
)
from wirescope.lab.results import Row


def communication_row(seen: Mapping[WayName, Observed], *, kept: bool) -> Row:
    """Tell it from the packets of the client's link.

    Args:
        seen: each way that was tried; all but `wss` have to be there.
        kept: whether what was recorded is still there for who reads the row.
    """
    return Row(
        aspect="Communication type",
        websocket=_websocket(seen["ws"]),
        webrtc=f"{_direct(seen['direct'])} {_relayed(seen['relayed'])}",
        evidence=(
            "sender and receiver of every packet of the client's link, and messages that came to "
            f"the server: {where(RECORDING, capture_name('ws'), kept=kept)}"
        ),
    )


def _websocket(ws: Observed) -> str:
    served = share_between(ws.packets, CLIENT, SERVER)
    beside = share_between(ws.packets, CLIENT, FAR_SIDE)
    return (
        f"Client and server: {served.packets:,} of {served.of_packets:,} packets "
        f"({served.size:,} bytes) between the client and the server, {beside.packets:,} between "
        f"the two sides; {ws.at_server.read} of {len(ws.messages)} messages came by the server."
    )


def _direct(direct: Observed) -> str:
    found = share_between(direct.carrying, CLIENT, FAR_SIDE)
    return (
        f"Peers: {found.packets:,} of {found.of_packets:,} packets with messages "
        f"({found.size:,} bytes) from one side to the other, "
        f"{found.of_packets - found.packets:,} to or from a server."
    )


def _relayed(relayed: Observed) -> str:
    found = share_between(relayed.carrying, CLIENT, SERVER)
    return (
        f"Or over a TURN server: {found.packets:,} of {found.of_packets:,} "
        f"({found.size:,} bytes) between the client and that."
    )
