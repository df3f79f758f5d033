"""How a WebRTC connection stands, ended or failed, in words.

The events say why themselves; what there is to find on such a connection, its rules say.
"""

from dataclasses import dataclass

from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    DataChannelMessage,
    Event,
    IcePair,
)

_NS = 1_000_000_000

_ENDED_BY = {"local": "This end", "remote": "The other end", "network": "The network"}

_ADVICE = {
    "ice": "Look at the last `ice.pair` and `peer.state`; restart ICE when the network changes.",
    "dtls": "Compare `a=fingerprint` in both descriptions with the certificates.",
}


@dataclass(slots=True)
class Carried:
    """What a connection carried, and over which path.

    Attributes:
        pair: the candidate pair that was selected last; None before there was one.
        sent: messages of data channels that were sent.
        received: those that came.
    """

    pair: IcePair | None = None
    sent: int = 0
    received: int = 0

    def note(self, event: DataChannelMessage | IcePair) -> None:
        """Take a message, or a pair that has changed."""
        if isinstance(event, IcePair):
            self.pair = event if event.selected else self.pair
        elif event.direction == "sent":
            self.sent += 1
        else:
            self.received += 1

    def words(self) -> str:
        """Say it, as the end of a sentence; empty where there is nothing to say."""
        words = ""
        if self.pair is not None:
            both = (self.pair.local, self.pair.remote)
            is_relayed = any(each.startswith("relay ") for each in both)
            words = f" over a {'relayed' if is_relayed else 'direct'} path"
        if self.sent or self.received:
            plural = "" if self.sent == 1 else "s"
            words += f", with {self.sent:,} message{plural} sent and {self.received:,} received"
        return words


def explain_peer(
    url: str,
    *,
    opened: ConnectionOpened | None,
    failed: ConnectionFailed | None,
    closed: ConnectionClosed | None,
    last: Event | None,
    carried: Carried,
) -> tuple[str, str]:
    """Say how it is, and what to do; the latter is empty where there is nothing to advise."""
    if failed is not None:
        return failed.message, failed.hint
    began_ns = opened.at_ns if opened is not None else 0
    if closed is not None:
        lasted = f"after {_duration(closed.at_ns - began_ns)}{carried.words()}"
        reason = f": {closed.reason}" if closed.reason else ""
        who = _ENDED_BY[closed.initiator]
        return f"{who} ended the connection {lasted}{reason}.", _ADVICE.get(closed.cause, "")
    if opened is not None and last is not None:
        stands = f"is open for {_duration(last.at_ns - began_ns)}{carried.words()}"
        return f"The connection to {url} {stands}.", ""
    return f"The connection to {url} is being made.", ""


def _duration(ns: int) -> str:
    return f"{ns / _NS:,.1f} s" if ns >= _NS else f"{ns / 1e6:,.0f} ms"
