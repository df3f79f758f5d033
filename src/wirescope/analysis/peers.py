"""How a WebRTC connection stands, ended or failed, in words.

The events say why themselves. What there is to find on such a connection is not looked for yet.
"""

from wirescope.events import ConnectionClosed, ConnectionFailed, ConnectionOpened, Event

_NS = 1_000_000_000

_ENDED_BY = {"local": "This end", "remote": "The other end", "network": "The network"}

_ADVICE = {
    "ice": "Look at the last `ice.pair` and `peer.state`; restart ICE when the network changes.",
    "dtls": "Compare `a=fingerprint` in both descriptions with the certificates.",
}


def explain_peer(
    url: str,
    *,
    opened: ConnectionOpened | None,
    failed: ConnectionFailed | None,
    closed: ConnectionClosed | None,
    last: Event | None,
) -> tuple[str, str]:
    """Say how it is, and what to do; the latter is empty where there is nothing to advise."""
    if failed is not None:
        return failed.message, failed.hint
    began_ns = opened.at_ns if opened is not None else 0
    if closed is not None:
        lasted = f"after {(closed.at_ns - began_ns) / _NS:.1f} s"
        reason = f": {closed.reason}" if closed.reason else ""
        who = _ENDED_BY[closed.initiator]
        return f"{who} ended the connection {lasted}{reason}.", _ADVICE.get(closed.cause, "")
    if opened is not None and last is not None:
        return f"The connection to {url} is open for {(last.at_ns - began_ns) / _NS:.1f} s.", ""
    return f"The connection to {url} is being made.", ""
