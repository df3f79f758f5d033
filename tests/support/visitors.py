"""Our own peers as callers, publishers and viewers of the test endpoints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import webrtc

from tests.support.peers import Capture, until
from wirescope.events import Timeline
from wirescope.transports.webrtc import (
    ChannelOptions,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars, ReceivedTrack, Tone
from wirescope.transports.webrtc.signaling import MessageSignaling, adapter_of, dial
from wirescope.transports.websocket import WebSocketConnection, connect


@asynccontextmanager
async def calling_at(
    server: str,
    query: str = "",
    *,
    adapter: str = "json",
    channels: tuple[ChannelOptions, ...] = (),
    video: bool = False,
    options: PeerOptions | None = None,
) -> AsyncIterator[tuple[Peer, WebSocketConnection]]:
    """Call the echo endpoint of a server, as `ws://127.0.0.1:8765`."""
    url = f"{server}/webrtc/echo{query}"
    connection = await connect(url, timeline=Timeline(), sink=lambda _: None)
    async with (
        connection,
        open_peer(timeline=Timeline(), sink=lambda _: None, options=options) as peer,
        negotiate(peer, MessageSignaling(connection, adapter_of(adapter)), polite=False),
    ):
        for each in channels:
            peer.create_channel(each)
        if video:
            peer.media.send_video(ColourBars(width=320, height=180))
            peer.media.send_audio(Tone())
        yield peer, connection


@asynccontextmanager
async def watching_at(
    address: str,
    path: str,
    *,
    options: PeerOptions | None = None,
    capture: Capture | None = None,
) -> AsyncIterator[Peer]:
    """Watch what an endpoint of WHEP shows."""
    capture = capture or Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as peer:
        for kind in ("audio", "video"):
            peer._native.add_transceiver(kind, webrtc.RTCRtpTransceiverInit(direction="recvonly"))
        async with dial(peer, f"{address}{path}", kind="whep"):
            await peer.wait_open()
            yield peer


@asynccontextmanager
async def publishing_at(address: str, *, codec: str = "VP8") -> AsyncIterator[Peer]:
    """Publish to the sink."""
    options = PeerOptions(codecs=(codec,))
    async with open_peer(timeline=Timeline(), sink=lambda _: None, options=options) as peer:
        peer.media.send_video(ColourBars(width=320, height=180))
        async with dial(peer, f"{address}/whip/sink", kind="whip"):
            await peer.wait_open()
            yield peer


async def seen(peer: Peer, kind: str, count: int) -> list[Any]:
    """Give some frames or blocks of the track of a kind."""
    await until(lambda: any(each.kind == kind for each in peer.media.received))
    track = next(each for each in peer.media.received if each.kind == kind)
    frames: Any = _frames(track)
    got = []
    async for each in frames:
        got.append(each)
        if len(got) == count:
            break
    await frames.aclose()
    return got


def _frames(track: ReceivedTrack) -> object:
    return track.frames() if track.kind == "video" else track.blocks()
