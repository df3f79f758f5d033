"""What a peer receives plays while it comes, for several who look on."""

import asyncio
import io
from pathlib import Path

import av
import pytest

from tests.support.peers import Capture, two_peers, until
from wirescope.transports.webrtc import Peer, PeerOptions
from wirescope.transports.webrtc.media import ColourBars, LiveStream, Tone, record, watch

pytestmark = pytest.mark.slow

BARS = ColourBars(width=320, height=180)


def bars_and_tone(one: Peer, _other: Peer) -> None:
    one.media.send_video(BARS)
    one.media.send_audio(Tone())


async def some_of(stream: LiveStream, size: int = 40_000) -> bytes:
    data = b""
    async with asyncio.timeout(20):
        async for piece in stream:
            data += piece
            if len(data) >= size:
                break
    return data


def look(data: bytes) -> tuple[list[str], bool]:
    """Tell the codecs of a stream, and whether its first picture is a key frame."""
    with av.open(io.BytesIO(data)) as container:
        codecs = sorted(each.codec_context.name for each in container.streams)
        first = next(each for each in container.demux(video=0) if each.size)
        return codecs, first.is_keyframe


@pytest.mark.parametrize(("codec", "media_type"), [("VP8", "video/webm"), ("VP9", "video/webm")])
async def test_who_looks_on_later_gets_a_stream_that_begins_at_a_key_frame(
    codec: str, media_type: str
) -> None:
    options = PeerOptions(codecs=(codec, "opus"))
    async with two_peers(Capture(), options=options, prepare=bars_and_tone) as (one, two):
        await until(lambda: len(two.media.received) == 2 and one.media.sent[0].sent > 45)
        async with watch(two.media) as stream:
            data = await some_of(stream)
    assert stream.media_type == media_type
    assert look(data) == (sorted(["opus", codec.lower()]), True)


async def test_several_look_on_while_it_is_recorded_and_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    async with two_peers(Capture(), prepare=bars_and_tone) as (_, two):
        await until(lambda: len(two.media.received) == 2)
        async with (
            record(two.media, path) as recording,
            watch(two.media) as first,
            watch(two.media) as second,
        ):
            parts = await asyncio.gather(some_of(first), some_of(second))
            await until(lambda: recording.length_s > 1)
        async with watch(two.media) as third:
            parts.append(await some_of(third))
    for each in (*parts, path.read_bytes()):
        assert look(each)[1]


async def test_who_takes_too_little_is_let_go_and_the_others_go_on() -> None:
    async with two_peers(Capture(), prepare=bars_and_tone) as (_, two):
        await until(lambda: len(two.media.received) == 2)
        async with watch(two.media, waiting_bytes=20_000) as slow, watch(two.media) as other:
            await some_of(other, 200_000)
            await until(lambda: slow.is_let_go)
            left = b"".join([piece async for piece in slow])
    assert 0 < len(left) <= 20_000


async def test_a_stream_ends_with_its_context_and_gives_what_waits() -> None:
    async with two_peers(Capture(), prepare=bars_and_tone) as (_, two):
        await until(lambda: len(two.media.received) == 2)
        async with watch(two.media) as stream:
            await until(lambda: stream.length_s > 0)
    assert len(b"".join([piece async for piece in stream])) > 0
