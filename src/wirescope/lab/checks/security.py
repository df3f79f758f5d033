"""The row on who could read what: an observer on the path, and the server in the middle."""

from collections.abc import Mapping

from wirescope.lab.checks.observed import (
    RECORDING,
    Observed,
    WayName,
    capture_name,
    read_on_the_path,
    sizes_told,
    where,
)
from wirescope.lab.checks.packets import is_secured
from wirescope.lab.results import Row


def security_row(seen: Mapping[WayName, Observed], *, kept: bool) -> Row:
    """Tell it from what was found in the packets of the client's link, and at the server.

    Args:
        seen: each way that was tried; `wss` may be missing.
        kept: whether what was recorded is still there for who reads the row.
    """
    captures = [capture_name(name) for name in seen if name != "direct"]
    return Row(
        aspect="Security",
        websocket=f"{_clear(seen['ws'])} {_tls(seen.get('wss'))}",
        webrtc=_channel(seen["direct"], seen["relayed"]),
        evidence=(
            "the beginning of each message looked for on the path and in what the server had: "
            f"{where(RECORDING, *captures, kept=kept)}"
        ),
    )


def _clear(ws: Observed) -> str:
    read = read_on_the_path(ws)
    return (
        f"ws: an observer on the path read {read.all} of {read.sent} messages ({read.unmasked} by "
        f"the masking key sent along), the server {_at_server(ws)}."
    )


def _tls(wss: Observed | None) -> str:
    if wss is None:
        return "wss: not tried, as the package cryptography is not here to make a certificate."
    read = read_on_the_path(wss)
    return (
        f"wss: the observer {read.all} of {read.sent}, though sizes showed ({_sizes(wss)}); the "
        f"server, where TLS ends, {_at_server(wss)}."
    )


def _channel(direct: Observed, relayed: Observed) -> str:
    reads = [read_on_the_path(each) for each in (direct, relayed)]
    secured = [sum(is_secured(packet) for packet in each.carrying) for each in (direct, relayed)]
    return (
        f"An observer read {reads[0].all} of {reads[0].sent} directly, {reads[1].all} of "
        f"{reads[1].sent} over TURN ({secured[0]} and {secured[1]} DTLS packets), though sizes "
        f"showed ({_sizes(direct)}; {_sizes(relayed)}); the server {_at_server(relayed)}; it "
        f"passed on {relayed.at_server.fingerprints} fingerprints of certificates."
    )


def _at_server(observed: Observed) -> str:
    return f"{observed.at_server.read} of {len(observed.messages)}"


def _sizes(observed: Observed) -> str:
    told = sizes_told(observed)
    return f"{told.short} short, {told.long} long"
