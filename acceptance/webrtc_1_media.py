"""Messages, pictures and sound both ways with Chromium: played there, recorded here.

Messages go over channels of every reliability, with Chromium in both roles. Colour bars and a tone,
coded as VP8 and as VP9 with Opus, play in Chromium for 30 s: more than 98 % of the frames are
decoded, and less than 1 % of the sound has to be made up. Chromium's camera and microphone, both
made up by it, are recorded as VP8, VP9 and AV1, into WebM and MP4; ffprobe counts what is in the
file, and a player decodes it. How far sound and picture of a recording are apart is said by a flash
and a beep that were made together: by a peer of ours, of which the worst counts, and by a page,
which is late with its pictures by itself, of which the median does.

The sound that is made up is counted from the moment when the first picture is seen.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from acceptance.webrtc_1_channels import carries
from tests.interop.test_webrtc_media import CAPTURE, FLASH_AND_BEEP, connected, inbound
from tests.support.parts import PARTS
from tests.support.peers import Capture, two_peers, until
from tests.support.playback import Playback, play
from wirescope.transports.webrtc import Peer, PeerOptions
from wirescope.transports.webrtc.media import ColourBars, Tone, record

PLAYED_S = 30
RECORDED_S = 10
LEAST_DECODED = 0.98
MOST_CONCEALED = 0.01
MOST_APART_S = 0.04
RECORDED_AS = (("VP8", "webm"), ("VP9", "webm"), ("AV1", "webm"), ("VP9", "mp4"), ("AV1", "mp4"))


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


async def records(chromium: str, ffprobe: str, codec: str, path: Path) -> bool:
    """Record Chromium's camera and microphone, and have ffprobe count what is in the file."""
    async with connected(chromium, options=PeerOptions(codecs=(codec, "opus"))) as (peer, page, _):
        await page.ask(CAPTURE)
        await until(lambda: len(peer.media.received) == 2)
        async with record(peer.media, path) as recording:
            await until(lambda: recording.length_s > RECORDED_S, 60)
        taken = next(each.frames for each in recording.tracks if each.kind == "video")
    played = await asyncio.to_thread(play, path)
    counted, length_s = await asyncio.to_thread(probed, ffprobe, path)
    print(
        f"{codec:4} + Opus from Chromium to {path.suffix[1:]:4}: {taken} frames arrived, ffprobe"
        f" counts {counted} in {length_s:.2f} s ({recording.length_s:.2f} s arrived),"
        f" {len(played.times_s)} decoded, {played.sound_s:.2f} s of sound",
        flush=True,
    )
    whole = len(played.times_s) == counted == taken > 0.9 * 20 * RECORDED_S
    return whole and abs(length_s - recording.length_s) < 0.2


def probed(ffprobe: str, path: Path) -> tuple[int, float]:
    """Have ffprobe decode a file; how many pictures it counts, and how many seconds it tells."""
    command = [ffprobe, "-v", "error", "-count_frames", "-of", "json"]
    command += ["-show_entries", "stream=codec_type,nb_read_frames:format=duration", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    video = next(each for each in said["streams"] if each["codec_type"] == "video")
    return int(video["nb_read_frames"]), float(said["format"]["duration"])


async def page_in_step(chromium: str, path: Path) -> bool:
    """Measure how far a flash and a beep of a page are apart in a recording."""
    options = PeerOptions(codecs=("VP9", "opus"))
    async with connected(chromium, options=options) as (peer, page, _):
        await page.ask(FLASH_AND_BEEP)
        await until(lambda: len(peer.media.received) == 2)
        async with record(peer.media, path) as recording:
            await until(lambda: recording.length_s > RECORDED_S, 60)
    offsets = apart(await asyncio.to_thread(play, path), f"from Chromium in {path.suffix[1:]}")
    return len(offsets) >= RECORDED_S - 2 and abs(statistics.median(offsets)) < MOST_APART_S


async def peers_in_step(codec: str, path: Path) -> bool:
    """Measure how far those of our own are apart."""
    options = PeerOptions(codecs=(codec, "opus"))
    async with (
        two_peers(Capture(), options=options, prepare=lambda one, _: flash_and_beep(one)) as (
            _,
            two,
        ),
        record(two.media, path) as recording,
    ):
        await until(lambda: recording.length_s > RECORDED_S, 60)
    what = f"{codec} from Python in {path.suffix[1:]}"
    offsets = apart(await asyncio.to_thread(play, path), what)
    return len(offsets) >= RECORDED_S - 2 and max(map(abs, offsets)) < MOST_APART_S


def apart(played: Playback, what: str) -> list[float]:
    """Say how far flashes and beeps of a file are apart; a positive time is a beep that is late."""
    offsets = [
        beep_s - flash_s
        for flash_s in played.flashes_s
        for beep_s in played.beeps_s
        if abs(flash_s - beep_s) < 0.5
    ]
    median_s, worst_s = statistics.median(offsets or [1]), max(map(abs, offsets), default=1)
    print(
        f"flash and beep {what}: {len(offsets)} pairs, median {1000 * median_s:+.1f} ms,"
        f" worst {1000 * worst_s:.1f} ms apart",
        flush=True,
    )
    return offsets


async def run() -> list[bool]:
    """Show all of it."""
    parts = {name: PARTS[name]() for name in ("chromium", "ffprobe")}
    missing = [name for name, path in parts.items() if path is None]
    if missing:
        raise SystemExit(f"Install {' and '.join(missing)} (of ffmpeg) and run this again.")
    chromium, ffprobe = map(str, parts.values())
    results = [await carries(chromium, offerer) for offerer in ("Python", "Chromium")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results += [await plays(chromium, codec) for codec in ("VP8", "VP9")]
        for codec, suffix in RECORDED_AS:
            path = folder / f"camera-{codec}.{suffix}"
            results.append(await records(chromium, ffprobe, codec, path))
        for suffix in ("webm", "mp4"):
            results.append(await page_in_step(chromium, folder / f"page.{suffix}"))
        for codec, suffix in RECORDED_AS:
            results.append(await peers_in_step(codec, folder / f"flash-{codec}.{suffix}"))
    return results


def main() -> int:
    """Print the figures; 1 when one of them falls short."""
    return 0 if all(asyncio.run(run())) else 1


if __name__ == "__main__":
    sys.exit(main())
