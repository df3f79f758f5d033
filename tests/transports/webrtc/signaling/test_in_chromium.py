"""A page of another origin in Chromium plays from our WHEP endpoint by `fetch`, as players do."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from tests.support.chromium import ARGUMENTS
from tests.support.parts import PARTS
from tests.support.peers import Capture, until
from tests.transports.webrtc.signaling.serving import on_a_port
from wirescope.events import SignalingExchange
from wirescope.transports.webrtc import IceServer, Peer
from wirescope.transports.webrtc.signaling import Mount, MountOptions, peer_sessions
from wirescope.transports.websocket import Refusal, serve

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

PLAYER = """
window.play = async (endpoint, token) => {
  const pc = new RTCPeerConnection();
  const channel = pc.createDataChannel("chat");
  const authorization = { Authorization: `Bearer ${token}` };
  const waiting = [];
  let ready = false, tag, session;
  const patch = (body, match) => fetch(session, {
    method: "PATCH",
    headers: { ...authorization, "If-Match": match,
               "Content-Type": "application/trickle-ice-sdpfrag" },
    body,
  });
  const credentials = (sdp) =>
    sdp.split("\\r\\n").filter((line) => /^a=ice-(ufrag|pwd):/.test(line))
      .slice(0, 2).join("\\r\\n");
  const fragment = (sdp, candidates) =>
    ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", credentials(sdp),
     ...candidates.map((each) => `a=${each.candidate}`), ""].join("\\r\\n");
  const statuses = [];
  const telling = [];
  const ask = async (candidates) =>
    statuses.push((await patch(fragment(pc.localDescription.sdp, candidates), tag)).status);
  const tell = (candidates) => telling[telling.push(ask(candidates)) - 1];
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate || !candidate.candidate) return;
    if (ready) tell([candidate]); else waiting.push(candidate);
  };
  const opened = new Promise((done) => { channel.onopen = done; });
  const say = (text) => new Promise((done) => {
    channel.onmessage = ({ data }) => done(data);
    channel.send(text);
  });
  await pc.setLocalDescription();
  const bare = pc.localDescription.sdp.replace(/a=candidate:.*\\r\\n/g, "");
  const created = await fetch(endpoint, {
    method: "POST", headers: { ...authorization, "Content-Type": "application/sdp" }, body: bare,
  });
  session = new URL(created.headers.get("Location"), endpoint).href;
  tag = created.headers.get("ETag");
  const link = created.headers.get("Link");
  const answer = await created.text();
  await pc.setRemoteDescription({ type: "answer", sdp: answer });
  ready = true;
  if (waiting.length) await tell(waiting);
  await opened;
  const first = await say("hello");
  // An ICE restart: the page gathers again and tells its new credentials.
  ready = false;
  waiting.length = 0;
  pc.restartIce();
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  const restarted = await patch(fragment(pc.localDescription.sdp, []), "*");
  const theirs = await restarted.text();
  const [ufrag, password] = credentials(theirs).split("\\r\\n");
  const candidates = theirs.split("\\r\\n").filter((line) => line.startsWith("a=candidate:"));
  let next = answer.split("\\r\\n").filter((line) => !line.startsWith("a=candidate:"));
  next = next.flatMap((line) =>
    line.startsWith("a=ice-ufrag:") ? [ufrag]
    : line.startsWith("a=ice-pwd:") ? [password, ...candidates] : [line]);
  const before = tag;
  tag = restarted.headers.get("ETag");
  await pc.setRemoteDescription({ type: "answer", sdp: next.join("\\r\\n") });
  ready = true;
  if (waiting.length) await tell(waiting);
  const second = await say("again");
  await Promise.all(telling);  // one that came after the end would be refused
  const deleted = await fetch(session, { method: "DELETE", headers: authorization });
  pc.close();
  return { created: created.status, link, first, second, restarted: restarted.status,
           changed: tag !== before, statuses, deleted: deleted.status };
};
"defined";
"""


async def echo(peer: Peer) -> None:
    await until(lambda: peer.channels)
    async for message in peer.channels[0]:
        await peer.channels[0].send(message.text)


@asynccontextmanager
async def page_of_another_origin() -> AsyncIterator[tuple[Page, str]]:
    html = Refusal(200, b"<!doctype html><title>Player</title>", (("Content-Type", "text/html"),))
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = [*ARGUMENTS, "--no-first-run", "--allow-loopback-in-peer-connection"]
    arguments += ["--no-sandbox"] if as_root else []
    async with serve(lambda _: html) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=PARTS["chromium"](), args=arguments
        )
        try:
            page = await browser.new_page()
            origin = server.url.replace("ws", "http", 1)
            await page.goto(origin)
            await page.evaluate(PLAYER)
            yield page, origin
        finally:
            await browser.close()


async def test_a_page_plays_trickles_restarts_and_leaves() -> None:
    capture = Capture()
    turn = IceServer("turn:127.0.0.1:9", "user", "pass")
    async with (
        page_of_another_origin() as (page, origin),
        peer_sessions(echo, timeline=capture.timeline, sink=capture.sink) as open_session,
    ):
        options = MountOptions(tokens=("secret",), origins=(origin,), ice_servers=(turn,))
        mount = Mount("/whep", "whep", open_session, options=options)
        async with on_a_port(mount, shared=(("/whep", (origin,)),)) as address:
            said: dict[str, Any] = await page.evaluate(
                "([endpoint, token]) => play(endpoint, token)", [f"{address}/whep", "secret"]
            )
            assert mount.sessions == 0
            with pytest.raises(Exception, match="Failed to fetch"):
                await page.evaluate("(url) => fetch(url)", f"{address}/elsewhere")
    assert (said["created"], said["restarted"], said["deleted"]) == (201, 200, 200)
    assert (said["first"], said["second"], said["changed"]) == ("hello", "again", True)
    assert 'rel="ice-server"' in said["link"]
    assert said["statuses"]
    assert set(said["statuses"]) == {204}
    methods = [each.method for each in capture.of(SignalingExchange)]
    assert methods[0] == "POST"
    assert methods[-1] == "DELETE"
