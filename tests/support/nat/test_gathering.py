"""Behind a NAT, this end's addresses are known at once, though loopback reaches no server."""

import sys
from pathlib import Path

import pytest

from tests.support.nat.rig import rig
from tests.support.nat.servers import coturn, url
from tests.support.nat.sides import CONE, Side
from tests.support.parts import PARTS

pytestmark = [pytest.mark.slow, pytest.mark.requires("nft", "nat", "turnserver")]

PROGRAM = """
import asyncio, sys
from wirescope.events import Timeline
from wirescope.transports.webrtc import ChannelOptions, IceServer, PeerOptions, open_peer

async def main():
    servers = (IceServer(sys.argv[1]), IceServer(*sys.argv[2:5]))
    options = PeerOptions(ice_servers=servers, gather_timeout_s=30)
    async with open_peer(timeline=Timeline(), sink=lambda _: None, options=options) as peer:
        peer.create_channel(ChannelOptions(label="x"))
        began_s = asyncio.get_running_loop().time()
        offer = await peer.offer(gather=True)
        took_s = asyncio.get_running_loop().time() - began_s
        print(took_s < 3, "typ srflx" in offer.sdp, "typ relay" in offer.sdp)

asyncio.run(main())
"""


async def test_an_offer_with_all_addresses_does_not_wait_for_loopback(tmp_path: Path) -> None:
    program = PARTS["turnserver"]()
    assert program is not None
    async with rig({"here": Side(nats=(CONE,))}) as made, coturn(made, program, tmp_path):
        command = (sys.executable, "-c", PROGRAM, url("stun")[0], *url("udp"))
        said = await made.sites["here"].client.run(*command, within_s=50)
    assert said.split() == ["True", "True", "True"]
