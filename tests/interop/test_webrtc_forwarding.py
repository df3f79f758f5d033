"""Chromium publishes and watches; what is between them forwards without decoding."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support.forwarding import forwarding, lose, watching
from tests.support.peers import Capture, until
from wirescope.transports.webrtc.packets import Forwarder, Publisher, Viewer

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.slow]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]

PAGE = """<!doctype html><video id="video" autoplay playsinline muted></video><script>
const video = document.getElementById("video");
const prefer = (transceiver, codec) => {
  const all = RTCRtpReceiver.getCapabilities("video").codecs;
  const isFirst = ({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`.toLowerCase();
  const rest = all.filter((each) => !isFirst(each));
  transceiver.setCodecPreferences([...all.filter(isFirst), ...rest]);
};
const described = async () => {
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await new Promise((next) => setTimeout(next, 10));
  return pc.localDescription.sdp;
};
const publish = async (codec, layers) => {
  window.pc = new RTCPeerConnection();
  const size = layers ? { width: 1280, height: 720 } : { width: 640, height: 360 };
  const wanted = { audio: true, video: { ...size, frameRate: 30 } };
  const media = await navigator.mediaDevices.getUserMedia(wanted);
  const [sound, picture] = [...media.getAudioTracks(), ...media.getVideoTracks()];
  const init = { direction: "sendonly", streams: [media] };
  pc.addTransceiver(sound, init);
  const layer = (by, at) => (
    { rid: "qhf"[at], scaleResolutionDownBy: by, maxBitrate: 1200000 / by ** 2 }
  );
  if (layers) init.sendEncodings = [4, 2, 1].map(layer);
  prefer(pc.addTransceiver(picture, init), codec);
  return described();
};
const watch = async () => {
  window.pc = new RTCPeerConnection();
  pc.addTransceiver("audio", { direction: "recvonly" });
  pc.addTransceiver("video", { direction: "recvonly" });
  const media = new MediaStream();
  pc.ontrack = ({ track }) => { media.addTrack(track); video.srcObject = media; };
  return described();
};
const take = (sdp) => pc.setRemoteDescription({ type: "answer", sdp });
const statistics = async () => [...(await pc.getStats()).values()];
</script>"""


@dataclass
class Tab:
    page: Page

    async def run(self, session: Publisher | Viewer, script: str) -> None:
        """Exchange descriptions with a session; `script` gives the offer."""
        answer = await session.answer(await self.page.evaluate(script))
        await self.page.evaluate("take", answer)

    async def statistics(self, type_: str, kind: str = "") -> list[dict[str, Any]]:
        report = await self.page.evaluate("statistics()")
        return [e for e in report if e["type"] == type_ and kind in ("", e.get("kind"))]


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def tab(browser: Browser) -> Tab:
    page = await browser.new_page()
    await page.route(
        "http://localhost/**", lambda route: route.fulfill(body=PAGE, content_type="text/html")
    )
    await page.goto("http://localhost/")
    return Tab(page)


async def publish(
    browser: Browser, forwarder: Forwarder, codec: str, *, layers: bool = False
) -> Tab:
    made = await tab(browser)
    session = await forwarder.publish()
    await made.run(session, f"publish('{codec}', {str(layers).lower()})")
    await until(lambda: session.is_open)
    return made


async def watch(browser: Browser, forwarder: Forwarder) -> Tab:
    made = await tab(browser)
    await made.run(await forwarder.watch(), "watch()")
    return made


async def one(tab: Tab, type_: str, kind: str) -> dict[str, Any]:
    return (await tab.statistics(type_, kind))[0]


@pytest.mark.parametrize("codec", ["VP8", "VP9"])
async def test_a_page_and_an_engine_peer_see_and_hear_what_a_page_publishes(
    codec: str, real_part: Callable[[str], str]
) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        publisher = await publish(browser, forwarder, codec)
        viewer = await watch(browser, forwarder)
        await viewer.page.wait_for_function("video.currentTime > 0", timeout=3000)
        async with watching(forwarder) as engine:
            await until(lambda: engine.frames > 60)
            assert engine.sizes == {(640, 360)}
        seen, heard = [await one(viewer, "inbound-rtp", kind) for kind in ("video", "audio")]
        assert seen["framesDecoded"] > 0.95 * seen["framesReceived"]
        assert (seen["freezeCount"], seen["packetsLost"], heard["packetsLost"]) == (0, 0, 0)
        assert heard["concealedSamples"] < 0.05 * heard["totalSamplesReceived"]
        sent = await one(publisher, "outbound-rtp", "video")
        assert sent["pliCount"] == 2  # one for each viewer that joined
        record = forwarder.record().publisher
        assert record is not None
        assert {each.codec for each in record.streams} == {codec, "opus"}


async def test_the_publishers_estimate_of_the_bandwidth_rises(
    real_part: Callable[[str], str],
) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        publisher = await publish(browser, forwarder, "VP8")
        estimates: list[float] = []
        for _ in range(60):
            await asyncio.sleep(0.1)
            pairs = await publisher.statistics("candidate-pair")
            estimates += [
                e["availableOutgoingBitrate"] for e in pairs if "availableOutgoingBitrate" in e
            ]
            if estimates and estimates[-1] > 1_500_000:
                break
        assert estimates[-1] > 1_500_000  # it begins with 300 000


async def test_a_page_that_loses_packets_recovers_them(real_part: Callable[[str], str]) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        await publish(browser, forwarder, "VP8")
        bad, good = [await watch(browser, forwarder) for _ in range(2)]
        await bad.page.wait_for_function("video.currentTime > 0", timeout=5000)
        lose(forwarder._viewers[0], 0.03)
        await asyncio.sleep(5)
        lossy, clean = [await one(each, "inbound-rtp", "video") for each in (bad, good)]
        assert lossy["nackCount"] > 0
        assert lossy["framesDecoded"] > 0.95 * clean["framesDecoded"]
        assert (clean["nackCount"], clean["packetsLost"], clean["pliCount"]) == (0, 0, 0)


async def test_a_viewer_gets_the_layer_that_is_chosen(real_part: Callable[[str], str]) -> None:
    async with chromium(real_part("chromium")) as browser, forwarding(Capture()) as forwarder:
        publisher = await publish(browser, forwarder, "VP8", layers=True)
        viewer = await watch(browser, forwarder)
        for rid, pixels in (("q", 320), ("h", 640), ("q", 320)):
            # higher layers are sent once the estimate has risen
            while rid not in layers(forwarder):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            forwarder.choose_layer(forwarder._viewers[0], rid)
            await viewer.page.wait_for_function(f"video.videoWidth === {pixels}", timeout=3000)
            before = (await one(viewer, "inbound-rtp", "video"))["framesDecoded"]
            await asyncio.sleep(1)
            after = (await one(viewer, "inbound-rtp", "video"))["framesDecoded"]
            assert after - before > 10
        seen = await one(viewer, "inbound-rtp", "video")
        assert (seen["freezeCount"], seen["packetsLost"], seen["nackCount"]) == (0, 0, 0)
        rids = {each["rid"] for each in await publisher.statistics("outbound-rtp", "video")}
        assert rids == {"q", "h", "f"}


def layers(forwarder: Forwarder) -> set[str]:
    record = forwarder.record().publisher
    assert record is not None
    return {each.rid for each in record.streams if each.packets > 100}
