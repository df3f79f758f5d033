"""Our peer and aiortc's, which shares no line with the engine: channels, media, the end.

aiortc gathers before it answers, tells no candidates later, has no rollback and no restart of ICE.
Where it would wait for ever, the test does not.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

from tests.support.peers import Capture, until
from tests.support.playback import play
from wirescope.errors import ConnectionClosedError, EngineError, MessageTooLongError
from wirescope.events import (
    ConnectionClosed,
    DataChannelClosed,
    DataChannelOpened,
    IcePair,
    Statistics,
)
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    DataChannel,
    Description,
    Peer,
    PeerOptions,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars, Tone, VideoFrame, read_number, record
from wirescope.transports.webrtc.media.picture import Painter

pytestmark = pytest.mark.slow

MODES = (
    ChannelOptions(label="reliable"),
    ChannelOptions(label="unordered", ordered=False),
    ChannelOptions(label="once", ordered=False, max_retransmits=0),
    ChannelOptions(label="three", max_retransmits=3),
    ChannelOptions(label="brief", max_packet_life_time_ms=500),
    ChannelOptions(label="chat", protocol="chat.v1"),
    ChannelOptions(label="agreed", id=40),
)
SAID: list[str | bytes] = ["hi", "", b"", b"\x00\xff", "é\u0000\N{GRINNING FACE}", b"12345"]
LIMIT = 262_144
BARS = ColourBars(width=320, height=180)
CLOSE_TIMEOUT_S = 5.0


class Other:
    """aiortc's end.

    Attributes:
        native: its connection.
        channels: its channels by label.
        got: what they received.
        closed: labels of those that are over.
    """

    def __init__(self) -> None:
        # It would ask a server of Google for its addresses.
        self.native = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channels: dict[str, RTCDataChannel] = {}
        self.got: dict[str, list[str | bytes]] = {}
        self.closed: set[str] = set()
        self.native.on("datachannel", self._watch)

    def make(self, options: ChannelOptions) -> None:
        """Make a channel."""
        given: dict[str, Any] = {
            "ordered": options.ordered,
            "maxRetransmits": options.max_retransmits,
            "maxPacketLifeTime": options.max_packet_life_time_ms,
            "protocol": options.protocol,
            "negotiated": options.id is not None,
            "id": options.id,
        }
        self._watch(self.native.createDataChannel(options.label, **given))

    def _watch(self, channel: RTCDataChannel) -> None:
        self.channels[channel.label] = channel
        self.got[channel.label] = []
        channel.on("message", self.got[channel.label].append)
        channel.on("close", lambda: self.closed.add(channel.label))

    async def offer(self) -> Description:
        """Make an offer with all addresses in it."""
        await self.native.setLocalDescription(await self.native.createOffer())
        return Description("offer", self.native.localDescription.sdp)

    async def answer(self, offer: Description) -> Description:
        """Answer one."""
        await self.take(offer)
        await self.native.setLocalDescription(await self.native.createAnswer())
        return Description("answer", self.native.localDescription.sdp)

    async def take(self, description: Description) -> None:
        """Set our description."""
        await self.native.setRemoteDescription(
            RTCSessionDescription(description.sdp, description.kind)
        )

    async def add(self, candidate: Candidate) -> None:
        """Take a candidate of ours."""
        native = candidate_from_sdp(candidate.text.partition(":")[2])
        native.sdpMid, native.sdpMLineIndex = candidate.mid, candidate.index
        await self.native.addIceCandidate(native)

    async def is_open(self, label: str) -> None:
        """Wait until one of its channels is open."""
        await until(lambda: label in self.channels and self.channels[label].readyState == "open")


@asynccontextmanager
async def both(
    capture: Capture, options: PeerOptions | None = None
) -> AsyncIterator[tuple[Peer, Other]]:
    """Open both ends; they do not know each other yet."""
    # It complains of candidates for TCP, which it does not use.
    logging.getLogger("aioice").setLevel(logging.ERROR)
    async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as peer:
        other = Other()
        try:
            yield peer, other
        finally:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await other.native.close()


async def connect(peer: Peer, other: Other, *, by: str = "us") -> None:
    """Let one side offer and the other answer, addresses included."""
    async with asyncio.timeout(15):
        if by == "us":
            await peer.take(await other.answer(await peer.offer(gather=True)))
        else:
            await peer.take(await other.offer())
            await other.take(await peer.answer(gather=True))
        await peer.wait_open()


async def channel_of(peer: Peer, label: str) -> DataChannel:
    """Wait for a channel of ours to be open."""
    await until(lambda: any(each.label == label for each in peer.channels))
    channel = next(each for each in peer.channels if each.label == label)
    await asyncio.wait_for(channel.wait_open(), 10)
    return channel


async def talk(channel: DataChannel, other: Other) -> None:
    """Say everything both ways."""
    for message in SAID:
        await channel.send(message)
        other.channels[channel.label].send(message)
    await until(lambda: len(other.got[channel.label]) >= len(SAID))
    got = [await asyncio.wait_for(channel.receive(), 10) for _ in SAID]
    came = [each.text if each.kind == "text" else each.payload for each in got]
    for there in (other.got[channel.label], came):
        if channel.ordered:
            assert there == SAID
        else:
            assert sorted(map(repr, there)) == sorted(map(repr, SAID))


@pytest.mark.parametrize("by", ["us", "them"])
async def test_channels_of_either_side_carry_everything_in_every_mode(by: str) -> None:
    capture = Capture()
    async with both(capture) as (peer, other):
        for options in MODES:
            if by == "us" or options.id is not None:
                peer.create_channel(options)
            if by == "them" or options.id is not None:
                other.make(options)
        await connect(peer, other, by=by)
        for options in MODES:
            channel = await channel_of(peer, options.label)
            await other.is_open(options.label)
            there = other.channels[options.label]
            assert there.id == channel.id
            assert (there.protocol, there.ordered) == (options.protocol, options.ordered)
            assert there.maxRetransmits == options.max_retransmits
            assert there.maxPacketLifeTime == options.max_packet_life_time_ms
            await talk(channel, other)
    opened = {each.label: each for each in capture.of(DataChannelOpened)}
    for options in MODES:
        event = opened[options.label]
        assert (event.protocol, event.ordered) == (options.protocol, options.ordered)
        assert event.max_retransmits == options.max_retransmits
        assert event.max_packet_life_time == options.max_packet_life_time_ms
        assert event.negotiated == (options.id is not None)
        assert event.initiator == ("local" if by == "us" or event.negotiated else "remote")


async def test_a_label_that_is_cut_within_a_letter_is_shown_as_far_as_it_goes() -> None:
    capture = Capture()
    async with both(capture, PeerOptions(statistics_interval_s=1000)) as (peer, other):
        peer.create_channel(ChannelOptions(label="first"))
        await connect(peer, other)
        await other.is_open("first")
        # The engine never ends a sample that such a label is in, so none may be under way.
        await until(lambda: any(each.selected for each in capture.of(IcePair)))
        # It counts letters where RFC 8832 section 5.1 counts bytes.
        other.make(ChannelOptions(label="café"))
        channel = await channel_of(peer, "caf\ufffd")
        await other.is_open("café")
        other.channels["café"].send("hello")
        assert (await asyncio.wait_for(channel.receive(), 10)).text == "hello"
        with pytest.raises(EngineError, match="not UTF-8"):
            await peer.statistics()


async def test_addresses_that_are_told_one_by_one_are_enough() -> None:
    capture = Capture()
    async with both(capture) as (peer, other):
        peer.create_channel(ChannelOptions(label="chat"))
        told: list[Candidate] = []
        peer.on_candidate = told.append
        async with asyncio.timeout(15):
            offer = await peer.offer()
            assert "a=candidate" not in offer.sdp
            await peer.take(await other.answer(offer))
            await until(lambda: told and not told[-1].text)
            for each in told:
                if each.text:
                    await other.add(each)
            await peer.wait_open()
        await other.is_open("chat")
        await talk(await channel_of(peer, "chat"), other)


async def test_the_longest_message_that_it_takes_goes_both_ways_and_more_is_refused() -> None:
    async with both(Capture()) as (peer, other):
        peer.create_channel(ChannelOptions(label="chat"))
        await connect(peer, other)
        channel = await channel_of(peer, "chat")
        await other.is_open("chat")
        with pytest.raises(MessageTooLongError) as caught:
            await channel.send(bytes(LIMIT + 1))
        assert caught.value.limit == LIMIT
        await channel.send(bytes(LIMIT))
        other.channels["chat"].send(bytes(LIMIT))
        await until(lambda: other.got["chat"] == [bytes(LIMIT)])
        assert (await asyncio.wait_for(channel.receive(), 10)).payload == bytes(LIMIT)


@pytest.mark.parametrize("by", ["local", "remote"])
async def test_a_channel_that_one_side_closes_is_closed_at_the_other(by: str) -> None:
    capture = Capture()
    async with both(capture) as (peer, other):
        peer.create_channel(ChannelOptions(label="chat"))
        await connect(peer, other)
        channel = await channel_of(peer, "chat")
        await other.is_open("chat")
        if by == "local":
            await channel.close()
            await until(lambda: "chat" in other.closed)
        else:
            other.channels["chat"].close()
            await asyncio.wait_for(channel.wait_closed(), 10)
        (closed,) = capture.of(DataChannelClosed)
        assert closed.initiator == by
        with pytest.raises(ConnectionClosedError):
            await channel.send("more")
        assert peer.is_open


@pytest.mark.parametrize("by", ["us", "them"])
async def test_the_end_that_one_side_makes_is_seen_at_the_other(by: str) -> None:
    capture = Capture()
    async with both(capture) as (peer, other):
        peer.create_channel(ChannelOptions(label="chat"))
        await connect(peer, other)
        await channel_of(peer, "chat")
        await other.is_open("chat")
        if by == "us":
            await peer.close()
            await until(lambda: other.native.connectionState == "closed")
        else:
            await asyncio.wait_for(other.native.close(), CLOSE_TIMEOUT_S)
            await asyncio.wait_for(peer.wait_ended(), 10)
    (closed,) = capture.of(ConnectionClosed)
    initiator = "local" if by == "us" else "remote"
    assert (closed.initiator, closed.cause, closed.clean) == (initiator, "close", True)


async def test_the_version_of_dtls_and_the_selected_pair_are_shown() -> None:
    capture = Capture()
    options = PeerOptions(statistics_interval_s=0.1)
    async with both(capture, options) as (peer, other):
        peer.create_channel(ChannelOptions(label="chat"))
        await connect(peer, other)
        await until(lambda: shown(capture).get("tlsVersion"))
        await until(lambda: any(each.selected for each in capture.of(IcePair)))
    assert shown(capture)["tlsVersion"] == "FEFD"  # 1.2, which is what it has
    assert shown(capture)["dtlsState"] == "connected"


def shown(capture: Capture) -> dict[str, Any]:
    """Put what was sampled of the transport together."""
    values: dict[str, Any] = {}
    for each in capture.of(Statistics):
        if each.object == "transport":
            values |= each.values
    return values


async def test_a_peer_that_goes_silent_is_said_within_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capture = Capture()
    options = PeerOptions(lost_timeout_s=1)
    async with both(capture, options) as (peer, other):
        peer.create_channel(ChannelOptions(label="chat"))
        await connect(peer, other)
        await channel_of(peer, "chat")
        silence(other, monkeypatch.setattr)
        await asyncio.wait_for(peer.wait_ended(), 20)
    (closed,) = capture.of(ConnectionClosed)
    assert (closed.initiator, closed.cause, closed.clean) == ("network", "ice", False)
    assert "no working path for 1 s" in closed.reason


def silence(other: Other, replace: Callable[..., None]) -> None:
    """Let it say nothing any more, as if its cable had been pulled."""
    assert other.native.sctp is not None
    ice = other.native.sctp.transport.transport._connection
    for protocol in ice._protocols:
        replace(protocol.transport, "sendto", lambda *_: None)


class Bars(VideoStreamTrack):
    """Colour bars as a track of aiortc's."""

    def __init__(self) -> None:
        super().__init__()
        self._paint = Painter(BARS.width, BARS.height)

    async def recv(self) -> av.VideoFrame:
        """Give the next picture when it is due."""
        pts, time_base = await self.next_timestamp()
        number = round(pts * time_base * BARS.frame_rate)
        frame = as_av(self._paint.frame(number, number / BARS.frame_rate))
        frame.pts, frame.time_base = pts, time_base
        return frame


def as_av(picture: VideoFrame) -> av.VideoFrame:
    """Make a picture of FFmpeg's of one of ours."""
    planes = np.frombuffer(picture.data, np.uint8).reshape(picture.height * 3 // 2, picture.width)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def number_of(frame: av.VideoFrame) -> int | None:
    """Read the number of a picture."""
    planes = frame.to_ndarray(format="yuv420p")
    return read_number(VideoFrame(frame.width, frame.height, planes.tobytes()))


@dataclass
class Received:
    """What aiortc has decoded."""

    numbers: list[int | None] = field(default_factory=list)
    samples: int = 0

    async def read(self, track: Any) -> None:
        """Take what a track gives until it ends."""
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if track.kind == "video":
                    self.numbers.append(number_of(frame))
                else:
                    self.samples += frame.samples


@pytest.mark.quiet
async def test_pictures_and_sound_go_both_ways_and_are_decoded(tmp_path: Path) -> None:
    received, path = Received(), tmp_path / "call.webm"
    async with both(Capture()) as (peer, other), asyncio.TaskGroup() as group:
        peer.media.send_video(BARS)
        peer.media.send_audio(Tone())
        other.native.on("track", lambda track: group.create_task(received.read(track)))
        for track in (Bars(), AudioStreamTrack()):
            other.native.addTrack(track)
        async with record(peer.media, path) as recording:
            await connect(peer, other)
            await until(lambda: len(received.numbers) > 60 and received.samples > 48_000, 20)
            await until(lambda: recording.length_s > 2, 20)
            in_use = {(each.direction, each.name) for each in await peer.media.codecs()}
        await peer.close()
    played = await asyncio.to_thread(play, path)
    assert in_use == {(way, name) for way in ("sent", "received") for name in ("VP8", "opus")}
    assert played.codecs == ["vp8", "opus"]
    for each in (received.numbers, played.numbers):
        assert None not in each
        numbers = [number for number in each if number is not None]
        assert numbers == sorted(set(numbers))
        assert len(numbers) > 0.9 * (numbers[-1] - numbers[0])
