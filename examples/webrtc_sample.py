"""What the page /samples/webrtc does, from Python: a channel and a picture, which come back.

python examples/webrtc_sample.py ws://127.0.0.1:8765/webrtc/echo
"""

import asyncio
import sys

import wirescope
from wirescope.events import Timeline
from wirescope.transports.webrtc import ChannelOptions, negotiate, open_peer
from wirescope.transports.webrtc.media import ColourBars, Tone
from wirescope.transports.webrtc.signaling import JsonAdapter, MessageSignaling


async def main(url: str) -> None:
    async with (
        wirescope.connect(url) as socket,
        open_peer(timeline=Timeline(), sink=lambda _events: None) as peer,
    ):
        # What is sent: a channel for messages, a picture and a tone.
        channel = peer.create_channel(ChannelOptions(label="chat"))
        peer.media.send_video(ColourBars(width=320, height=180))
        peer.media.send_audio(Tone())

        # The signaling: descriptions and candidates as JSON, over the socket.
        async with negotiate(peer, MessageSignaling(socket, JsonAdapter()), polite=False):
            await peer.wait_open()
            print("connection", peer.state("connection"))

            await channel.wait_open()
            await channel.send("Hello")
            print("received", (await channel.receive()).text)

            # What comes back.
            track = next(each for each in peer.media.received if each.kind == "video")
            async for picture in track.frames():
                print("picture of", picture.width, "by", picture.height, "pixels")
                break


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
