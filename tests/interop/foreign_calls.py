"""Calls between clients of others and endpoints of ours, and what was seen of each."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.interop.foreign_whip import Asked, Endpoints, ForeignPage
from tests.support.forwarding import watching
from tests.support.peers import until

SEEN_S = 30
"""Seconds for a call to be seen."""

LOOK_INTERVAL_S = 0.1

PUBLIC_ONLY = {"mediamtx-webrtc-react plays"}
"""It shows its token when a session begins and not afterwards, so it plays where none is asked."""

GOES_WITHOUT_A_WORD = {"mediamtx-webrtc-react plays"}
"""It closes its connection and deletes no session."""


@dataclass(frozen=True)
class Seen:
    """What came of a call.

    Attributes:
        codecs: of picture and sound.
        received: frames of the picture that came.
        decoded: those that were decoded.
        sound_s: seconds of sound that came.
        asked: the requests of the client.
    """

    codecs: tuple[str, str]
    received: int
    decoded: int
    sound_s: float
    asked: tuple[Asked, ...] = ()

    @property
    def share(self) -> float:
        """The share of the frames that was decoded."""
        return self.decoded / self.received if self.received else 0.0


def seen(streams: dict[str, dict[str, Any]]) -> Seen:
    """Sum up what an end receives, of its statistics by kind."""
    video, audio = streams.get("video", {}), streams.get("audio", {})
    codecs = [str(each.get("codec", "")).partition("/")[2] for each in (video, audio)]
    samples = audio.get("totalSamplesReceived", 0)
    return Seen(
        (codecs[0], codecs[1]),
        video.get("framesReceived", 0),
        video.get("framesDecoded", 0),
        samples / 48_000,
    )


async def played(page: ForeignPage, frames: int) -> Seen:
    """Wait until a page has played so many frames; what it saw."""
    async with asyncio.timeout(SEEN_S):
        while (found := seen(await page.streams("inbound-rtp"))).decoded < frames:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_INTERVAL_S)
    return found


async def passed_on(endpoints: Endpoints, frames: int) -> Seen:
    """Wait until an engine peer has seen so many frames of what is published; what it saw."""
    forwarder = endpoints.forwarder
    assert forwarder is not None
    await until(lambda: published_codecs(endpoints), SEEN_S)
    async with watching(forwarder) as viewer:
        await until(lambda: viewer.frames >= frames, SEEN_S)
        video, audio = [await viewer.statistics(kind) for kind in ("video", "audio")]
    codecs = published_codecs(endpoints)
    names = {kind: {"codec": f"{kind}/{name}"} for kind, name in codecs.items()}
    return seen({"video": video | names["video"], "audio": audio | names["audio"]})


def published_codecs(endpoints: Endpoints) -> dict[str, str]:
    """Tell what is being published is coded with, by kind; empty before both have come."""
    assert endpoints.forwarder is not None
    publisher = endpoints.forwarder.record().publisher
    streams = [] if publisher is None else [each for each in publisher.streams if each.packets]
    found: dict[str, str] = {each.kind: each.codec for each in streams}
    return found if len(found) == 2 else {}


async def received(endpoints: Endpoints, frames: int) -> Seen:
    """Wait until the engine has decoded so many frames of what is published; what it saw."""
    await until(lambda: endpoints.received, SEEN_S)
    peer = endpoints.received[-1]
    async with asyncio.timeout(SEEN_S):
        while (found := seen(_inbound(await peer.statistics()))).decoded < frames:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_INTERVAL_S)
    return found


def _inbound(report: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    streams = [each for each in report.values() if each["type"] == "inbound-rtp"]
    codecs = {each["kind"]: report.get(each.get("codecId", ""), {}) for each in streams}
    return {e["kind"]: e | {"codec": codecs[e["kind"]].get("mimeType", "")} for e in streams}
