"""Our peer and Chromium's, both ways: pictures and sound, played there and recorded here."""

import asyncio
import shutil
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.page_peer import PagePeer, page_peer
from tests.support.peers import Capture, two_peers, until
from tests.support.playback import play
from wirescope.events import MediaTrack
from wirescope.transports.webrtc import Peer, PeerOptions, negotiate, open_peer
from wirescope.transports.webrtc.media import ColourBars, Tone, record

pytestmark = [
    pytest.mark.slow,
    pytest.mark.quiet,
    pytest.mark.requires("chromium"),
    pytest.mark.timeout(90),
]

PLAY = """() => {
  peer.pc.addEventListener("track", ({ track }) => {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    peer[track.kind] = element;
  });
}"""

CAPTURE = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true, video: { width: 640, height: 360, frameRate: 20 },
  });
  for (const track of stream.getTracks()) peer.pc.addTrack(track, stream);
}"""

# A white picture and a beep for the first tenth of each second, on the clock of the sound.
FLASH_AND_BEEP = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const context = canvas.getContext("2d");
  const sound = new AudioContext({ sampleRate: 48000 });
  await sound.resume();
  const [output, gain] = [sound.createMediaStreamDestination(), sound.createGain()];
  const tone = new OscillatorNode(sound, { frequency: 1000 });
  gain.gain.value = 0;
  tone.connect(gain).connect(output);
  tone.start();
  const first = Math.ceil(sound.currentTime) + 1;
  for (let second = first; second < first + 30; second += 1) {
    gain.gain.setValueAtTime(0.5, second);
    gain.gain.setValueAtTime(0, second + 0.1);
  }
  setInterval(() => {
    const time = sound.currentTime;
    context.fillStyle = time >= first && time % 1 < 0.1 ? "#fff" : "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#555";  // something has to move, or no picture is sent
    context.fillRect(0, 160, (performance.now() / 10) % canvas.width, 20);
  }, 10);
  const stream = canvas.captureStream(30);
  for (const [track] of [stream.getVideoTracks(), output.stream.getAudioTracks()]) {
    peer.pc.addTrack(track, stream);
  }
}"""

# What the lowest band of the colour bars has: 24 bits of number, 8 of check.
READ_NUMBER = """() => {
  const { video } = peer;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const cell = canvas.width / 32;
  const pixels = context.getImageData(0, canvas.height - 8, canvas.width, 1).data;
  let bits = "";
  for (let index = 0; index < 32; index += 1) {
    bits += pixels[4 * Math.floor((index + 0.5) * cell)] > 125 ? "1" : "0";
  }
  return [parseInt(bits.slice(0, 24), 2), parseInt(bits.slice(24), 2)];
}"""


@asynccontextmanager
async def connected(
    path: str,
    *,
    options: PeerOptions | None = None,
    prepare: Callable[[Peer], object] = lambda _: None,
) -> AsyncIterator[tuple[Peer, PagePeer, Capture]]:
    """Connect our peer and a page with a camera and a microphone."""
    capture = Capture()
    async with (
        page_peer(path, camera=True) as page,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as peer,
    ):
        await page.ask(PLAY)
        prepare(peer)
        async with negotiate(peer, page, polite=False):
            yield peer, page, capture


async def inbound(page: PagePeer, kind: str) -> dict[str, Any]:
    """Give the page's statistics of a kind of media that it receives."""
    report = await page.ask("() => peer.statistics()")
    codecs = {each["id"]: each["mimeType"] for each in report if each["type"] == "codec"}
    found = [e for e in report if e["type"] == "inbound-rtp" and e["kind"] == kind]
    return {**found[0], "codec": codecs.get(found[0].get("codecId"))} if found else {}


@pytest.mark.parametrize("codec", ["VP8", "VP9"])
async def test_chromium_plays_generated_pictures_and_sound(
    real_part: Callable[[str], str], codec: str
) -> None:
    def prepare(peer: Peer) -> None:
        peer.media.send_video(ColourBars())
        peer.media.send_audio(Tone())

    options = PeerOptions(codecs=(codec, "opus"))
    async with connected(real_part("chromium"), options=options, prepare=prepare) as (
        peer,
        page,
        _,
    ):
        await page.until("() => peer.video?.currentTime > 1")
        concealed, last = [], await inbound(page, "audio")
        for _ in range(5):
            await asyncio.sleep(1.5)
            audio = await inbound(page, "audio")
            concealed.append(
                (audio["concealedSamples"] - last["concealedSamples"])
                / (audio["totalSamplesReceived"] - last["totalSamplesReceived"])
            )
            last = audio
        video, audio = await inbound(page, "video"), last
        number, check = await page.ask(READ_NUMBER)
        await peer.close()
    assert video["codec"] == f"video/{codec}"
    assert audio["codec"] == "audio/opus"
    assert video["framesReceived"] > 200
    assert video["framesDecoded"] >= 0.98 * video["framesReceived"]
    assert video["framesDropped"] <= 0.02 * video["framesReceived"]
    assert video["packetsLost"] == 0
    # A machine that is busy may stop this one for longer than sound is buffered.
    assert statistics.median(concealed) < 0.01
    assert audio["totalAudioEnergy"] > 0
    assert check == (number ^ number >> 8 ^ number >> 16 ^ 0xA5) & 0xFF
    assert 100 < number < 1000


@pytest.mark.parametrize("codec", ["VP8", "VP9", "AV1"])
async def test_chromiums_camera_and_microphone_are_recorded(
    real_part: Callable[[str], str], tmp_path: Path, codec: str
) -> None:
    path = tmp_path / "call.webm"
    options = PeerOptions(codecs=(codec, "opus"))
    async with connected(real_part("chromium"), options=options) as (peer, page, capture):
        await page.ask(CAPTURE)
        await until(lambda: len(peer.media.received) == 2)
        async with record(peer.media, path) as recording:
            await until(lambda: recording.length_s > 5, 25)
        video = next(each for each in recording.tracks if each.kind == "video")
    played = await asyncio.to_thread(play, path)
    assert {each.kind for each in capture.of(MediaTrack)} == {"audio", "video"}
    assert sorted(played.codecs) == sorted([codec.lower(), "opus"])
    assert len(played.times_s) == video.frames
    assert len(played.times_s) == pytest.approx(20 * played.times_s[-1], rel=0.15)
    assert played.sound_s == pytest.approx(recording.length_s, abs=0.3)
    assert played.length_s == pytest.approx(recording.length_s, abs=0.2)
    assert played.beeps_s


PLAY_FILE = """async (address) => {
  const video = document.createElement("video");
  document.body.append(video);
  video.src = address;
  const over = new Promise((done) => {
    video.onended = () => done("ended");
    video.onerror = () => done(video.error.message);
  });
  await video.play();
  const how = await over;
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return { how, at: video.currentTime, frames: totalVideoFrames, dropped: droppedVideoFrames,
           width: video.videoWidth, sound: video.webkitAudioDecodedByteCount };
}"""


@pytest.mark.parametrize(
    ("codec", "suffix"), [("VP8", "webm"), ("VP9", "mp4")], ids=["WebM", "MP4"]
)
async def test_chromium_plays_a_recording_and_one_that_a_kill_has_cut(
    real_part: Callable[[str], str], tmp_path: Path, codec: str, suffix: str
) -> None:
    path, cut = tmp_path / f"call.{suffix}", tmp_path / f"cut.{suffix}"

    def prepare(one: Peer, _: Peer) -> None:
        one.media.send_video(ColourBars(width=320, height=180))
        one.media.send_audio(Tone())

    options = PeerOptions(codecs=(codec, "opus"))
    async with (
        two_peers(Capture(), options=options, prepare=prepare) as (_, two),
        record(two.media, path) as recording,
    ):
        await until(lambda: recording.length_s > 2.5, 20)
        shutil.copy(path, cut)  # what a program leaves that is killed now
        killed_at_s = recording.length_s
    video = next(each for each in recording.tracks if each.kind == "video")
    async with page_peer(real_part("chromium"), camera=True, began=False) as page:
        for each in (path, cut):
            await page.page.route(f"**/{each.name}", lambda route: route.fulfill(path=each))  # noqa: B023
            found = await page.ask(PLAY_FILE, f"/{each.name}")
            assert found["how"] == "ended"
            assert found["width"] == 320
            assert found["sound"] > 1000
            if each is path:
                assert found["at"] == pytest.approx(recording.length_s, abs=0.2)
                assert found["frames"] >= 0.95 * video.frames
            else:
                assert found["at"] > killed_at_s - 2


async def test_sound_and_picture_of_a_page_are_recorded_in_step(
    real_part: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "call.webm"
    async with connected(real_part("chromium")) as (peer, page, _):
        await page.ask(FLASH_AND_BEEP)
        await until(lambda: len(peer.media.received) == 2)
        async with record(peer.media, path) as recording:
            await until(lambda: recording.length_s > 6, 25)
    played = await asyncio.to_thread(play, path)
    offsets = [
        flash_s - beep_s
        for flash_s in played.flashes_s
        for beep_s in played.beeps_s
        if abs(flash_s - beep_s) < 0.5
    ]
    assert len(offsets) >= 4
    # The page itself is about 20 ms late with its pictures: it draws, and then they are captured.
    assert abs(statistics.median(offsets)) < 0.04
