"""Calls between clients of others and endpoints of ours, and what was seen of each."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.interop.foreign_whip import Endpoints, ForeignPage
from tests.support.forwarding import watching
from tests.support.peers import until

SEEN_S = 30
"""Seconds for a call to be seen."""

LOOK_INTERVAL_S = 0.1
FRAMES_BEFORE = 10

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
    """

    codecs: tuple[str, str]
    received: int
    decoded: int
    sound_s: float

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


async def looked_at(look: Callable[[], Awaitable[Seen]], frames: int) -> Seen:
    """Look until so many frames more were decoded than at first; what was seen in between.

    Frames that have come and wait to be decoded, at the first look and at the last one, make up for
    each other.
    """
    async with asyncio.timeout(SEEN_S):
        while (first := await look()).decoded < FRAMES_BEFORE:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_INTERVAL_S)
        while (last := await look()).decoded < first.decoded + frames:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_INTERVAL_S)
    return Seen(
        last.codecs,
        last.received - first.received,
        last.decoded - first.decoded,
        last.sound_s - first.sound_s,
    )


async def played(page: ForeignPage, frames: int) -> Seen:
    """Wait until a page has played so many frames; what it saw."""

    async def look() -> Seen:
        return seen(await page.streams("inbound-rtp"))

    return await looked_at(look, frames)


async def passed_on(endpoints: Endpoints, frames: int) -> Seen:
    """Wait until an engine peer has seen so many frames of what is published; what it saw."""
    forwarder = endpoints.forwarder
    assert forwarder is not None
    await until(lambda: published_codecs(endpoints), SEEN_S)
    async with watching(forwarder) as viewer:

        async def look() -> Seen:
            codecs = published_codecs(endpoints)
            return seen(
                {
                    kind: await viewer.statistics(kind) | {"codec": f"{kind}/{codecs[kind]}"}
                    for kind in codecs
                }
            )

        return await looked_at(look, frames)


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

    async def look() -> Seen:
        return seen(_inbound(await peer.statistics()))

    return await looked_at(look, frames)


def _inbound(report: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    streams = [each for each in report.values() if each["type"] == "inbound-rtp"]
    codecs = {each["kind"]: report.get(each.get("codecId", ""), {}) for each in streams}
    return {e["kind"]: e | {"codec": codecs[e["kind"]].get("mimeType", "")} for e in streams}
