"""A call whose other side is reached by a narrow way only, or by none any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.peers import Capture, until
from tests.support.udp_relay import UdpRelay, by_way_of, udp_relay
from wirescope.transports.webrtc import Description, Peer, open_peer
from wirescope.transports.webrtc.signaling import read_code, write_code


@dataclass
class Far:
    """The other side.

    Attributes:
        peer: the engine's peer.
        way: what leads to it.
    """

    peer: Peer
    way: UdpRelay

    async def answer(self, code: str) -> str:
        """Give the code that answers another one; both ends find each other by the way only."""

        async def answered(offer: str) -> str:
            await self.peer.take(Description("offer", offer))
            return (await self.peer.answer(gather=True)).sdp

        said = await by_way_of(self.way, answered)(read_code(code).sdp)
        return write_code(Description("answer", said))

    async def lengths(self) -> list[int]:
        """Give the lengths of the messages that come until its channel is over."""
        await until(lambda: self.peer.channels)
        return [message.length async for message in self.peer.channels[0]]


@asynccontextmanager
async def far_away() -> AsyncIterator[Far]:
    """Make the other side."""
    capture = Capture()
    async with (
        udp_relay() as way,
        open_peer(timeline=capture.timeline, sink=capture.sink) as peer,
    ):
        yield Far(peer, way)
