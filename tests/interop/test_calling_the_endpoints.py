"""Pages of Chromium and aiortc call the test endpoints, publish to them and watch them."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiortc
import httpx
import pytest
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from playwright.async_api import Page, async_playwright

from tests.support.chromium import ARGUMENTS
from tests.support.page_peer import FAKE_DEVICES, OWN_ARGUMENTS
from tests.support.parts import PARTS
from tests.support.peers import until
from wirescope.events import Timeline
from wirescope.playground import serve_endpoints
from wirescope.transports.webrtc import Description
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.signaling import MessageSignaling, adapter_of
from wirescope.transports.websocket import Server, connect

pytestmark = pytest.mark.slow

SDP = {"Content-Type": "application/sdp"}

# The page's own shapes: what `JSON.stringify` makes of a description and of a candidate.
PAGE = """
const play = ({ track, streams: [stream] }) => {
  const element = document.body.appendChild(document.createElement(track.kind));
  Object.assign(element, { srcObject: stream, autoplay: true });
};
window.call = async (camera) => {
  window.got = [];
  const media = camera && await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const socket = new WebSocket(`ws://${location.host}/webrtc/echo`);
  const pc = window.pc = new RTCPeerConnection();
  if (media) for (const track of media.getTracks()) pc.addTrack(track, media);
  pc.ontrack = play;
  const channel = pc.createDataChannel("chat", { ordered: false, maxRetransmits: 3 });
  channel.onmessage = ({ data }) => got.push(data);
  channel.onopen = () => channel.send("hello");
  pc.onicecandidate = ({ candidate }) => candidate && socket.send(JSON.stringify({ candidate }));
  socket.onmessage = async ({ data }) => {
    const said = JSON.parse(data);
    if (said.sdp) await pc.setRemoteDescription(said);
    else await pc.addIceCandidate(said);
  };
  await new Promise((done) => { socket.onopen = done; });
  await pc.setLocalDescription();
  socket.send(JSON.stringify(pc.localDescription));
};
const post = async (path) => {
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await new Promise((next) => setTimeout(next, 10));
  const headers = { "Content-Type": "application/sdp" };
  const answer = await fetch(path, { method: "POST", headers, body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
};
window.watch = (path) => {
  window.pc = new RTCPeerConnection();
  pc.ontrack = play;
  pc.addTransceiver("audio", { direction: "recvonly" });
  pc.addTransceiver("video", { direction: "recvonly" });
  return post(path);
};
window.publish = async (path) => {
  window.pc = new RTCPeerConnection();
  const media = await navigator.mediaDevices.getUserMedia({ video: true });
  for (const track of media.getTracks()) pc.addTrack(track, media);
  return post(path);
};
window.decoded = async () => {
  const all = [...(await pc.getStats()).values()].filter(({ type }) => type === "inbound-rtp");
  return {
    frames: Math.max(0, ...all.map(({ framesDecoded }) => framesDecoded ?? 0)),
    energy: Math.max(0, ...all.map(({ totalAudioEnergy }) => totalAudioEnergy ?? 0)),
  };
};
"defined";
"""


@asynccontextmanager
async def page_at(server: Server, *, pages: int = 1) -> AsyncIterator[list[Page]]:
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = [*ARGUMENTS, *OWN_ARGUMENTS, *FAKE_DEVICES, *(["--no-sandbox"] if as_root else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=PARTS["chromium"](), args=arguments
        )
        try:
            opened = []
            for _ in range(pages):
                page = await browser.new_page()
                # A page of this origin that has no policy: what an endpoint says to a browser.
                await page.goto(server.url.replace("ws", "http", 1) + "/echo")
                await page.evaluate(PAGE)
                opened.append(page)
            yield opened
        finally:
            await browser.close()


async def decoded(page: Page, *, sound: bool = True) -> None:
    """Wait until a page has seen pictures, and heard something."""
    async with asyncio.timeout(20):
        while True:
            said = await page.evaluate("decoded()")
            if said["frames"] > 10 and (said["energy"] > 0 or not sound):
                return
            await asyncio.sleep(0.05)


@pytest.mark.requires("chromium")
async def test_a_page_hears_back_what_it_says_and_sees_itself() -> None:
    async with serve_endpoints() as server, page_at(server) as (page,):
        await page.evaluate("call(true)")
        await page.wait_for_function("got.length === 1 && got[0] === 'hello'", timeout=15_000)
        await decoded(page)
        await page.wait_for_function("document.querySelector('video').videoWidth > 0")


@pytest.mark.requires("chromium")
async def test_pages_see_the_picture_and_hear_its_tone() -> None:
    async with serve_endpoints() as server, page_at(server, pages=2) as pages:
        for page in pages:
            await page.evaluate("watch('/whep/picture?size=320x180')")
        for page in pages:
            await decoded(page)


@pytest.mark.requires("chromium")
async def test_what_a_page_publishes_without_sound_another_sees() -> None:
    async with serve_endpoints() as server, page_at(server, pages=2) as (one, other):
        await one.evaluate("publish('/whip/sink')")
        await other.evaluate("watch('/whep/sink')")
        await decoded(other, sound=False)


# aiortc


@asynccontextmanager
async def other_stack() -> AsyncIterator[Any]:
    # It complains of candidates for TCP, which it does not use.
    logging.getLogger("aioice.ice").setLevel(logging.ERROR)
    peer = aiortc.RTCPeerConnection(aiortc.RTCConfiguration([]))
    try:
        yield peer
    finally:
        await peer.close()


async def offered(peer: Any) -> str:
    await peer.setLocalDescription(await peer.createOffer())
    return str(peer.localDescription.sdp)


async def posted(peer: Any, url: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(url, content=await offered(peer), headers=SDP)
    assert answer.status_code == 201, answer.text
    await peer.setRemoteDescription(aiortc.RTCSessionDescription(answer.text, "answer"))


async def read(track: Any, frames: dict[str, int]) -> None:
    with contextlib.suppress(MediaStreamError, asyncio.CancelledError):
        while True:
            await track.recv()
            frames[track.kind] = frames.get(track.kind, 0) + 1


async def test_aiortc_hears_back_what_it_says_and_sends() -> None:
    async with serve_endpoints() as server, other_stack() as peer:
        channel = peer.createDataChannel("chat")
        got: list[str] = []
        channel.on("message", got.append)
        channel.on("open", lambda: channel.send("hello"))
        peer.addTrack(VideoStreamTrack())
        url = f"{server.url}/webrtc/echo"
        connection = await connect(url, timeline=Timeline(), sink=lambda _: None)
        async with connection:
            signaling = MessageSignaling(connection, adapter_of("json"))
            await signaling.send(Description("offer", await offered(peer)))
            async for said in signaling:
                if isinstance(said, Description):
                    answer = aiortc.RTCSessionDescription(said.sdp, said.kind)
                    await peer.setRemoteDescription(answer)
                    break
            frames: dict[str, int] = {}
            async with alongside(read(peer.getReceivers()[0].track, frames)):
                await until(lambda: got == ["hello"] and frames.get("video", 0) > 5, 20)


async def test_aiortc_sees_the_picture_and_hears_its_tone() -> None:
    async with serve_endpoints() as server, other_stack() as peer:
        for kind in ("audio", "video"):
            peer.addTransceiver(kind, direction="recvonly")
        address = server.url.replace("ws", "http", 1)
        await posted(peer, f"{address}/whep/picture?size=320x180")
        frames: dict[str, int] = {}
        async with alongside(*(read(each.track, frames) for each in peer.getReceivers())):
            await until(lambda: min(frames.get("video", 0), frames.get("audio", 0)) > 10, 20)


async def test_what_aiortc_publishes_it_sees_at_the_outlet() -> None:
    async with serve_endpoints() as server, other_stack() as one, other_stack() as other:
        address = server.url.replace("ws", "http", 1)
        one.addTransceiver(AudioStreamTrack(), direction="sendonly")
        one.addTransceiver(VideoStreamTrack(), direction="sendonly")
        await posted(one, f"{address}/whip/sink")
        other.addTransceiver("video", direction="recvonly")
        await posted(other, f"{address}/whep/sink")
        frames: dict[str, int] = {}
        async with alongside(read(other.getReceivers()[0].track, frames)):
            await until(lambda: frames.get("video", 0) > 10, 20)
