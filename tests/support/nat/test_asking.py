"""The server and the client that ask what a NAT of the rig does."""

import pytest

from tests.support.nat.asker import asked
from tests.support.nat.own_server import own_server
from tests.support.nat.rig import rig
from tests.support.nat.sides import SYMMETRIC, Side
from wirescope.transports.turn import Behaviour, NatBehaviour

pytestmark = [pytest.mark.slow, pytest.mark.requires("nft", "nat")]


async def test_a_client_is_told_what_its_nat_does() -> None:
    async with rig({"symmetric": Side(nats=(SYMMETRIC,))}) as made, own_server(made) as url:
        depends = Behaviour.ADDRESS_AND_PORT_DEPENDENT
        found = await asked(made.sites["symmetric"].client, url)
        assert found == NatBehaviour(depends, depends, hairpins=False)
