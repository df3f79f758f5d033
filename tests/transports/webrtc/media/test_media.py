"""Two peers send pictures and sound to each other, and stop."""

import asyncio
import dataclasses
import itertools
from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.peers import Capture, two_peers, until
from wirescope.errors import MediaFileError, UsageError
from wirescope.events import ConnectionPhase, MediaTrack
from wirescope.transports.webrtc import Peer, PeerOptions, open_peer
from wirescope.transports.webrtc.media import (
    AudioData,
    ColourBars,
    Due,
    ReceivedTrack,
    Tone,
    VideoFrame,
    read_number,
)

SMALL = ColourBars(width=320, height=180)


def bars(one: Peer, _other: Peer) -> None:
    one.media.send_video(SMALL)


def bars_and_tone(one: Peer, _other: Peer) -> None:
    one.media.send_video(SMALL)
    one.media.send_audio(Tone())


async def track_of(peer: Peer, kind: str) -> ReceivedTrack:
    await until(lambda: any(each.kind == kind for each in peer.media.received))
    return next(each for each in peer.media.received if each.kind == kind)


async def numbers_of(track: ReceivedTrack, count: int) -> list[int | None]:
    frames, found = track.frames(), []
    async with asyncio.timeout(10):
        while len(found) < count:
            found.append(read_number(await anext(frames)))
    await frames.aclose()
    return found


async def test_the_first_media_is_a_step_of_the_side_that_receives_it() -> None:
    capture = Capture()

    def steps_of(peer: Peer) -> list[str]:
        return [each.name for each in capture.of(ConnectionPhase, peer.id)]

    async with two_peers(capture, prepare=bars_and_tone) as (one, two):
        await until(lambda: "first-media" in steps_of(two))
        await numbers_of(await track_of(two, "video"), 1)
        assert steps_of(two).count("first-media") == 1
    assert "first-media" not in steps_of(one)


@pytest.mark.slow
@pytest.mark.each_loop
async def test_frames_arrive_in_order_and_their_numbers_are_read_from_the_pixels() -> None:
    async with two_peers(Capture(), prepare=bars) as (_, two):
        numbers = await numbers_of(await track_of(two, "video"), 30)
    assert None not in numbers
    rising = [each for each in numbers if each is not None]
    assert rising == sorted(set(rising))
    assert rising[-1] - rising[0] < 60  # a busy machine may leave some out


@pytest.mark.slow
async def test_a_tone_arrives_with_its_pitch() -> None:
    async with two_peers(Capture(), prepare=bars_and_tone) as (_, two):
        blocks = (await track_of(two, "audio")).blocks()
        samples = array("h")
        async with asyncio.timeout(10):
            while len(samples) < 48_000:
                block = await anext(blocks)
                assert block.sample_rate == 48_000
                loud = max(map(abs, array("h", block.data))) > 1000
                if loud or samples:
                    samples.frombytes(
                        block.data[::1] if block.number_of_channels == 1 else mono(block)
                    )
        await blocks.aclose()
    rising = sum(a < 0 <= b for a, b in itertools.pairwise(samples))
    assert rising / (len(samples) / 48_000) == pytest.approx(440, abs=5)


def mono(block: AudioData) -> bytes:
    return array("h", block.data)[::2].tobytes()


async def test_each_track_is_written_down_where_it_is_sent_and_where_it_comes() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=bars_and_tone) as (one, two):
        await until(lambda: len(two.media.received) == 2)
        await until(lambda: len(capture.of(MediaTrack, one.id)) == 2)
    sent, received = capture.of(MediaTrack, one.id), capture.of(MediaTrack, two.id)
    assert {each.direction for each in sent} == {"sent"}
    assert {each.direction for each in received} == {"received"}
    told = [{(e.kind, e.mid, *e.streams) for e in side} for side in (sent, received)]
    assert told[0] == told[1]
    assert len({each.streams[0] for each in sent}) == 1


async def test_a_handler_is_told_of_each_track_and_may_fail() -> None:
    told: list[str] = []

    def on_track(track: ReceivedTrack) -> None:
        told.append(track.kind)
        raise RuntimeError("mine")

    def prepare(one: Peer, other: Peer) -> None:
        other.media.on_track = on_track
        bars_and_tone(one, other)

    failures: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
    async with two_peers(Capture(), prepare=prepare) as (one, two):
        await one.wait_open()
        await until(lambda: len(told) == 2)
    assert sorted(told) == ["audio", "video"]
    assert len(failures) == 2
    assert two.closed is not None


@pytest.mark.slow
async def test_who_does_not_read_gets_the_newest_and_is_told_how_many_were_dropped() -> None:
    async with two_peers(Capture(), prepare=bars) as (one, two):
        frames = (await track_of(two, "video")).frames(waiting=2)
        await until(lambda: frames.dropped >= 10)
        number = read_number(await anext(frames))
        await frames.aclose()
    assert number is not None
    assert number >= 10
    assert one.media.sent[0].sent > number


async def test_frames_end_when_the_other_side_closes() -> None:
    async with two_peers(Capture(), prepare=bars) as (one, two):
        track = await track_of(two, "video")
        frames = track.frames()
        await anext(frames)
        await one.close()
        async with asyncio.timeout(10):
            _ = [each async for each in frames]
            await track.wait_ended()


class Slow:
    """A source whose every fifth frame takes longer to make than there is time."""

    async def begin(self, at_s: float) -> AsyncIterator[Due[VideoFrame]]:
        async for due in SMALL.begin(at_s):
            if due.at_s and round(due.at_s * 30) % 5 == 0:
                await asyncio.sleep(0.12)
            yield due


@pytest.mark.slow
async def test_frames_that_are_late_are_left_out_and_counted() -> None:
    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(Slow())

    async with two_peers(Capture(), prepare=prepare) as (one, _):
        track = one.media.sent[0]
        await until(lambda: track.sent > 20)
        begun = asyncio.get_running_loop().time()
        sent, skipped = track.sent, track.skipped
        await asyncio.sleep(1)
        passed_s = asyncio.get_running_loop().time() - begun
        taken = track.sent - sent + track.skipped - skipped
    assert track.skipped > 5
    assert taken == pytest.approx(30 * passed_s, abs=6)  # it does not fall behind


@pytest.mark.slow
async def test_frames_that_are_given_are_sent_as_they_come() -> None:
    async def given() -> AsyncIterator[VideoFrame]:
        async for due in SMALL.begin(0):
            await asyncio.sleep(0.02)
            yield dataclasses.replace(due.make(), timestamp_us=0)

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(given())

    async with two_peers(Capture(), prepare=prepare) as (_, two):
        numbers = await numbers_of(await track_of(two, "video"), 10)
    assert None not in numbers


async def test_a_source_that_fails_ends_its_track_and_nothing_else() -> None:
    async def given() -> AsyncIterator[VideoFrame]:
        yield SMALL_FRAME
        raise RuntimeError("out of film")

    def prepare(one: Peer, other: Peer) -> None:
        one.media.send_video(given())
        one.media.send_audio(Tone())

    loop = asyncio.get_running_loop()
    failures: list[object] = []
    loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
    async with two_peers(Capture(), prepare=prepare) as (one, _):
        video, audio = one.media.sent
        await video.wait_ended()
        assert str(video.failed) == "out of film"
        assert len(failures) == 1
        sent = audio.sent
        await until(lambda: audio.sent > sent + 10)
        assert one.is_open


SMALL_FRAME = VideoFrame(2, 2, bytes(6))


async def test_a_track_stops_though_its_source_gives_nothing() -> None:
    async def given() -> AsyncIterator[VideoFrame]:
        await asyncio.Event().wait()
        yield SMALL_FRAME

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(given())

    async with two_peers(Capture(), prepare=prepare) as (one, _):
        await one.wait_open()
        async with asyncio.timeout(5):
            await one.media.sent[0].stop()
            await one.media.sent[0].stop()
        assert one.is_open


@pytest.mark.slow
async def test_a_track_that_is_added_later_is_agreed_on_anew() -> None:
    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_audio(Tone())

    async with two_peers(Capture(), prepare=prepare) as (one, two):
        await two.wait_open()
        await track_of(two, "audio")
        one.media.send_video(SMALL)
        assert None not in await numbers_of(await track_of(two, "video"), 5)
        two.media.send_video(SMALL)
        assert None not in await numbers_of(await track_of(one, "video"), 5)


async def test_a_peer_that_never_connects_leaves_no_track_behind() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        track = peer.media.send_video(SMALL)
        await peer.offer()
    async with asyncio.timeout(5):
        await track.wait_ended()
    assert track.sent == 0


# Codecs


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["VP8", "VP9", "AV1"])
async def test_the_codec_that_is_wanted_is_used(codec: str) -> None:
    options = PeerOptions(codecs=(codec, "opus"))
    async with two_peers(Capture(), options=options, prepare=bars_and_tone) as (one, two):
        await numbers_of(await track_of(two, "video"), 5)
        sent, received = await one.media.codecs(), await two.media.codecs()
    assert [(e.direction, e.name) for e in sent if e.kind == "video"] == [("sent", codec)]
    assert [(e.direction, e.name) for e in received if e.kind == "video"] == [("received", codec)]
    sound = next(each for each in received if each.kind == "audio")
    assert (sound.name, sound.clock_rate, sound.channels) == ("opus", 48_000, 2)
    assert "useinbandfec=1" in sound.fmtp
    assert 96 <= sound.payload_type <= 127


async def test_what_was_agreed_on_is_told_in_its_order_for_each_direction() -> None:
    def prepare(one: Peer, other: Peer) -> None:
        bars_and_tone(one, other)
        bars(other, one)

    one_likes = PeerOptions(codecs=("VP9", "VP8", "opus", "PCMU"))
    two_likes = PeerOptions(codecs=("VP8", "AV1", "VP9", "PCMU", "opus"))
    async with two_peers(Capture(), options=one_likes, other=two_likes, prepare=prepare) as (
        one,
        two,
    ):
        assert one.media.negotiated() == []
        await one.wait_open()
        await until(lambda: one.is_stable and two.is_stable)
        told, there = [
            {(each.direction, each.kind): each.names for each in peer.media.negotiated()}
            for peer in (one, two)
        ]
    assert told == {
        ("sent", "video"): ("VP8", "VP9"),
        ("received", "video"): ("VP9", "VP8"),
        ("sent", "audio"): ("PCMU", "opus"),
    }
    assert there == {
        ("sent", "video"): ("VP9", "VP8"),
        ("received", "video"): ("VP8", "VP9"),
        ("received", "audio"): ("PCMU", "opus"),
    }


@pytest.mark.slow
async def test_an_answerer_sends_with_its_own_first_choice() -> None:
    def prepare(one: Peer, other: Peer) -> None:
        bars(one, other)
        bars(other, one)

    one_likes, two_likes = PeerOptions(codecs=("VP8", "VP9")), PeerOptions(codecs=("VP9", "VP8"))
    async with two_peers(Capture(), options=one_likes, other=two_likes, prepare=prepare) as pair:
        for peer in pair:
            await numbers_of(await track_of(peer, "video"), 5)
        names = [
            next(each.name for each in await peer.media.codecs() if each.direction == "sent")
            for peer in pair
        ]
    assert names == ["VP8", "VP9"]


@pytest.mark.slow
async def test_the_codec_is_switched_while_frames_are_sent() -> None:
    async with two_peers(Capture(), prepare=bars) as (one, two):
        track = await track_of(two, "video")
        await numbers_of(track, 3)
        for name in ("VP9", "VP8"):
            await one.media.sent[0].use_codec(name)
            for _ in range(100):
                await numbers_of(track, 1)
                if {each.name for each in await two.media.codecs()} == {name}:
                    break
            else:
                pytest.fail(f"{name} does not arrive")
        with pytest.raises(UsageError, match="not agreed on H264"):
            await one.media.sent[0].use_codec("H264")


async def test_a_codec_that_the_engine_does_not_have_is_refused_at_once() -> None:
    capture = Capture()
    with pytest.raises(UsageError, match="no codec 'H266'"):
        async with open_peer(
            timeline=capture.timeline, sink=capture.sink, options=PeerOptions(codecs=("H266",))
        ):
            pass


# Files


async def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.webm").write_text("no video")
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        for name in ("text.webm", "missing.webm"):
            with pytest.raises(MediaFileError, match=name):
                peer.media.send_file(tmp_path / name)
        assert not peer.media.sent
