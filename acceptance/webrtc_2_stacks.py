"""Stacks that others wrote, each way: messages, frames, codecs and the steps of the signaling.

aiortc shares no line with the engine: channels of every mode, pictures and sound both ways. Clients
of WHIP publish to endpoints of ours and clients of WHEP play from them, with the forwarder and with
the engine behind: two of npm and FFmpeg's own for WHIP, three of npm for WHEP. Those of npm run in
Chromium, on a page of another origin. FFmpeg publishes H.264, which the engine does not have and
the forwarder passes on.

A request that is answered with 428 is one without the `If-Match` that RFC 9725 section 4.3 wants;
the client is then found by its own checks. An ETag, a Link and an If-Match are shown where they
were.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import av
from aiortc.mediastreams import AudioStreamTrack

from acceptance.webrtc_1_channels import reliability
from tests.interop import test_webrtc_aiortc as aiortc_tests
from tests.interop.foreign_calls import (
    PUBLIC_ONLY,
    SEEN_S,
    Seen,
    passed_on,
    played,
    published_codecs,
    received,
)
from tests.interop.foreign_whip import (
    SCRIPTS,
    Endpoints,
    ForeignPage,
    bundled,
    engine_endpoints,
    ffmpeg_publishing,
    foreign_pages,
    forwarding_endpoints,
)
from tests.support.parts import PARTS
from tests.support.peers import Capture, until
from tests.support.playback import play
from wirescope.transports.webrtc.media import Tone, record

FRAMES = 300
LEAST_DECODED = 0.98
MESSAGES = len(aiortc_tests.SAID)

FFMPEG = "FFmpeg publishes"


def row(who: str, what: str, figures: str, steps: str = "", *, holds: bool) -> bool:
    """Print a row of the table."""
    print(f"{'' if holds else 'SHORT  '}{who:34} {what:34} {figures}", flush=True)
    if steps:
        print(f"{'':34} {steps}", flush=True)
    return holds


# aiortc


async def channels(by: str) -> bool:
    """Say everything both ways over channels of every mode."""
    capture = Capture()
    async with aiortc_tests.both(capture) as (peer, other):
        for options in aiortc_tests.MODES:
            if by == "us" or options.id is not None:
                peer.create_channel(options)
            if by == "them" or options.id is not None:
                other.make(options)
        await aiortc_tests.connect(peer, other, by=by)
        count = 0
        for options in aiortc_tests.MODES:
            channel = await aiortc_tests.channel_of(peer, options.label)
            await other.is_open(options.label)
            await aiortc_tests.talk(channel, other)
            count += 2 * MESSAGES
        await until(lambda: aiortc_tests.shown(capture).get("tlsVersion"))
        is_12 = aiortc_tests.shown(capture)["tlsVersion"] == "FEFD"  # which is all that it has
    modes = "; ".join(dict.fromkeys(map(reliability, aiortc_tests.MODES))) + "; one negotiated"
    figures = f"{count} messages over {len(aiortc_tests.MODES)} modes" + ", DTLS 1.2" * is_12
    who = f"aiortc {version('aiortc')}"
    what = "channels of ours" if by == "us" else "channels of theirs"
    return row(who, what, figures, modes, holds=is_12 and count > 0)


async def media(folder: Path) -> list[bool]:
    """Send pictures and sound both ways, decode them there and record them here."""
    got, path = aiortc_tests.Received(), folder / "aiortc.webm"
    async with aiortc_tests.both(Capture()) as (peer, other), asyncio.TaskGroup() as group:
        sent = peer.media.send_video(aiortc_tests.BARS)
        peer.media.send_audio(Tone())
        other.native.on("track", lambda track: group.create_task(got.read(track)))
        for track in (aiortc_tests.Bars(), AudioStreamTrack()):
            other.native.addTrack(track)
        async with record(peer.media, path) as recording:
            await aiortc_tests.connect(peer, other)
            await until(lambda: len(got.numbers) >= FRAMES and recording.length_s > 10, 60)
            names = sorted({each.name for each in await peer.media.codecs()})
        await peer.close()
    video = next(each for each in recording.tracks if each.kind == "video")
    there = await asyncio.to_thread(play, path)
    who, codecs = f"aiortc {version('aiortc')}", " + ".join(names)
    read = sum(each is not None for each in got.numbers)
    ours = f"{codecs}: {len(got.numbers)} of {sent.sent} frames decoded, {read} numbers read,"
    kept = sum(each is not None for each in there.numbers)
    theirs = f"{codecs}: {video.frames} frames recorded, {kept} numbers read from the file,"
    return [
        row(
            who,
            "decodes ours",
            f"{ours} {got.samples / 48_000:.1f} s of sound",
            holds=read == len(got.numbers) > LEAST_DECODED * sent.sent - 10,
        ),
        row(
            who,
            "is recorded",
            f"{theirs} {there.sound_s:.1f} s of sound",
            holds=kept == video.frames == len(there.times_s) > 150,
        ),
    ]


# WHIP and WHEP


@dataclass(frozen=True)
class Call:
    """A call between clients of others, by way of endpoints of ours.

    Attributes:
        behind: what is behind the endpoints.
        publisher: what publishes.
        player: what plays: what is published, or with the engine behind what that sends.
        codec: of the picture that is published.
    """

    behind: str
    publisher: str
    player: str
    codec: str = "VP8"


CALLS = (
    Call("forwarder", "whip-whep publishes", "mediamtx-webrtc-react plays"),
    Call("forwarder", "@eyevinn/whip-web-client publishes", "whip-whep plays"),
    Call("forwarder", "whip-whep publishes", "@eyevinn/webrtc-player plays", "VP9"),
    Call("forwarder", "whip-whep publishes", "whip-whep plays", "H264"),
    Call("forwarder", FFMPEG, "@eyevinn/webrtc-player plays", "H264"),
    Call("engine", "whip-whep publishes", "whip-whep plays"),
    Call("engine", "@eyevinn/whip-web-client publishes", "@eyevinn/webrtc-player plays"),
)


async def held(call: Call, pages: Sequence[ForeignPage], folder: Path) -> list[bool]:
    """Hold a call, and print a row for either end."""
    sends, plays = pages
    is_public, origin = call.player in PUBLIC_ONLY, sends.origin
    async with AsyncExitStack() as stack:
        endpoints = await stack.enter_async_context(
            forwarding_endpoints(Capture(), origin, is_public=is_public)
            if call.behind == "forwarder"
            else engine_endpoints(Capture(), origin)
        )
        if call.publisher == FFMPEG:
            await stack.enter_async_context(ffmpeg_publishing(endpoints.whip, folder))
        else:
            await sends.begin(call.publisher, endpoints.whip, call.codec)
        published = await arrived(endpoints, call)
        await plays.begin(call.player, endpoints.whep)
        seen = await played(plays, FRAMES)
        await plays.stop()
        if call.publisher != FFMPEG:
            await sends.stop()
    return [
        told(call, call.publisher, published or seen, endpoints, "whip"),
        told(call, call.player, seen, endpoints, "whep"),
    ]


async def arrived(endpoints: Endpoints, call: Call) -> Seen | None:
    """Say what an engine peer saw of what is published; None where it cannot see it."""
    if call.behind == "engine":
        return await received(endpoints, FRAMES)
    await until(lambda: published_codecs(endpoints), SEEN_S)
    return None if call.codec == "H264" else await passed_on(endpoints, FRAMES)


def told(call: Call, who: str, saw: Seen, endpoints: Endpoints, kind: str) -> bool:
    """Print what was seen of a client."""
    name, _, does = who.rpartition(" ")
    figures = (
        f"{' + '.join(saw.codecs)}: {saw.decoded} of {saw.received} frames decoded"
        f" ({saw.share:.1%}), {saw.sound_s:.1f} s of sound"
    )
    of_ours = {"forwarder": "through the forwarder", "engine": "with the engine"}[call.behind]
    return row(
        f"{name} {versions()[name]}",
        f"{does} {of_ours}",
        figures,
        endpoints.steps(kind),
        holds=saw.share > LEAST_DECODED and saw.sound_s > 0 and saw.codecs[1] == "opus",
    )


def versions() -> dict[str, str]:
    """Give the versions of the clients."""
    pins = json.loads((SCRIPTS / "package.json").read_text("utf-8"))["dependencies"]
    return {**pins, FFMPEG.rpartition(" ")[0]: av.ffmpeg_version_info}


async def run() -> list[bool]:
    """Show all of it."""
    parts = {name: PARTS[name]() for name in ("chromium", "node", "npm")}
    missing = [name for name, path in parts.items() if path is None]
    if missing:
        raise SystemExit(f"Install {' and '.join(missing)} and run this again.")
    script = bundled(str(parts["npm"]), str(parts["node"]))
    results = [await channels(by) for by in ("us", "them")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results += await media(folder)
        for call in CALLS:
            async with foreign_pages(str(parts["chromium"]), script, 2) as pages:
                results += await held(call, pages, folder)
    return results


def main() -> int:
    """Print the table; 1 when a row falls short."""
    return 0 if all(asyncio.run(run())) else 1


if __name__ == "__main__":
    sys.exit(main())
