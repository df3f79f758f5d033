"""The far end of a relay that is tried, and which datagrams of it are counted."""

import asyncio
from types import SimpleNamespace

import pytest

from tests.support.faulty_turn import faulty_turn
from tests.support.local_coturn import PASSWORD, USER
from wirescope.events import Timeline
from wirescope.transports.turn import TurnOptions, open_client, parse_server_url
from wirescope.wire.turn import ChannelData, Credentials
from wirescope.workbench.doctor.servers.far_end import own_socket
from wirescope.workbench.doctor.servers.relaying import _SMALL, _listen

PEER = ("127.0.0.1", 9)


@pytest.mark.each_loop
async def test_a_socket_of_this_machine_sends_something_to_whom_it_lets_in():
    far, peer = await own_socket("127.0.0.1"), await own_socket("127.0.0.1")
    try:
        await far.admit(peer.address)
        assert await peer.receive(within_s=5)
    finally:
        await far.close()
        await peer.close()


async def test_only_datagrams_as_long_as_those_that_were_sent_are_counted():
    options = TurnOptions(credentials=Credentials(USER, PASSWORD))
    trips_ms: list[float] = []
    async with faulty_turn() as server:
        url, _ = parse_server_url(f"turn:127.0.0.1:{server.port}")
        async with open_client(url, "udp", options=options) as client:
            allocation = await client.allocate()
            channel = await allocation.bind_channel(PEER)
            number = int.from_bytes(channel.request.attributes[0].value[:2], "big")
            allocation.take(ChannelData(number, bytes(4)))
            allocation.take(ChannelData(number, bytes(_SMALL)))
            bench = SimpleNamespace(
                allocation=allocation, orders=SimpleNamespace(datagrams=1), timeline=Timeline()
            )
            async with asyncio.timeout(5):
                await _listen(bench, {0: 0}, trips_ms)
            assert await allocation.receive(within_s=0) is None
    assert len(trips_ms) == 1
