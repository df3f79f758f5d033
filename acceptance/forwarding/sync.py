"""How far sound and picture are apart at a viewer: a flash and a beep, published and recorded.

Both ends are peers of ours, behind WHIP and WHEP; the offset is that of a recording, which keeps
them in step by the sender reports that the forwarder has translated.
"""

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from playwright.async_api import Browser

from acceptance.forwarding.ends import Server
from tests.support.peers import Capture, until
from tests.support.playback import play
from wirescope.transports.webrtc import Peer, PeerOptions, open_peer
from wirescope.transports.webrtc.media import ColourBars, Tone, record
from wirescope.transports.webrtc.signaling import dial

RECORDED_S = 10
MOST_APART_S = 0.04

Row = tuple[str, str, bool]


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """Publish, watch, record, measure."""
    del browser
    capture = Capture()

    def peer(options: PeerOptions | None = None) -> AbstractAsyncContextManager[Peer]:
        return open_peer(timeline=capture.timeline, sink=capture.sink, options=options)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forwarded.webm"
        async with peer(PeerOptions(codecs=("VP8", "opus"))) as publisher:
            publisher.media.send_video(ColourBars(flash=True))
            publisher.media.send_audio(Tone(frequency_hz=1000, beep=True))
            async with dial(publisher, f"{server.url}/whip/sink", kind="whip"):
                await publisher.wait_open()
                async with peer() as viewer:
                    for kind in ("video", "audio"):
                        viewer.media.receive(kind)
                    async with dial(viewer, f"{server.url}/whep/picture", kind="whep"):
                        await until(lambda: len(viewer.media.received) == 2)
                        async with record(viewer.media, path) as recording:
                            await until(lambda: recording.length_s > RECORDED_S, 60)
        played = await asyncio.to_thread(play, path)
    offsets = [
        beep_s - flash_s
        for flash_s in played.flashes_s
        for beep_s in played.beeps_s
        if abs(flash_s - beep_s) < 0.5
    ]
    worst = max(map(abs, offsets), default=1)
    words = (
        f"{len(offsets)} pairs of flash and beep, median"
        f" {1000 * statistics.median(offsets or [1]):+.1f} ms, worst {1000 * worst:.1f} ms apart"
    )
    yield (
        "sound and picture at a viewer",
        words,
        (len(offsets) >= RECORDED_S - 3 and worst < MOST_APART_S),
    )
