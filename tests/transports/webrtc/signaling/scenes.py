"""An endpoint of WHIP or WHEP on a real port, and a client of it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.peers import Capture, until
from tests.transports.webrtc.signaling.serving import on_a_port
from wirescope.events import (
    SignalingExchange,
)
from wirescope.transports.webrtc import ChannelOptions, Peer, PeerOptions, open_peer
from wirescope.transports.webrtc.signaling import (
    HttpOptions,
    HttpSession,
    Mount,
    MountOptions,
    dial,
    peer_sessions,
)
from wirescope.transports.webrtc.signaling.answers import Kind


async def echo(peer: Peer) -> None:
    await until(lambda: peer.channels)
    async for message in peer.channels[0]:
        await peer.channels[0].send(message.text)


class Scene:
    """A mount on a port, and what happened there."""

    def __init__(self, capture: Capture, mount: Mount, url: str) -> None:
        self.capture = capture
        self.mount = mount
        self.url = url

    def exchanges(self, peer: Peer) -> list[tuple[str, int]]:
        events = self.capture.of(SignalingExchange, peer.id)
        return [(each.method, each.status) for each in events]


@asynccontextmanager
async def scene(
    kind: Kind = "whep", *, tls: ssl.SSLContext | None = None, **options: object
) -> AsyncIterator[Scene]:
    capture = Capture()
    async with peer_sessions(echo, timeline=capture.timeline, sink=capture.sink) as open_session:
        mount = Mount(
            "/live",
            kind,
            open_session,
            options=MountOptions(**options),  # type: ignore[arg-type]
        )
        async with on_a_port(mount, ssl=tls) as address:
            yield Scene(capture, mount, f"{address}/live")
            await mount.close()


@asynccontextmanager
async def dialed(
    capture: Capture,
    url: str,
    *,
    options: HttpOptions | None = None,
    peer_options: PeerOptions | None = None,
    gather: bool = False,
    kind: Kind = "whep",
) -> AsyncIterator[tuple[Peer, HttpSession]]:
    async with open_peer(
        timeline=capture.timeline, sink=capture.sink, options=peer_options, url=url
    ) as peer:
        peer.create_channel(ChannelOptions(label="chat"))
        async with dial(peer, url, kind=kind, options=options, gather=gather) as session:
            yield peer, session


async def said_back(peer: Peer, text: str = "hello") -> None:
    await peer.channels[0].wait_open()
    await peer.channels[0].send(text)
    assert (await peer.channels[0].receive()).text == text
