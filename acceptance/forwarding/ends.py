"""The ends of the demonstration: the server's process as others see it, and who watches.

Whoever publishes or watches has nothing but an address. A way that loses or bounds what goes over
it is put between by the exchange of descriptions: each end is told the relay's address only.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import webrtc

from tests.support.forwarding import statistics
from tests.support.forwarding_pages import Tab
from tests.support.peers import until
from tests.support.udp_relay import Answer


class Server:
    """The process that forwards.

    Attributes:
        url: where it is.
    """

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.url = url
        self._process = process
        self._client = httpx.AsyncClient(timeout=20)
        self._sessions: list[str] = []

    async def ask(self, what: str, **details: str) -> Any:
        """Give it an order; what it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": what, **details}).encode() + b"\n")
        return json.loads(await self._process.stdout.readline())

    async def viewers(self) -> list[dict[str, Any]]:
        """Say what it has done for each viewer."""
        record = await self.ask("record")
        return list(record["viewers"])

    def whip(self) -> Answer:
        """Give what takes a publisher's offer."""
        return lambda offer: self._post("/whip/sink", offer)

    def whep(self) -> Answer:
        """Give what takes a viewer's offer."""
        return lambda offer: self._post("/whep/picture", offer)

    async def _post(self, path: str, offer: str) -> str:
        made = await self._client.post(
            self.url + path, content=offer, headers={"Content-Type": "application/sdp"}
        )
        if made.status_code != 201:
            raise RuntimeError(f"{path} answered {made.status_code}: {made.text}")
        self._sessions.append(str(httpx.URL(self.url).join(made.headers["Location"])))
        return made.text

    async def end_sessions(self) -> None:
        """Delete all sessions that there are."""
        for each in self._sessions:
            await self._client.delete(each)
        self._sessions.clear()

    async def close(self) -> None:
        """End the process."""
        await self._client.aclose()
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(10):
            await self._process.wait()


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    """Start the process that forwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "acceptance.forwarding.server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    assert process.stdout is not None
    started = Server(process, json.loads(await process.stdout.readline()))
    try:
        yield started
    finally:
        await started.close()


class Engine:
    """A viewer that is an engine peer; what it decodes is counted by the engine."""

    def __init__(self) -> None:
        self._native = webrtc.RTCPeerConnection()
        recvonly = webrtc.RTCRtpTransceiverInit(direction="recvonly")
        for kind in ("audio", "video"):
            self._native.add_transceiver(kind, recvonly)

    async def watch(self, answer: Answer) -> None:
        """Watch what is published."""
        await self._native.set_local_description()
        await until(lambda: self._native.ice_gathering_state.value == "complete")
        local = self._native.local_description
        assert local is not None
        said = webrtc.RTCSessionDescriptionInit(type="answer", sdp=await answer(local.sdp))
        await self._native.set_remote_description(said)

    async def inbound(self, kind: str) -> dict[str, Any]:
        """Give what it receives of a medium."""
        return await statistics(self._native, kind, "inbound-rtp")

    def close(self) -> None:
        """End it."""
        self._native.close()


Watching = Engine | Tab


async def first_picture(viewer: Watching, answer: Answer) -> float:
    """Have it watch; seconds from its offer until it has decoded a picture."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await viewer.watch(answer)
    async with asyncio.timeout(10):
        while not await _decoded(viewer):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return loop.time() - began


async def _decoded(viewer: Watching) -> int:
    if isinstance(viewer, Engine):
        return int((await viewer.inbound("video")).get("framesDecoded", 0))
    found = await viewer.statistics("inbound-rtp", "video")
    return int(found[0].get("framesDecoded", 0)) if found else 0
