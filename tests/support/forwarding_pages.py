"""Pages of Chromium that publish what its fake devices make, and watch."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.support.chromium import ARGUMENTS
from tests.support.page_peer import FAKE_DEVICES, OWN_ARGUMENTS, SECURE_PAGE
from tests.support.udp_relay import Answer

PAGE = """<!doctype html><video id="video" autoplay playsinline muted></video><script>
const video = document.getElementById("video");
const prefer = (transceiver, codec) => {
  const all = RTCRtpReceiver.getCapabilities("video").codecs;
  const isFirst = ({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`.toLowerCase();
  const rest = all.filter((each) => !isFirst(each));
  transceiver.setCodecPreferences([...all.filter(isFirst), ...rest]);
};
const begun = async () => {
  await pc.setLocalDescription();
  return pc.localDescription.sdp;  // without addresses: the server finds this end by its checks
};
const described = async () => {
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await new Promise((next) => setTimeout(next, 10));
  return pc.localDescription.sdp;
};
const noise = ({ width, height, rate }) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  setInterval(() => {
    for (let at = 0; at < image.data.length; at += 65536) {
      crypto.getRandomValues(image.data.subarray(at, at + 65536));
    }
    context.putImageData(image, 0, 0);
  }, 1000 / rate);
  return canvas.captureStream(rate).getVideoTracks()[0];
};
const publish = async ({ codec, width, height, rate, layers, bitrate, noisy }) => {
  window.pc = new RTCPeerConnection();
  const wanted = { audio: true, video: { width, height, frameRate: rate } };
  const media = await navigator.mediaDevices.getUserMedia(wanted);
  const [sound] = media.getAudioTracks();
  const picture = noisy ? noise({ width, height, rate }) : media.getVideoTracks()[0];
  const init = { direction: "sendonly", streams: [media] };
  pc.addTransceiver(sound, init);
  const layer = (by, at) => ({
    rid: "qhf"[at], scaleResolutionDownBy: by, maxBitrate: bitrate / by ** 2,
    // without it, Chromium sends VP9 in three layers of one stream
    ...(codec === "VP9" ? { scalabilityMode: "L1T1" } : {}),
  });
  init.sendEncodings = layers ? [4, 2, 1].map(layer) : [bitrate ? { maxBitrate: bitrate } : {}];
  const transceiver = pc.addTransceiver(picture, init);
  prefer(transceiver, codec);
  const offer = await described();
  // a busy machine shall send fewer pictures rather than layers of other sizes
  const parameters = transceiver.sender.getParameters();
  parameters.degradationPreference = "maintain-resolution";
  await transceiver.sender.setParameters(parameters);
  return offer;
};
const watch = async () => {
  window.pc = new RTCPeerConnection();
  pc.addTransceiver("audio", { direction: "recvonly" });
  pc.addTransceiver("video", { direction: "recvonly" });
  watchTracks();
  return begun();
};
const watchTracks = () => {
  const media = new MediaStream();
  pc.ontrack = ({ track }) => { media.addTrack(track); video.srcObject = media; };
};
const answer = async (sdp) => {
  window.pc = new RTCPeerConnection();
  watchTracks();
  await pc.setRemoteDescription({ type: "offer", sdp });
  return described();
};
const showPicture = async (shown) => {
  const sender = pc.getSenders().at(-1);
  window.picture ??= sender.track;
  await sender.replaceTrack(shown ? picture : null);
};
const take = (sdp) => pc.setRemoteDescription({ type: "answer", sdp });
const statistics = async () => [...(await pc.getStats()).values()];
</script>"""


@dataclass
class Tab:
    """A page that publishes or watches."""

    page: Page

    async def publish(
        self,
        answer: Answer,
        codec: str,
        *,
        layers: bool = False,
        size: tuple[int, int] | None = None,
        rate: int = 30,
        bitrate: int = 0,
        noisy: bool = False,
    ) -> None:
        """Publish the camera and the microphone.

        Args:
            answer: where the offer goes.
            codec: of the picture, such as `VP8`.
            layers: send three, `q`, `h` and `f`, each of twice the width of the one before.
            size: of the largest picture in pixels.
            rate: pictures a second.
            bitrate: what it may take at most, bits a second; 0 for what Chromium takes.
            noisy: send noise instead of the camera, which takes all that it may.
        """
        width, height = size or ((1280, 720) if layers else (640, 360))
        wanted = {"codec": codec, "width": width, "height": height, "rate": rate, "layers": layers}
        wanted["noisy"] = noisy
        wanted["bitrate"] = bitrate or (1_200_000 if layers else 0)
        await self._exchange(answer, "publish", wanted)

    async def show_picture(self, *, shown: bool) -> None:
        """Go on sending the picture, or send none for a while."""
        await self.page.evaluate("showPicture", shown)

    async def watch(self, answer: Answer) -> None:
        """Watch what is published."""
        await self._exchange(answer, "watch")

    async def reply(self, offer: str) -> str:
        """Answer another page's offer, and watch what it sends."""
        return str(await self.page.evaluate("answer", offer))

    async def _exchange(self, answer: Answer, function: str, argument: object = None) -> None:
        offer = await self.page.evaluate(function, argument)
        await self.page.evaluate("take", await answer(offer))

    async def statistics(self, type_: str, kind: str = "") -> list[dict[str, Any]]:
        """Give the objects of `getStats` of a type, and of a medium."""
        report = await self.page.evaluate("statistics()")
        return [e for e in report if e["type"] == type_ and kind in ("", e.get("kind"))]

    async def inbound(self, kind: str) -> dict[str, Any]:
        """Give what it receives of a medium."""
        return (await self.statistics("inbound-rtp", kind))[0]

    async def until(self, script: str, *, timeout_s: float = 10) -> None:
        """Wait until something holds in the page, where `video` is the picture."""
        await self.page.wait_for_function(script, timeout=timeout_s * 1000)


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """Start Chromium with a fake camera and a fake microphone."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = [*ARGUMENTS, *OWN_ARGUMENTS, *FAKE_DEVICES, *(("--no-sandbox",) if as_root else ())]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


async def open_tab(browser: Browser) -> Tab:
    """Open a page that does nothing yet."""
    page = await browser.new_page()
    await page.route(
        SECURE_PAGE + "**", lambda route: route.fulfill(body=PAGE, content_type="text/html")
    )
    await page.goto(SECURE_PAGE)
    return Tab(page)
