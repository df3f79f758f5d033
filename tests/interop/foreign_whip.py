"""Clients of WHIP and WHEP that others wrote, and endpoints of ours that note what they are asked.

The clients for pages run in Chromium, on a page of another origin than the endpoints'; FFmpeg's
runs in a process of its own, on a stack of its own from HTTP to SRTP.
"""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiortc.rtcdtlstransport import RTCCertificate
from cryptography.hazmat.primitives import serialization
from playwright.async_api import Page, async_playwright

from tests.support.chromium import ARGUMENTS
from tests.support.forwarding import forwarding
from tests.support.node_packages import with_packages
from tests.support.page_peer import FAKE_DEVICES, OWN_ARGUMENTS
from tests.support.peers import Capture
from tests.transports.webrtc.signaling.serving import on_a_port
from wirescope.transports.webrtc import Forwarder, IceServer, Peer
from wirescope.transports.webrtc.media import ColourBars, Tone
from wirescope.transports.webrtc.signaling import (
    HttpRequest,
    HttpResponse,
    Mount,
    MountOptions,
    OpenSession,
    peer_sessions,
)
from wirescope.transports.websocket import Refusal, serve

TOKEN = "open-sesame"
SCRIPTS = Path(__file__).with_name("whip")

ICE_SERVER = IceServer("turn:127.0.0.1:9", "user", "pass")
"""Told to the clients, which take note of it; nothing is there."""


@dataclass(frozen=True)
class Asked:
    """A request that a client made, and what was answered."""

    kind: str
    method: str
    status: int
    with_if_match: bool
    with_etag: bool
    with_link: bool

    def __str__(self) -> str:
        given = [("If-Match", self.with_if_match), ("ETag", self.with_etag)]
        given.append(("Link", self.with_link))
        names = ", ".join(name for name, there in given if there)
        return f"{self.method} {self.status}" + (f" ({names})" if names else "")


class NotingMount(Mount):
    """A mount that notes what it is asked, `OPTIONS` included."""

    asked: list[Asked]

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = await super().handle(request)
        names = {name for name, _ in response.headers}
        self.asked.append(
            Asked(
                self.kind,
                request.method,
                response.status,
                request.get("If-Match") is not None,
                "ETag" in names,
                "Link" in names,
            )
        )
        return response


@dataclass
class Endpoints:
    """Where to publish and where to watch.

    Attributes:
        whip: the address to publish at.
        whep: the address to watch at.
        asked: requests so far.
        received: peers of the engine that somebody publishes to, where it is behind the sessions.
        forwarder: what is behind them else.
        mounts: the endpoints themselves.
    """

    whip: str = ""
    whep: str = ""
    asked: list[Asked] = field(default_factory=list)
    received: list[Peer] = field(default_factory=list)
    forwarder: Forwarder | None = None
    mounts: list[Mount] = field(default_factory=list)

    @property
    def sessions(self) -> int:
        """How many sessions there are."""
        return sum(each.sessions for each in self.mounts)

    def steps(self, kind: str) -> str:
        """Say what was asked of an endpoint of a kind, in order."""
        said = itertools.groupby(str(each) for each in self.asked if each.kind == kind)
        counted = [(each, len(list(times))) for each, times in said]
        return ", ".join(f"{each} x{n}" if n > 1 else each for each, n in counted)

    def answered(self, method: str) -> list[int]:
        """Give the statuses of a method's requests."""
        return [each.status for each in self.asked if each.method == method]


@asynccontextmanager
async def _served(
    made: Endpoints, origin: str, publish: OpenSession, watch: OpenSession, *, is_public: bool
) -> AsyncIterator[Endpoints]:
    tokens = () if is_public else (TOKEN,)
    options = MountOptions(tokens=tokens, origins=(origin,), ice_servers=(ICE_SERVER,))
    mounts = [
        NotingMount("/whip/sink", "whip", publish, options=options),
        NotingMount("/whep/picture", "whep", watch, options=options),
    ]
    for each in mounts:
        each.asked = made.asked
        made.mounts.append(each)
    shared = tuple((each.path, (origin,)) for each in mounts)
    async with on_a_port(*mounts, shared=shared) as url:
        made.whip, made.whep = (f"{url}{each.path}" for each in mounts)
        yield made
        for each in mounts:
            await each.close()


@asynccontextmanager
async def forwarding_endpoints(
    capture: Capture, origin: str, *, is_public: bool = False
) -> AsyncIterator[Endpoints]:
    """Pass on what is published to those who watch, without decoding it.

    Who is public asks for no token.
    """
    async with forwarding(capture) as forwarder:
        made = Endpoints(forwarder=forwarder)
        ways: tuple[OpenSession, OpenSession] = (forwarder.publish, forwarder.watch)
        async with _served(made, origin, *ways, is_public=is_public):
            yield made


@asynccontextmanager
async def engine_endpoints(capture: Capture, origin: str) -> AsyncIterator[Endpoints]:
    """Receive what is published, and give colour bars and a tone to those who watch."""
    made = Endpoints()

    async def note(peer: Peer) -> None:
        made.received.append(peer)

    async def send(peer: Peer) -> None:
        peer.media.send_video(ColourBars())
        peer.media.send_audio(Tone())

    async with (
        peer_sessions(note, timeline=capture.timeline, sink=capture.sink) as publish,
        peer_sessions(prepare=send, timeline=capture.timeline, sink=capture.sink) as watch,
        _served(made, origin, publish, watch, is_public=False),
    ):
        yield made


@dataclass
class ForeignPage:
    """A page with the clients in it.

    Attributes:
        page: the page.
        origin: where it is from.
    """

    page: Page
    origin: str

    async def begin(self, name: str, url: str, codec: str = "VP8") -> None:
        """Let a client begin."""
        script = "([name, url, token, codec]) => begin(name, url, token, codec)"
        await self.page.evaluate(script, [name, url, TOKEN, codec])

    async def stop(self) -> None:
        """Let it end."""
        await self.page.evaluate("stop()")

    async def streams(self, type_: str) -> dict[str, dict[str, Any]]:
        """Give its RTP streams of a type by kind, each with its codec's name."""
        report = await self.page.evaluate("statistics()")
        codecs = {each["id"]: each["mimeType"] for each in report if each["type"] == "codec"}
        return {
            each["kind"]: each | {"codec": codecs.get(each.get("codecId"), "")}
            for each in report
            if each["type"] == type_
        }


def bundled(npm: str, node: str) -> str:
    """Give the clients as one script."""
    folder = with_packages(SCRIPTS, "whip-clients", npm)
    made = subprocess.run(
        [node, str(folder / "bundle.js")], capture_output=True, check=True, timeout=60
    )
    return made.stdout.decode()


@asynccontextmanager
async def foreign_pages(
    chromium: str, script: str, count: int = 1
) -> AsyncIterator[Sequence[ForeignPage]]:
    """Open pages with the clients, all of one origin."""
    html = Refusal(200, b"<!doctype html><title>Clients</title>", (("Content-Type", "text/html"),))
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = [*ARGUMENTS, *OWN_ARGUMENTS, *FAKE_DEVICES, *(["--no-sandbox"] if as_root else [])]
    async with serve(lambda _: html) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            origin = server.url.replace("ws", "http", 1)
            pages = []
            for _ in range(count):
                page = await browser.new_page()
                await page.goto(origin)
                await page.evaluate(script)
                pages.append(ForeignPage(page, origin))
            yield pages
        finally:
            await browser.close()


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate on P-256 and its key."""
    made = RTCCertificate.generateCertificate()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made._cert.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        made._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key


@asynccontextmanager
async def ffmpeg_publishing(url: str, folder: Path) -> AsyncIterator[None]:
    """Publish with FFmpeg until the context ends, and see that it takes its leave."""
    script = str(SCRIPTS / "with_ffmpeg.py")
    given = (url, TOKEN, *map(str, write_certificate(folder)))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        script,
        *given,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield
        process.terminate()
        async with asyncio.timeout(10):
            _, said = await process.communicate()
        assert process.returncode == 0, said.decode("utf-8", "replace")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
