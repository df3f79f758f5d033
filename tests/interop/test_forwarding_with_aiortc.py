"""aiortc, a stack of its own from ICE to the codecs, publishes and watches."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiortc
import pytest
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack

from tests.support.forwarding import forwarding, publishing, watching
from tests.support.peers import Capture, until
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.packets import Forwarder, Publisher, Viewer

pytestmark = pytest.mark.slow

KINDS = ("audio", "video")


async def exchange(peer: Any, session: Publisher | Viewer) -> None:
    await peer.setLocalDescription(await peer.createOffer())
    answer = await session.answer(peer.localDescription.sdp)
    await peer.setRemoteDescription(aiortc.RTCSessionDescription(answer, "answer"))
    await until(lambda: session.is_open)


@asynccontextmanager
async def aiortc_publishing(forwarder: Forwarder) -> AsyncIterator[None]:
    peer = aiortc.RTCPeerConnection(aiortc.RTCConfiguration([]))
    peer.addTransceiver(AudioStreamTrack(), direction="sendonly")
    peer.addTransceiver(VideoStreamTrack(), direction="sendonly")
    try:
        await exchange(peer, await forwarder.publish())
        yield
    finally:
        await peer.close()


@asynccontextmanager
async def aiortc_watching(forwarder: Forwarder) -> AsyncIterator[dict[str, int]]:
    peer = aiortc.RTCPeerConnection(aiortc.RTCConfiguration([]))
    for each in KINDS:
        peer.addTransceiver(each, direction="recvonly")
    frames = dict.fromkeys(KINDS, 0)

    async def read(track: Any) -> None:
        with contextlib.suppress(MediaStreamError, asyncio.CancelledError):
            while True:
                await track.recv()
                frames[track.kind] += 1

    try:
        await exchange(peer, await forwarder.watch())
        async with alongside(*(read(each.track) for each in peer.getReceivers())):
            yield frames
    finally:
        await peer.close()


async def test_aiortc_sees_and_hears_what_an_engine_peer_publishes() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        aiortc_watching(forwarder) as frames,
    ):
        await until(lambda: frames["video"] > 20 and frames["audio"] > 50)


async def test_an_engine_peer_sees_and_hears_what_aiortc_publishes() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        aiortc_publishing(forwarder),
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames > 20 and viewer.samples > 20_000)
        assert viewer.sizes == {(640, 480)}
