"""Calls between the sides of a rig: each comes about or fails, as it should."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.nat.calls import Report, caller, connect
from tests.support.nat.rig import rig
from tests.support.nat.servers import Server, coturn, url
from tests.support.nat.sides import CONE, SYMMETRIC, Side

pytestmark = [pytest.mark.slow, pytest.mark.requires("nft", "nat")]

AT_HOME = Side(nats=(CONE,))
MOBILE = Side(nats=(SYMMETRIC,))
FAILS_AFTER_S = 3.0


async def calls_of(
    side: Side, folder: Path, program: str, *kinds: str, open_timeout_s: float
) -> tuple[Report, Report]:
    def servers(family: int) -> list[Server]:
        return [url(kind, family) for kind in kinds]

    async with (
        rig({"one": side, "two": side}) as made,
        coturn(made, program, folder) as turn,
        caller(made.sites["one"].client) as one,
        caller(made.sites["two"].client) as two,
    ):
        return await connect(one, two, servers, ca_file=turn.ca_file, open_timeout_s=open_timeout_s)


async def test_two_at_home_meet_by_the_addresses_that_stun_has_told_them(
    tmp_path: Path, real_part: Callable[[str], str]
) -> None:
    program = real_part("turnserver")
    one, two = await calls_of(AT_HOME, tmp_path, program, "stun", open_timeout_s=20)
    assert (one.failed, two.failed) == ("", "")
    assert "relay" not in one.pair + two.pair


async def test_two_whose_routers_change_ports_meet_by_a_relay_alone(
    tmp_path: Path, real_part: Callable[[str], str]
) -> None:
    program = real_part("turnserver")
    one, two = await calls_of(MOBILE, tmp_path, program, "stun", "udp", open_timeout_s=20)
    assert (one.failed, two.failed) == ("", "")
    assert "relay" in one.pair + two.pair


async def test_two_whose_routers_change_ports_do_not_meet_without_a_relay(
    tmp_path: Path, real_part: Callable[[str], str]
) -> None:
    program = real_part("turnserver")
    reports = await calls_of(MOBILE, tmp_path, program, "stun", open_timeout_s=FAILS_AFTER_S)
    for each in reports:
        assert each.opened_s is None
        assert "No path between the two sides was found" in each.failed
        assert '"connection.failed"' in each.events[-1]


async def test_two_meet_by_a_relay_over_tls_with_a_certificate_of_ones_own(
    tmp_path: Path, real_part: Callable[[str], str]
) -> None:
    program = real_part("turnserver")
    one, two = await calls_of(MOBILE, tmp_path, program, "tls", open_timeout_s=20)
    assert (one.failed, two.failed) == ("", "")
    assert "relay" in one.pair + two.pair
