"""A media file is sent."""

import asyncio
import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.support.peers import Capture, two_peers, until
from tests.support.playback import play
from wirescope.errors import MediaFileError
from wirescope.transports.webrtc import Peer
from wirescope.transports.webrtc.media import (
    ColourBars,
    MediaFile,
    Tone,
    read_number,
    record,
)

BARS = ColourBars(width=320, height=180, flash=True)
BEEP = Tone(frequency_hz=1000, beep=True)


async def make_clip(path: Path, length_s: float) -> None:
    """Make a file of coloured bars and beeps by way of FFmpeg's own encoders."""
    with av.open(str(path), "w", format="webm") as container:
        video = container.add_stream("libvpx", rate=30)
        video.width, video.height, video.pix_fmt = BARS.width, BARS.height, "yuv420p"
        video.options = {"deadline": "realtime", "cpu-used": "8"}
        audio = container.add_stream("libopus", rate=48_000, layout="mono")
        number = 0
        async for due in BARS.begin(0):
            if number >= length_s * 30:
                break
            picture = due.make()
            frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
            start = 0
            for plane in frame.planes:
                row, rows = plane.width, plane.height
                lines = [picture.data[start + y * row : start + (y + 1) * row] for y in range(rows)]
                plane.update(b"".join(line.ljust(plane.line_size, b"\0") for line in lines))
                start += row * rows
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(video.encode(frame))
            number += 1
        for index in range(int(length_s * 100)):
            block = av.AudioFrame("s16", "mono", 480)
            block.planes[0].update(BEEP.block(index).data.ljust(block.planes[0].buffer_size, b"\0"))
            block.pts, block.sample_rate, block.time_base = index * 480, 48_000, Fraction(1, 48_000)
            container.mux(audio.encode(block))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


@pytest.mark.slow
async def test_a_file_is_decoded_at_the_times_that_it_says(tmp_path: Path) -> None:
    await make_clip(tmp_path / "clip.webm", 1)
    file = MediaFile(tmp_path / "clip.webm")
    assert file.video is not None
    assert file.audio is not None
    pictures = [due async for due in file.video.begin(5)]
    assert [read_number(due.make()) for due in pictures] == list(range(30))
    assert [due.at_s for due in pictures] == pytest.approx(
        [5 + n / 30 for n in range(30)], abs=1e-3
    )
    blocks = [due async for due in file.audio.begin(5)]
    assert len(blocks) == pytest.approx(100, abs=2)
    assert blocks[0].make().number_of_frames == 480
    assert blocks[0].at_s == pytest.approx(5.01, abs=0.01)


@pytest.mark.slow
@pytest.mark.quiet
async def test_a_file_is_sent_and_recorded_with_sound_and_picture_in_step(tmp_path: Path) -> None:
    await make_clip(tmp_path / "clip.webm", 6)

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_file(tmp_path / "clip.webm")

    async with (
        two_peers(Capture(), prepare=prepare) as (one, two),
        record(two.media, tmp_path / "call.webm"),
    ):
        for track in one.media.sent:
            await track.wait_ended()
            assert track.failed is None
        await asyncio.sleep(0.5)
    played = await asyncio.to_thread(play, tmp_path / "call.webm")
    offsets = [
        abs(flash_s - beep_s)
        for flash_s in played.flashes_s
        for beep_s in played.beeps_s
        if abs(flash_s - beep_s) < 0.5
    ]
    assert len(offsets) >= 3
    assert max(offsets) < 0.04


@pytest.mark.slow
async def test_a_connection_that_is_closed_while_a_file_is_sent_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    await make_clip(tmp_path / "clip.webm", 4)

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_file(tmp_path / "clip.webm")

    async with two_peers(Capture(), prepare=prepare) as (one, _):
        await until(lambda: all(track.sent > 10 for track in one.media.sent))
    assert all(track.failed is None for track in one.media.sent)


async def test_a_file_of_sound_alone_has_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        block = av.AudioFrame("s16", "mono", 800)
        block.planes[0].update(bytes(block.planes[0].buffer_size))
        block.sample_rate, block.pts = 8000, 0
        container.mux(stream.encode(block))
    file = MediaFile(path)
    assert file.video is None
    assert file.audio is not None
    assert len([due async for due in file.audio.begin(0)]) == 10


def test_what_ffmpeg_knows_and_cannot_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sound.au"
    path.write_bytes(struct.pack(">4s5I", b".snd", 24, 100, 99, 8000, 1) + bytes(100))
    with pytest.raises(MediaFileError, match="Not yet implemented"):
        MediaFile(path)


def test_a_playlist_does_not_lead_to_the_network(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/never.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaFileError):
        MediaFile(path)
