"""Our own STUN server on the rig, and what a client behind a NAT learns of it."""

import json
import sys

import pytest

from tests.support.nat.own_server import own_server
from tests.support.nat.rig import rig
from tests.support.nat.sides import SYMMETRIC, Side

pytestmark = [pytest.mark.slow, pytest.mark.requires("nft", "nat")]


async def test_a_client_is_told_what_its_nat_does() -> None:
    async with rig({"symmetric": Side(nats=(SYMMETRIC,))}) as made, own_server(made) as url:
        command = (sys.executable, "-m", "tests.support.nat.discoverer", url)
        told = json.loads(await made.sites["symmetric"].client.run(*command, within_s=30))
    depends = "address-and-port-dependent"
    assert told["behaviour"] == {"mapping": depends, "filtering": depends, "hairpins": False}
