"""Pass one publisher's picture on to whoever watches, without decoding it.

Usage: python examples/forward_a_stream.py [SECONDS]
"""

import asyncio
import sys

from wirescope.events import Timeline
from wirescope.transports.webrtc import Forwarder, PeerOptions, open_forwarder, open_peer
from wirescope.transports.webrtc.media import ColourBars
from wirescope.transports.webrtc.signaling import HttpRequest, Mount, dial
from wirescope.transports.websocket import Refusal, Request, Resource, Response, serve

timeline = Timeline()


def sink(emissions: object) -> None:
    """Take what happens; this program keeps none of it."""


async def publish_and_watch(url: str, forwarder: Forwarder, seconds: float) -> None:
    options = PeerOptions(codecs=("VP8",))
    async with open_peer(timeline=timeline, sink=sink, options=options) as publisher:
        publisher.media.send_video(ColourBars())
        async with dial(publisher, f"{url}/whip/sink", kind="whip"):
            await publisher.wait_open()
            async with open_peer(timeline=timeline, sink=sink) as viewer:
                viewer.media.receive("video")
                async with dial(viewer, f"{url}/whep/picture", kind="whep"):
                    await viewer.wait_open()
                    await asyncio.sleep(seconds)
                    for watching in forwarder.record().viewers:
                        for stream in watching.streams:
                            print(f"{stream.codec}: {stream.packets} packets sent")


async def main(seconds: float = 2) -> None:
    async with open_forwarder(timeline=timeline, sink=sink) as forwarder:
        mounts = (
            Mount("/whip/sink", "whip", forwarder.publish),
            Mount("/whep/picture", "whep", forwarder.watch),
        )

        def route(request: Request) -> Resource | Refusal:
            found = any(mount.covers(request.path) for mount in mounts)
            return Resource(handler=answer) if found else Refusal(404)

        async def answer(request: Request, body: bytes) -> Response:
            mount = next(mount for mount in mounts if mount.covers(request.path))
            head = request.head
            made = await mount.handle(HttpRequest(head.method, request.path, head.headers, body))
            return Response(made.status, made.body, made.headers)

        async with serve(route) as server:
            await publish_and_watch(server.url.replace("ws", "http", 1), forwarder, seconds)
            for mount in mounts:
                await mount.close()


asyncio.run(main(*map(float, sys.argv[1:])))
