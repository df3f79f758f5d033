"""What a client holds on a server: its channels."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.support.faulty_turn import faulty_turn, refuses
from tests.support.local_coturn import PASSWORD, USER
from wirescope.errors import StunRefusedError
from wirescope.transports.turn import TurnOptions, open_client, parse_server_url
from wirescope.wire.stun import ChannelNumber, Method
from wirescope.wire.turn import Credentials

ONE, OTHER = ("192.0.2.7", 9), ("192.0.2.8", 9)


@asynccontextmanager
async def allocated(fault=None):
    async with faulty_turn(fault) as server:
        url, _ = parse_server_url(f"turn:127.0.0.1:{server.port}")
        options = TurnOptions(credentials=Credentials(USER, PASSWORD))
        async with open_client(url, "udp", options=options) as client:
            yield await client.allocate()


def number_of(exchange):
    return exchange.request.find(ChannelNumber).number


async def test_two_channels_that_are_bound_at_once_have_two_numbers():
    async with allocated() as allocation:
        bound = await asyncio.gather(*(allocation.bind_channel(each) for each in (ONE, OTHER)))
    assert len({number_of(each) for each in bound}) == 2


async def test_a_peer_that_is_bound_twice_at_once_keeps_one_number():
    async with allocated() as allocation:
        bound = await asyncio.gather(*(allocation.bind_channel(ONE) for _ in range(2)))
    assert len({number_of(each) for each in bound}) == 1


async def test_a_channel_that_was_refused_is_free_again():
    numbers = []

    def fault(server, request):
        if request.method == Method.CHANNEL_BIND:
            numbers.append(request.find(ChannelNumber).number)
        return refuses(403, Method.CHANNEL_BIND)(server, request)

    async with allocated(fault) as allocation:
        for peer in (ONE, OTHER):
            with pytest.raises(StunRefusedError):
                await allocation.bind_channel(peer)
    assert numbers[0] == numbers[1]
