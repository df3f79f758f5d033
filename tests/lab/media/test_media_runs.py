"""Media over a real link: what is played is what was said, what is shown what was made."""

import asyncio
import io
import wave

import pytest

from wirescope.lab import Cell, TransportName
from wirescope.lab.ends import Starter
from wirescope.lab.media import (
    VideoRun,
    VoiceRun,
    run_video,
    run_voice,
    video_section,
    voice_section,
)
from wirescope.link import Direction, symmetric
from wirescope.transports.link import why_not

WHY_NOT = why_not()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"no emulated network: {WHY_NOT}"),
]

LINK = symmetric("near", Direction(delay_ms=10))


async def run_both(starter: Starter, transport: TransportName) -> tuple[VoiceRun, VideoRun]:
    voice, video = (
        Cell(workload=each, transport=transport, link="near") for each in ("voice", "video")
    )
    return await asyncio.gather(
        run_voice(voice, link=LINK, starter=starter, seconds=0.6),
        run_video(video, link=LINK, starter=starter, seconds=0.6, keeps=1),
    )


def check(found: VoiceRun, *, least_ms: float) -> None:
    hearing = found.hearing
    assert found.own_concealed is not None
    assert len(hearing.latencies_ms) == 30
    assert hearing.concealed < 0.5
    assert hearing.p50_ms is not None
    assert hearing.p50_ms > least_ms


def check_video(found: VideoRun) -> None:
    seen = found.watching
    assert (seen.made, seen.unread) == (18, 0)
    assert seen.shown > 0.5
    assert seen.p50_ms is not None
    assert seen.p50_ms > 10
    (picture,) = found.pictures
    assert (picture.width, picture.height) == (320, 180)


async def test_what_was_said_and_made_is_played_and_shown_late() -> None:
    async with Starter() as starter:
        rtp, websocket = await asyncio.gather(
            run_both(starter, "media"), run_both(starter, "websocket")
        )
    # the link, a packet of sound, what Opus looks ahead, and over WebSocket the playout buffer
    check(rtp[0], least_ms=10 + 20 + 6)
    check(websocket[0], least_ms=10 + 20 + 6 + 100)
    assert "concealedSamples" in rtp[0].statistics
    assert not websocket[0].statistics
    check_video(rtp[1])
    check_video(websocket[1])
    assert "freezeCount" in rtp[1].statistics

    voices = voice_section([rtp[0], websocket[0]], playout_ms=100)
    videos = video_section([rtp[1], websocket[1]])
    assert [len(each.rows) for each in (voices, videos)] == [2, 2]
    assert [each.kind for each in videos.clips] == ["image/png", "image/png"]
    assert len(voices.clips) == 4
    for clip in voices.clips:
        with wave.open(io.BytesIO(clip.data)) as file:
            assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
            assert any(file.readframes(file.getnframes()))
