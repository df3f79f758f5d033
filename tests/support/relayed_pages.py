"""Two pages of Chromium that talk to each other through a TURN server alone."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.support.chromium import arguments
from tests.support.page_peer import FAKE_DEVICES, OWN_ARGUMENTS, SECURE_PAGE

SCRIPT = """
const gathered = (pc) => new Promise((resolve) => {
  const done = () => pc.iceGatheringState === "complete" && resolve(pc.localDescription.toJSON());
  pc.onicegatheringstatechange = done;
  done();
  setTimeout(() => resolve(pc.localDescription.toJSON()), 10000);
});
window.errors = [];
window.begin = async (servers, offers) => {
  const pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: "relay" });
  window.pc = pc;
  pc.onicecandidateerror = (event) => errors.push(`${event.errorCode} ${event.errorText}`);
  window.got = [];
  window.opened = new Promise((resolve) => {
    const use = (channel) => {
      window.channel = channel;
      channel.onmessage = ({ data }) => got.push(data);
      channel.onopen = resolve;
      if (channel.readyState === "open") resolve();
    };
    if (offers) use(pc.createDataChannel("chat"));
    else pc.ondatachannel = ({ channel }) => use(channel);
  });
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of media.getTracks()) pc.addTrack(track, media);
};
window.offer = async () => { await pc.setLocalDescription(); return gathered(pc); };
window.answer = async (offer) => {
  await pc.setRemoteDescription(offer);
  await pc.setLocalDescription();
  return gathered(pc);
};
window.take = (answer) => pc.setRemoteDescription(answer);
window.report = async () => {
  const found = {};
  for (const each of (await pc.getStats()).values()) found[each.id] = each;
  const all = Object.values(found);
  const transport = all.find((each) => each.type === "transport");
  const pair = found[transport && transport.selectedCandidatePairId];
  return {
    pair: pair ? [found[pair.localCandidateId].candidateType,
                  found[pair.remoteCandidateId].candidateType] : [],
    protocol: pair ? found[pair.localCandidateId].relayProtocol : "",
    frames: all.filter((each) => each.type === "inbound-rtp" && each.kind === "video")
      .reduce((sum, each) => sum + (each.framesDecoded || 0), 0),
    got, errors, state: pc.connectionState,
  };
};
null;  // what a script ends with is called if it can be
"""


@dataclass(frozen=True)
class Said:
    """What a page says of its connection.

    Attributes:
        pair: kinds of the two candidates in use.
        protocol: how it reaches its TURN server.
        frames: pictures that it has decoded.
        got: messages that came.
        errors: of gathering.
        state: of the connection.
    """

    pair: list[str]
    protocol: str
    frames: int
    got: list[str]
    errors: list[str]
    state: str


async def talk(
    path: str, one: dict[str, str], other: dict[str, str], *, seconds: float
) -> list[Said]:
    """Let two pages talk through their servers, with sound, picture and a channel; what they say.

    Args:
        path: of Chromium.
        one: `urls`, `username` and `credential` of the first page's server.
        other: those of the second's.
        seconds: how long they look at each other.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=[*arguments(), *OWN_ARGUMENTS, *FAKE_DEVICES]
        )
        try:
            pages = [await _page(browser) for _ in range(2)]
            return await _talk(pages, [one, other], seconds)
        finally:
            await browser.close()


async def _page(browser: Browser) -> Page:
    page = await browser.new_page()
    await page.route(SECURE_PAGE, lambda route: route.fulfill(body="<!doctype html>"))
    await page.goto(SECURE_PAGE)
    await page.evaluate(SCRIPT)
    return page


async def _talk(pages: list[Page], servers: list[dict[str, str]], seconds: float) -> list[Said]:
    for page, server, offers in zip(pages, servers, (True, False), strict=True):
        await page.evaluate("([server, offers]) => begin([server], offers)", [server, offers])
    answer: Any = await pages[1].evaluate("answer", await pages[0].evaluate("offer()"))
    await pages[0].evaluate("take", answer)
    for page in pages:
        await page.evaluate("opened")
    for page in pages:
        await page.evaluate("for (let n = 0; n < 100; n += 1) channel.send(`message ${n}`)")
    await pages[0].wait_for_timeout(seconds * 1000)
    return [Said(**await page.evaluate("report()")) for page in pages]
