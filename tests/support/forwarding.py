"""Publishers and viewers for a forwarder: engine peers, without any page or server."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import webrtc

from tests.support.peers import Capture, until
from tests.support.udp_relay import Answer, UdpRelay, by_way_of
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.packets import (
    Forwarder,
    ForwarderOptions,
    Publisher,
    Viewer,
    open_forwarder,
)
from wirescope.wire.rtcp import is_rtcp

WIDTH, HEIGHT, RATE = 320, 180, 30
SAMPLES = 480


@asynccontextmanager
async def forwarding(
    capture: Capture, options: ForwarderOptions | None = None
) -> AsyncIterator[Forwarder]:
    """Open a forwarder that writes into a capture."""
    load()
    async with open_forwarder(
        timeline=capture.timeline, sink=capture.sink, options=options
    ) as forwarder:
        yield forwarder


def _only(transceiver: Any, kind: str, codec: str) -> None:
    receiver: Any = webrtc.RTCRtpReceiver
    known = receiver.get_capabilities(kind).codecs
    names = (f"{kind}/{codec}".lower(), f"{kind}/rtx")
    transceiver.set_codec_preferences([each for each in known if each.mime_type.lower() in names])


async def _offer(native: Any) -> str:
    await native.set_local_description()
    await until(lambda: native.ice_gathering_state.value == "complete")
    return str(native.local_description.sdp)


async def _exchange(native: Any, take: Answer) -> None:
    answer = await take(await _offer(native))
    await native.set_remote_description(webrtc.RTCSessionDescriptionInit(type="answer", sdp=answer))


@dataclass
class Sender:
    """An engine peer that publishes a moving picture and a tone."""

    native: Any
    session: Publisher

    async def statistics(self, kind: str, type_: str = "outbound-rtp") -> dict[str, Any]:
        """Give an object of `getStats`."""
        return await statistics(self.native, kind, type_)


@dataclass
class Receiver:
    """An engine peer that watches."""

    native: Any
    session: Viewer
    frames: int = 0
    samples: int = 0
    sizes: set[tuple[int, int]] = field(default_factory=set)

    async def statistics(self, kind: str) -> dict[str, Any]:
        """Give the `inbound-rtp` of a medium."""
        return await statistics(self.native, kind, "inbound-rtp")


async def statistics(native: Any, kind: str, type_: str) -> dict[str, Any]:
    """Give the object of a type and a medium, under its W3C names."""
    report = [each.to_json() for each in (await native.get_stats()).values()]
    return next((e for e in report if e["type"] == type_ and e.get("kind") == kind), {})


def lose(viewer: Viewer, share: float) -> None:
    """Lose a share of the media that goes to one viewer, at its socket."""
    chance = random.Random(3)
    datagrams: Any = viewer._leg.datagrams
    send = datagrams._send

    def lossy(protect: Callable[[bytes], bytes], packet: bytes) -> bool:
        lost = not is_rtcp(packet) and chance.random() < share
        return lost or bool(send(protect, packet))

    datagrams._send = lossy


@asynccontextmanager
async def publishing(
    forwarder: Forwarder, *, codec: str = "VP8", audio: bool = True
) -> AsyncIterator[Sender]:
    """Publish until the context ends."""
    native = webrtc.RTCPeerConnection()
    picture = webrtc.VideoTrackGenerator()
    sendonly = webrtc.RTCRtpTransceiverInit(direction="sendonly")
    _only(native.add_transceiver(picture.track, sendonly), "video", codec)
    sound = webrtc.MediaStreamTrackGenerator("audio") if audio else None
    if sound is not None:
        native.add_transceiver(sound, sendonly)
    session = await forwarder.publish()
    work = [_draw(picture)] if sound is None else [_draw(picture), _hum(sound)]
    async with alongside(*work):
        try:
            await _exchange(native, session.answer)
            await until(lambda: session.is_open)
            yield Sender(native, session)
        finally:
            native.close()
            await session.close()


@asynccontextmanager
async def watching(
    forwarder: Forwarder, *, codec: str = "", relay: UdpRelay | None = None
) -> AsyncIterator[Receiver]:
    """Watch until the context ends, by way of a relay if there is one."""
    native = webrtc.RTCPeerConnection()
    recvonly = webrtc.RTCRtpTransceiverInit(direction="recvonly")
    native.add_transceiver("audio", recvonly)
    transceiver = native.add_transceiver("video", recvonly)
    if codec:
        _only(transceiver, "video", codec)
    receiver = Receiver(native, await forwarder.watch())
    tracks: asyncio.Queue[Any] = asyncio.Queue()
    native.on("track", lambda event: tracks.put_nowait(event.track))
    async with alongside(_read(receiver, tracks)):
        try:
            take = receiver.session.answer
            await _exchange(native, take if relay is None else by_way_of(relay, take))
            yield receiver
        finally:
            native.close()
            await receiver.session.close()


async def _read(receiver: Receiver, tracks: asyncio.Queue[Any]) -> None:
    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(_read_one(receiver, await tracks.get()))


async def _read_one(receiver: Receiver, track: Any) -> None:
    init = webrtc.MediaStreamTrackProcessorInit(track=track)
    frames: Any = webrtc.MediaStreamTrackProcessor(init).readable
    async for frame in frames:
        if track.kind == "video":
            receiver.frames += 1
            receiver.sizes.add((frame.coded_width, frame.coded_height))
        else:
            receiver.samples += frame.number_of_frames
        frame.close()


async def _draw(generator: Any) -> None:
    writer = generator.writable.get_writer()
    picture = bytearray(WIDTH * HEIGHT * 3 // 2)
    number, began = 0, asyncio.get_running_loop().time()
    while True:
        row = (number * 3) % HEIGHT
        picture[row * WIDTH : (row + 1) * WIDTH] = bytes([number * 7 % 256]) * WIDTH
        init = webrtc.VideoFrameBufferInit(
            format="I420",
            coded_width=WIDTH,
            coded_height=HEIGHT,
            timestamp=number * 1_000_000 // RATE,
        )
        with contextlib.suppress(webrtc.RTCException):
            await writer.write(webrtc.VideoFrame(bytes(picture), init))
        number += 1
        await _until(began + number / RATE)


async def _hum(generator: Any) -> None:
    writer = generator.writable.get_writer()
    block = b"".join(
        (each % 64 * 256 - 8192).to_bytes(2, "little", signed=True) for each in range(SAMPLES)
    )
    number, began = 0, asyncio.get_running_loop().time()
    while True:
        init = webrtc.AudioDataInit(
            format="s16",
            sample_rate=48000,
            number_of_frames=SAMPLES,
            number_of_channels=1,
            timestamp=number * 10_000,
            data=block,
        )
        with contextlib.suppress(webrtc.RTCException):
            await writer.write(webrtc.AudioData(init))
        number += 1
        await _until(began + number / 100)


async def _until(due: float) -> None:
    await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
