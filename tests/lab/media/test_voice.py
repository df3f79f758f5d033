"""Voice over a real link: what is played is what was said, and when."""

import asyncio
import io
import wave

import pytest

from wirescope.lab import Cell, TransportName
from wirescope.lab.ends import Starter
from wirescope.lab.media import VoiceRun, run_voice, voice_section
from wirescope.link import Direction, symmetric
from wirescope.transports.link import why_not

WHY_NOT = why_not()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"no emulated network: {WHY_NOT}"),
]

LINK = symmetric("near", Direction(delay_ms=10))


async def run(transport: TransportName, starter: Starter) -> VoiceRun:
    cell = Cell(workload="voice", transport=transport, link="near")
    return await run_voice(cell, link=LINK, starter=starter, seconds=0.6)


def check(found: VoiceRun, *, least_ms: float) -> None:
    hearing = found.hearing
    assert found.own_concealed is not None
    assert len(hearing.latencies_ms) == 30
    assert hearing.concealed < 0.5
    assert hearing.p50_ms is not None
    assert hearing.p50_ms > least_ms


async def test_what_was_said_is_played_late_and_shown() -> None:
    async with Starter() as starter:
        over_rtp, over_websocket = await asyncio.gather(
            run("media", starter), run("websocket", starter)
        )
    # the link, a packet of sound, what Opus looks ahead, and over WebSocket the playout buffer
    check(over_rtp, least_ms=10 + 20 + 6)
    check(over_websocket, least_ms=10 + 20 + 6 + 100)
    assert "concealedSamples" in over_rtp.statistics
    assert not over_websocket.statistics

    section = voice_section([over_rtp, over_websocket], playout_ms=100)
    assert len(section.rows) == 2
    assert len(section.clips) == 4
    for clip in section.clips:
        with wave.open(io.BytesIO(clip.data)) as file:
            assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
            assert any(file.readframes(file.getnframes()))
