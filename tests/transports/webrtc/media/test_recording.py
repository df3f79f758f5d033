"""What a peer receives is recorded as it arrived, and plays."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import webrtc

from tests.support.peers import Capture, two_peers, until
from tests.support.playback import Playback, play
from wirescope.errors import MediaFileError, UsageError
from wirescope.transports.webrtc import Peer, PeerOptions
from wirescope.transports.webrtc.media import ColourBars, Recording, Tone, VideoFrame, record

pytestmark = [pytest.mark.slow, pytest.mark.quiet]

BARS = ColourBars(width=320, height=180, flash=True)
BEEP = Tone(frequency_hz=1000, beep=True)
VP9 = PeerOptions(codecs=("VP9", "opus"))


def bars_and_beep(one: Peer, _other: Peer) -> None:
    one.media.send_video(BARS)
    one.media.send_audio(BEEP)


async def recorded(recording: Recording, length_s: float) -> None:
    await until(lambda: recording.length_s >= length_s, 20)


def steps(played: Playback) -> list[float]:
    return [b - a for a, b in itertools.pairwise(played.times_s)]


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [("VP8", "webm"), ("VP9", "webm"), ("AV1", "webm"), ("AV1", "mp4")],
)
async def test_what_is_received_is_recorded_with_sound_and_picture_in_step(
    tmp_path: Path, codec: str, suffix: str
) -> None:
    path = tmp_path / f"call.{suffix}"
    options = PeerOptions(codecs=(codec, "opus"))
    async with two_peers(Capture(), options=options, prepare=bars_and_beep) as (_, two):
        async with record(two.media, path) as recording:
            await recorded(recording, 4)
        video = next(each for each in recording.tracks if each.kind == "video")
    played = await asyncio.to_thread(play, path)
    assert played.codecs == [codec.lower(), "opus"]
    assert len(played.times_s) == video.frames
    assert None not in played.numbers
    numbers = [each for each in played.numbers if each is not None]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 0.9 * (numbers[-1] - numbers[0])
    shown_s = played.times_s[-1] - played.times_s[0]
    assert shown_s == pytest.approx((numbers[-1] - numbers[0]) / 30, abs=0.04)
    assert played.sound_s == pytest.approx(recording.length_s, abs=0.3)
    assert played.length_s == pytest.approx(recording.length_s, abs=0.2)
    offsets = [
        abs(flash_s - beep_s)
        for flash_s in played.flashes_s
        for beep_s in played.beeps_s
        if abs(flash_s - beep_s) < 0.5
    ]
    assert len(offsets) >= 3
    assert max(offsets) < 0.04


async def test_a_recording_that_begins_later_begins_at_a_key_frame(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    async with two_peers(Capture(), prepare=bars_and_beep) as (one, two):
        await until(lambda: len(two.media.received) == 2 and one.media.sent[0].sent > 45)
        async with record(two.media, path) as recording:
            await recorded(recording, 1)
    played = await asyncio.to_thread(play, path)
    assert played.numbers[0] is not None
    assert played.numbers[0] >= 30
    assert None not in played.numbers
    assert played.times_s[0] < 0.5


async def test_frames_go_on_to_the_decoder_while_they_are_recorded_and_afterwards(
    tmp_path: Path,
) -> None:
    async with two_peers(Capture(), prepare=bars_and_beep) as (_, two):
        await until(lambda: len(two.media.received) == 2)
        video = next(each for each in two.media.received if each.kind == "video")
        frames = video.frames()
        async with record(two.media, tmp_path / "call.webm") as recording:
            async with asyncio.timeout(10):
                while not recording.has_begun:
                    await anext(frames)
        async with asyncio.timeout(10):
            for _ in range(10):
                await anext(frames)
        await frames.aclose()


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
async def test_a_file_that_is_cut_anywhere_plays_as_far_as_it_goes(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"call.{suffix}"
    async with (
        two_peers(Capture(), options=VP9, prepare=bars_and_beep) as (_, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 3)
        while_open = path.read_bytes()
        written_s = recording.length_s
    whole = path.read_bytes()
    (cut := tmp_path / f"cut.{suffix}").write_bytes(while_open)
    played = await asyncio.to_thread(play, cut)
    assert played.times_s[-1] > written_s - 2.5
    for part in (0.4, 0.6, 0.8):
        cut.write_bytes(whole[: int(len(whole) * part)])
        played = await asyncio.to_thread(play, cut)
        assert played.times_s[-1] > 3 * part - 2
        assert None not in played.numbers


class Growing:
    """Colour bars that become larger after a second."""

    async def begin(self, at_s: float) -> AsyncIterator:
        small, large = BARS.begin(at_s), ColourBars(width=640, height=360).begin(at_s)
        async for due in small:
            other = await anext(large)
            yield due if due.at_s is None or due.at_s < 1.5 else other


async def test_a_picture_that_changes_its_size_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(Growing())

    async with (
        two_peers(Capture(), prepare=prepare) as (_, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 2.5)
    played = await asyncio.to_thread(play, path)
    assert list(dict.fromkeys(played.sizes)) == [(320, 180), (640, 360)]
    assert None not in played.numbers


async def test_a_gap_stays_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    given_at_s: list[float] = []

    async def given() -> AsyncIterator[VideoFrame]:
        async for due in BARS.begin(0):
            await asyncio.sleep(1.5 if len(given_at_s) == 45 else 1 / 30)
            given_at_s.append(asyncio.get_running_loop().time())
            yield due.make()

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(given())
        one.media.send_audio(BEEP)

    async with (
        two_peers(Capture(), prepare=prepare) as (_, two),
        record(two.media, path) as recording,
    ):
        await until(lambda: any(e.kind == "video" and e.frames > 70 for e in recording.tracks))
    played = await asyncio.to_thread(play, path)
    gap_s = given_at_s[45] - given_at_s[44]
    assert max(steps(played)) == pytest.approx(gap_s, abs=0.15)
    assert played.sound_s > played.times_s[-1] - 0.5


async def test_a_publisher_that_ends_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    async with (
        two_peers(Capture(), prepare=bars_and_beep) as (one, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 1.5)
        await one.media.sent[0].stop()
        sound = recording.length_s + 1.5
        await recorded(recording, sound)
        await one.close()
        await two.wait_ended()
    played = await asyncio.to_thread(play, path)
    assert played.length_s == pytest.approx(recording.length_s, abs=0.2)
    assert played.sound_s - played.times_s[-1] > 1


async def test_sound_alone_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_audio(BEEP)

    async with (
        two_peers(Capture(), prepare=prepare) as (_, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 1)
    played = await asyncio.to_thread(play, path)
    assert played.codecs == ["opus"]
    assert played.beeps_s


@pytest.mark.parametrize("codec", ["VP8", "VP9"])
async def test_pictures_that_begin_later_are_in_the_file_and_in_step(
    tmp_path: Path, codec: str
) -> None:
    path = tmp_path / "call.webm"

    class Later:
        async def begin(self, at_s: float) -> AsyncIterator:
            async for due in BARS.begin(at_s + 4):
                yield due

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(Later())
        one.media.send_audio(BEEP)

    options = PeerOptions(codecs=(codec, "opus"))
    async with (
        two_peers(Capture(), options=options, prepare=prepare) as (_, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 6.5)
    assert [each.left_out for each in recording.tracks] == ["", ""]
    played = await asyncio.to_thread(play, path)
    assert None not in played.numbers
    assert set(played.sizes) == {(320, 180)}
    apart = [
        min(abs(beep_s - flash_s) for beep_s in played.beeps_s) for flash_s in played.flashes_s
    ]
    assert len(apart) >= 2
    assert max(apart) < 0.04


async def test_sound_that_begins_later_is_in_the_file_and_in_step(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"

    class Later:
        async def begin(self, at_s: float) -> AsyncIterator:
            async for due in BEEP.begin(at_s + 4):
                yield due

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(BARS)
        one.media.send_audio(Later())

    async with (
        two_peers(Capture(), prepare=prepare) as (_, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 6.5)
    assert [each.left_out for each in recording.tracks] == ["", ""]
    played = await asyncio.to_thread(play, path)
    assert played.sound_s == pytest.approx(recording.length_s - 4, abs=0.5)
    apart = [
        min(abs(beep_s - flash_s) for flash_s in played.flashes_s) for beep_s in played.beeps_s
    ]
    assert len(apart) >= 2
    assert max(apart) < 0.04


async def test_a_track_that_comes_when_the_file_has_begun_is_left_out_and_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "call.webm"

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_audio(BEEP)

    async with (
        two_peers(Capture(), prepare=prepare) as (one, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 0.5)
        one.media.send_video(BARS)
        await until(lambda: any(e.kind == "video" and e.dropped > 5 for e in recording.tracks))
        audio, video = recording.tracks
    assert (audio.left_out, video.left_out) == ("", "the file had begun before a frame of it came")
    assert video.frames == 0
    assert (await asyncio.to_thread(play, path)).codecs == ["opus"]


async def test_what_webm_does_not_hold_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    options = PeerOptions(codecs=("VP8", "PCMU"))
    async with two_peers(Capture(), options=options, prepare=bars_and_beep) as (_, two):
        async with record(two.media, path) as recording:
            await recorded(recording, 1)
        left_out = {each.kind: each.left_out for each in recording.tracks}
    assert left_out == {"video": "", "audio": "WebM does not hold PCMU"}
    assert (await asyncio.to_thread(play, path)).codecs == ["vp8"]


async def test_vp8_in_mp4_is_refused_as_soon_as_it_comes_with_what_would_do(
    tmp_path: Path,
) -> None:
    path = tmp_path / "call.mp4"
    options = PeerOptions(codecs=("VP8", "opus"))
    async with two_peers(Capture(), options=options, prepare=bars_and_beep) as (_, two):
        with pytest.raises(MediaFileError, match="MP4 does not hold VP8") as caught:
            await record_until_it_fails(two, path)
        assert caught.value.hint == "WebM does: record to call.webm."
        assert two.is_open
    assert not path.exists()


async def test_a_picture_that_changes_its_size_is_recorded_in_mp4(tmp_path: Path) -> None:
    path = tmp_path / "call.mp4"
    async with (
        two_peers(
            Capture(),
            options=VP9,
            prepare=lambda one, _: one.media.send_video(Growing()) and None,
        ) as (_, two),
        record(two.media, path) as recording,
    ):
        await recorded(recording, 2.5)
    played = await asyncio.to_thread(play, path)
    assert list(dict.fromkeys(played.sizes)) == [(320, 180), (640, 360)]
    assert None not in played.numbers


async def test_a_connection_without_media_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    async with two_peers(Capture()) as (_, two), record(two.media, path) as recording:
        pass
    assert recording.tracks == []
    assert not path.exists()


async def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    path.write_text("mine")
    async with two_peers(Capture(), prepare=bars_and_beep) as (_, two):
        with pytest.raises(UsageError, match="exists already"):
            async with record(two.media, path):
                pass
        async with record(two.media, path, overwrite=True) as recording:
            await recorded(recording, 1)
    assert (await asyncio.to_thread(play, path)).times_s


async def test_a_file_that_comes_meanwhile_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    async with two_peers(Capture(), prepare=bars_and_beep) as (_, two):
        with pytest.raises(MediaFileError, match="exists by now"):
            await record_until_it_fails(two, path, lambda _: path.write_text("mine"))
    assert path.read_text() == "mine"


async def test_of_two_recordings_into_one_file_the_second_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    async with (
        two_peers(Capture(), prepare=bars_and_beep) as (_, two),
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(record_a_while(two, path)) for _ in range(2)]
    assert sorted(str(each.result()) for each in tasks) == ["", f"{path} exists by now."]
    played = await asyncio.to_thread(play, path)
    assert played.length_s is not None


async def record_a_while(peer: Peer, path: Path) -> str:
    """Record for some seconds; why it failed."""
    try:
        async with record(peer.media, path):
            await asyncio.sleep(3)
    except MediaFileError as error:
        return error.message
    return ""


async def test_frames_that_the_engine_gives_no_more_are_told_and_the_file_is_whole(
    tmp_path: Path,
) -> None:
    path = tmp_path / "call.webm"
    async with two_peers(Capture(), prepare=bars_and_beep) as (_, two):

        async def take_away(recording: Recording) -> None:
            await recorded(recording, 1)
            video = next(each for each in two.media.received if each.kind == "video")
            video.tap._receiver.transform = None  # as another part of a program may do

        with pytest.raises(MediaFileError, match="No more frames can be had of the video"):
            await record_until_it_fails(two, path, take_away)
        assert two.is_open
    played = await asyncio.to_thread(play, path)
    assert played.length_s is not None  # which WebM is told at its end
    assert played.length_s > 0.9


async def test_a_request_for_a_key_frame_that_is_refused_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transformer: Any = webrtc.RTCRtpScriptTransformer
    ask, refused = transformer.send_key_frame_request, 0

    def refuse(self: Any) -> Any:
        nonlocal refused
        if refused < 1:
            refused += 1
            raise webrtc.InvalidStateError("not now")
        return ask(self)

    monkeypatch.setattr(transformer, "send_key_frame_request", refuse)
    path = tmp_path / "call.webm"
    async with two_peers(Capture(), prepare=bars_and_beep) as (one, two):
        await until(lambda: len(two.media.received) == 2 and one.media.sent[0].sent > 45)
        async with record(two.media, path) as recording:
            await recorded(recording, 1)
    assert refused == 1
    assert (await asyncio.to_thread(play, path)).numbers


async def record_until_it_fails(
    peer: Peer, path: Path, meanwhile: Callable[[Recording], Any] | None = None
) -> None:
    overwrite = meanwhile is None
    async with record(peer.media, path, overwrite=overwrite) as recording, asyncio.timeout(10):
        if meanwhile is not None and asyncio.iscoroutine(done := meanwhile(recording)):
            await done
        await recording.wait_failed()


async def test_a_disk_that_is_full_is_told_and_the_connection_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    path.symlink_to("/dev/full")
    async with two_peers(Capture(), prepare=bars_and_beep) as (_, two):
        with pytest.raises(MediaFileError, match="No space left"):
            await record_until_it_fails(two, path)
        video = next(each for each in two.media.received if each.kind == "video")
        frames = video.frames()
        async with asyncio.timeout(10):
            await anext(frames)
        await frames.aclose()
        assert two.is_open


async def test_a_recording_that_is_cancelled_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    recordings: list[Recording] = []

    async def record_for_ever(peer: Peer) -> None:
        async with record(peer.media, path) as recording:
            recordings.append(recording)
            await asyncio.Event().wait()

    async with two_peers(Capture(), prepare=bars_and_beep) as (_, two):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(record_for_ever(two))
            await until(lambda: recordings and recordings[0].length_s > 1, 20)
            task.cancel()
        assert two.is_open
    played = await asyncio.to_thread(play, path)
    assert played.length_s == pytest.approx(recordings[0].length_s, abs=0.2)
