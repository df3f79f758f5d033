"""The track that a peer is sent, and what the engine's statistics say of it."""

import asyncio
from typing import Any

from wirescope.errors import LabError
from wirescope.events import MediaKind
from wirescope.transports.webrtc import Peer
from wirescope.transports.webrtc.media import ReceivedTrack, SentTrack


async def track_of(peer: Peer, kind: MediaKind) -> ReceivedTrack:
    """Wait for the first track of a kind that the other side sends."""
    came: asyncio.Future[ReceivedTrack] = asyncio.get_running_loop().create_future()

    def take(track: ReceivedTrack) -> None:
        if track.kind == kind and not came.done():
            came.set_result(track)

    with peer.media.watched(take):
        return await came


async def until_sent(track: SentTrack) -> None:
    """Wait until all that a source gives was sent.

    Raises:
        LabError: it was not sent to its end.
    """
    await track.wait_ended()
    if not track.exhausted:
        raise LabError(f"The {track.kind} was not sent to its end: {track.failed}.")


async def inbound(peer: Peer, kind: MediaKind) -> dict[str, float]:
    """Take the numbers of a received stream (W3C webrtc-stats section 8.4); empty before it is.

    Raises:
        EngineError: the engine gives no statistics.
    """
    report: dict[str, dict[str, Any]] = await peer.statistics()
    for values in report.values():
        if values.get("type") == "inbound-rtp" and values.get("kind") == kind:
            return {
                name: float(value)
                for name, value in values.items()
                if isinstance(value, int | float) and not isinstance(value, bool)
            }
    return {}


def change(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Give by how much each number of a stream grew."""
    return {name: value - before.get(name, 0) for name, value in after.items()}
