"""A page of Chromium that is the other end of a WebRTC connection.

The page negotiates as W3C webrtc section 10.7 shows; descriptions and candidates go through
Playwright, so that no server is needed. What the page saw is asked for with `ask`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Error, Page, async_playwright

from tests.support.chromium import ARGUMENTS
from wirescope.errors import SignalingError
from wirescope.transports.webrtc import Candidate, Description

OWN_ARGUMENTS = (
    "--no-first-run",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)

FAKE_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

SECURE_PAGE = "http://localhost/"
"""Only pages of a secure origin may use devices; this one is made here and asks no server."""

SCRIPT = """
window.begin = (polite, configuration) => {
  const pc = new RTCPeerConnection(configuration);
  const peer = {
    pc, polite, channels: {}, got: {}, closed: [], states: [], collisions: 0, errors: [],
    making: false, ignoring: false, silent: false,
  };
  window.peer = peer;
  peer.watch = (channel) => {
    channel.binaryType = "arraybuffer";
    peer.channels[channel.label] = channel;
    peer.got[channel.label] = [];
    channel.onmessage = ({ data }) =>
      peer.got[channel.label].push(
        typeof data === "string" ? `text ${data}` : `binary ${new Uint8Array(data).join(" ")}`);
    channel.onclose = () => peer.closed.push(channel.label);
    return channel;
  };
  peer.make = (label, options) => peer.watch(pc.createDataChannel(label, options)).label;
  peer.about = (label) => {
    const { id, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, readyState } =
      peer.channels[label];
    return { id, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, readyState };
  };
  pc.ondatachannel = ({ channel }) => peer.watch(channel);
  pc.onconnectionstatechange = () => peer.states.push(pc.connectionState);
  pc.onicecandidate = ({ candidate }) => signal({ candidate: candidate && candidate.toJSON() });
  const describe = async () => {
    await pc.setLocalDescription();
    await signal({ description: pc.localDescription.toJSON() });
  };
  pc.onnegotiationneeded = async () => {
    if (peer.silent) return;
    try {
      peer.making = true;
      await describe();
    } catch (error) {
      peer.errors.push(`offering: ${error}`);
    } finally {
      peer.making = false;
    }
  };
  peer.take = async ({ description, candidate }) => {
    try {
      if (description) {
        const collides =
          description.type === "offer" && (peer.making || pc.signalingState !== "stable");
        if (collides) peer.collisions += 1;
        peer.ignoring = collides && !peer.polite;
        if (peer.ignoring) return;
        await pc.setRemoteDescription(description);
        if (description.type === "offer") await describe();
      } else if (candidate && candidate.candidate) {
        try {
          await pc.addIceCandidate(candidate);
        } catch (error) {
          if (!peer.ignoring) throw error;
        }
      }
    } catch (error) {
      peer.errors.push(`${description ? description.type : candidate.candidate}: ${error}`);
    }
  };
  peer.statistics = async () => [...(await pc.getStats()).values()];
};
"""


class PagePeer:
    """The page's end, and the signaling that leads to it.

    Attributes:
        page: the page.
        told: what the page has told, in its order.
        taken: what the page was told.
        on_told: is given what the page tells, as it is.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.told: list[Description | Candidate] = []
        self.taken: list[Description | Candidate] = []
        self.on_told: Callable[[dict[str, Any]], None] = lambda _: None
        self._queue: asyncio.Queue[Description | Candidate] = asyncio.Queue()
        self._flowing = asyncio.Event()
        self._flowing.set()

    def hold(self) -> None:
        """Keep what is told on the way, in both directions, so that offers can meet."""
        self._flowing.clear()

    def release(self) -> None:
        """Let it through."""
        self._flowing.set()

    def on_signal(self, said: dict[str, Any]) -> None:
        """Take what the page tells."""
        if "description" in said:
            message: Description | Candidate = Description.from_json(said["description"])
        else:
            message = Candidate.from_json(said["candidate"])
        self.told.append(message)
        self._queue.put_nowait(message)
        self.on_told(said)

    async def send(self, message: Description | Candidate) -> None:
        """Tell the page."""
        await self._flowing.wait()
        self.taken.append(message)
        key = "description" if isinstance(message, Description) else "candidate"
        try:
            await self.page.evaluate("said => peer.take(said)", {key: message.as_json()})
        except Error as error:
            raise SignalingError(f"The page is gone: {error.message}.") from None

    async def __aiter__(self) -> AsyncIterator[Description | Candidate]:
        while True:
            message = await self._queue.get()
            await self._flowing.wait()
            yield message

    async def ask(self, script: str, argument: object = None) -> Any:
        """Evaluate something in the page, where `peer` is its end."""
        return await self.page.evaluate(script, argument)

    async def until(self, script: str, argument: object = None) -> None:
        """Wait until something holds in the page."""
        await self.page.wait_for_function(script, arg=argument, timeout=15_000)

    async def got(self, label: str, count: int) -> list[str]:
        """Wait until a channel of the page has so many messages, and give them.

        Text is given as `text …`, binary as `binary` and the numbers of its bytes.
        """
        await self.until("([label, n]) => peer.got[label]?.length >= n", [label, count])
        got: list[str] = await self.ask("label => peer.got[label]", label)
        return got


@asynccontextmanager
async def page_peer(
    path: str,
    *,
    polite: bool = True,
    camera: bool = False,
    began: bool = True,
    arguments: Sequence[str] = (),
) -> AsyncIterator[PagePeer]:
    """Start Chromium with a page in it that has begun a connection.

    Args:
        path: of Chromium.
        polite: the page gives way when both make an offer.
        camera: the page may use a camera and a microphone, which are made up.
        began: it has begun; else `begin` is left to the script.
        arguments: further ones of Chromium's.
    """
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    all_arguments = [
        *ARGUMENTS,
        *OWN_ARGUMENTS,
        *arguments,
        *(FAKE_DEVICES if camera else ()),
        *(("--no-sandbox",) if as_root else ()),
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=all_arguments)
        try:
            page = await browser.new_page()
            if camera:
                await page.route(SECURE_PAGE, lambda route: route.fulfill(body="<body></body>"))
                await page.goto(SECURE_PAGE)
            peer = PagePeer(page)
            await page.expose_function("signal", peer.on_signal)
            await page.evaluate(SCRIPT)
            if began:
                await page.evaluate("polite => begin(polite)", polite)
            yield peer
        finally:
            await browser.close()
