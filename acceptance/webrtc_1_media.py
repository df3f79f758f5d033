"""Pictures and sound both ways with Chromium: played there, recorded here.

Colour bars and a tone, coded as VP8 and as VP9 with Opus, play in Chromium for 30 s: more than 98 %
of the frames are decoded, and less than 1 % of the sound has to be made up. Chromium's camera and
microphone, both made up by it, are recorded as VP8, VP9 and AV1, and the libraries of FFmpeg decode
and count what is in the file. Two of our own peers say how far sound and picture of a recording are
apart, by a flash and a beep that were made together.

The sound that is made up is counted from the moment when the first picture is seen.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from tests.interop.test_webrtc_media import CAPTURE, connected, inbound
from tests.support.parts import PARTS
from tests.support.peers import Capture, two_peers, until
from tests.support.playback import play
from wirescope.transports.webrtc import Peer, PeerOptions
from wirescope.transports.webrtc.media import ColourBars, Tone, record

PLAYED_S = 30
RECORDED_S = 10
LEAST_DECODED = 0.98
MOST_CONCEALED = 0.01
MOST_APART_S = 0.04


def flash_and_beep(peer: Peer) -> None:
    """Send pictures and sound that mark each second."""
    peer.media.send_video(ColourBars(flash=True))
    peer.media.send_audio(Tone(frequency_hz=1000, beep=True))


def bars_and_tone(peer: Peer) -> None:
    """Send pictures and sound without a pause."""
    peer.media.send_video(ColourBars())
    peer.media.send_audio(Tone())


async def plays(chromium: str, codec: str) -> bool:
    """Let Chromium play what is generated."""
    options = PeerOptions(codecs=(codec, "opus"))
    async with connected(chromium, options=options, prepare=bars_and_tone) as (peer, page, _):
        await page.until("() => peer.video?.currentTime > 0.5")
        before = await inbound(page, "audio")
        await asyncio.sleep(PLAYED_S)
        video, audio = await inbound(page, "video"), await inbound(page, "audio")
        sent = peer.media.sent[0]
    decoded = video["framesDecoded"] / video["framesReceived"]
    concealed = audio["concealedSamples"] - before["concealedSamples"]
    share = concealed / (audio["totalSamplesReceived"] - before["totalSamplesReceived"])
    print(
        f"{codec:4} + Opus to Chromium, {PLAYED_S} s: {video['framesDecoded']} of"
        f" {video['framesReceived']} frames decoded ({decoded:.2%}), {sent.sent} sent,"
        f" {sent.skipped} skipped as late; {share:.2%} of the sound concealed"
    )
    codecs = (video["codec"], audio["codec"]) == (f"video/{codec}", "audio/opus")
    return codecs and decoded > LEAST_DECODED and share < MOST_CONCEALED


async def records(chromium: str, codec: str, folder: Path) -> bool:
    """Record Chromium's camera and microphone."""
    path = folder / f"camera-{codec}.webm"
    async with connected(chromium, options=PeerOptions(codecs=(codec, "opus"))) as (peer, page, _):
        await page.ask(CAPTURE)
        await until(lambda: len(peer.media.received) == 2)
        async with record(peer.media, path) as recording:
            await until(lambda: recording.length_s > RECORDED_S, 60)
        taken = next(each.frames for each in recording.tracks if each.kind == "video")
    played = await asyncio.to_thread(play, path)
    length_s = played.length_s or 0
    print(
        f"{codec:4} + Opus from Chromium, recorded: {taken} frames arrived,"
        f" {len(played.times_s)} in the file, {length_s:.2f} s long"
        f" ({recording.length_s:.2f} s arrived), {played.sound_s:.2f} s of sound"
    )
    whole = len(played.times_s) == taken > 0.9 * 20 * RECORDED_S
    return whole and abs(length_s - recording.length_s) < 0.2


async def in_step(codec: str, folder: Path) -> bool:
    """Measure how far a flash and a beep are apart in a recording."""
    path = folder / f"flash-{codec}.webm"
    options = PeerOptions(codecs=(codec, "opus"))
    async with (
        two_peers(Capture(), options=options, prepare=lambda one, _: flash_and_beep(one)) as (
            _,
            two,
        ),
        record(two.media, path) as recording,
    ):
        await until(lambda: recording.length_s > RECORDED_S, 60)
    played = await asyncio.to_thread(play, path)
    offsets = [
        beep_s - flash_s
        for flash_s in played.flashes_s
        for beep_s in played.beeps_s
        if abs(flash_s - beep_s) < 0.5
    ]
    worst = max(map(abs, offsets), default=1)
    print(
        f"{codec:4} + Opus, flash and beep in a recording: {len(offsets)} pairs, median"
        f" {1000 * statistics.median(offsets or [1]):+.1f} ms, worst {1000 * worst:.1f} ms apart"
    )
    return len(offsets) >= RECORDED_S - 2 and worst < MOST_APART_S


async def run() -> list[bool]:
    """Show all of it."""
    chromium = PARTS["chromium"]()
    if chromium is None:
        raise SystemExit("Chromium is needed; install it and run this again.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = [await plays(chromium, codec) for codec in ("VP8", "VP9")]
        results += [await records(chromium, codec, folder) for codec in ("VP8", "VP9", "AV1")]
        results += [await in_step(codec, folder) for codec in ("VP8", "VP9", "AV1")]
    return results


def main() -> int:
    """Print the figures; 1 when one of them falls short."""
    return 0 if all(asyncio.run(run())) else 1


if __name__ == "__main__":
    sys.exit(main())
