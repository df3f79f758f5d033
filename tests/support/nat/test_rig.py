"""The rig is what its records say: each translator, each block, found out with plain sockets."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.nat.rig import SERVERS, SERVERS_6, Rig, rig
from tests.support.nat.sides import ALL_NATS, CONE, SYMMETRIC, Blocked, Nat, Side
from tests.support.nat.site import SPARE, outer_address
from tests.support.nat.truth import at, prober, servers, truth

pytestmark = [pytest.mark.slow, pytest.mark.requires("nft", "nat")]

TURN = 3478
HTTPS = 443


async def test_each_mapping_and_filtering_is_what_it_says() -> None:
    sides = {str(each): Side(nats=(each,)) for each in ALL_NATS}
    async with rig(sides) as made, servers(made) as public:
        found = {name: await truth(made, name, public) for name in sides}
    assert {name: (each.mapping, each.filtering, each.hairpin) for name, each in found.items()} == {
        str(each): (each.mapping, each.filtering, False) for each in ALL_NATS
    }
    kept = {name for name, each in found.items() if each.keeps_port}
    assert kept == {"E/E", "E/A", "E/AP"}


async def test_a_client_reaches_itself_from_outside_where_there_is_a_hairpin() -> None:
    nats = [replace(each, hairpin=True) for each in ALL_NATS]
    sides = {str(each): Side(nats=(each,)) for each in nats}
    async with rig(sides) as made, servers(made) as public:
        found = {name: await truth(made, name, public) for name in sides}
    assert {name: (each.mapping, each.filtering, each.hairpin) for name, each in found.items()} == {
        str(each): (each.mapping, each.filtering, True) for each in nats
    }


@pytest.mark.parametrize(
    ("inner", "outer"), [(CONE, CONE), (SYMMETRIC, CONE), (CONE, SYMMETRIC)], ids=str
)
async def test_two_translators_are_as_strict_as_the_stricter(inner: Nat, outer: Nat) -> None:
    async with (
        rig({"it": Side(nats=(inner, outer))}) as made,
        servers(made) as public,
        prober(made.sites["it"].client) as client,
    ):
        found = await truth(made, "it", public)
        await client.open("own", made.sites["it"].own_address)
        await client.send("own", at("a1"), "through both")
        assert (await public.hear("through both")).source[0] == outer_address(0)
    stricter = SYMMETRIC if SYMMETRIC in (inner, outer) else CONE
    assert (found.mapping, found.filtering) == (stricter.mapping, stricter.filtering)
    assert found.outer == (outer_address(0),)


async def test_a_client_without_a_translator_has_its_own_address_outside() -> None:
    async with rig({"it": Side()}) as made, servers(made) as public:
        found = await truth(made, "it", public)
    assert found.keeps_port
    assert found.outer == (outer_address(0),)


@pytest.mark.parametrize(
    ("blocked", "udp", "turn", "https"),
    [
        (Blocked.NOTHING, True, True, True),
        (Blocked.UDP, False, True, True),
        (Blocked.ALL_BUT_TCP_443, False, False, True),
    ],
)
async def test_what_is_blocked_does_not_get_through(
    blocked: Blocked, udp: bool, turn: bool, https: bool
) -> None:
    async with (
        rig({"it": Side(nats=(CONE,), blocked=blocked)}) as made,
        servers(made) as public,
        prober(made.sites["it"].client) as client,
    ):
        for port in (TURN, HTTPS):
            await public.do("listen", at=(SERVERS[0], port))
        await client.open("own", made.sites["it"].own_address)
        await client.send("own", at("a1"), "is UDP let through?")
        got = [await client.do("connect", to=(SERVERS[0], port)) for port in (TURN, HTTPS)]
        # What was sent before the connections came before them, if it came.
        await public.open("after", SERVERS[0])
        assert (public.has_heard("is UDP let through?"), *got) == (udp, turn, https)


async def test_with_ipv6_only_answers_are_let_in_and_nothing_is_translated() -> None:
    async with (
        rig({"it": Side(family=6)}) as made,
        prober(made.public) as public,
        prober(made.sites["it"].client) as client,
    ):
        own = await client.open("own", made.sites["it"].own_address)
        a, b = [await public.open(each, each) for each in SERVERS_6]
        await client.send("own", a, "hello")
        assert (await public.hear("hello")).source == own
        await public.send(b[0], own, "from a stranger")
        await public.send(a[0], own, "an answer")
        await client.hear("an answer")
        assert not client.has_heard("from a stranger")


async def test_a_packet_that_is_too_large_is_sent_back_with_the_size_that_is_not() -> None:
    async with (
        rig({"it": Side(nats=(CONE,), mtu=1280)}) as made,
        servers(made) as public,
        prober(made.sites["it"].client) as client,
    ):
        await client.open("own", made.sites["it"].own_address)
        large = "x" * 1400
        await client.send("own", at("a1"), large)
        await client.send("own", at("a1"), "small")
        await public.hear("small")
        assert not public.has_heard(large)
        route = await made.sites["it"].client.run("ip", "route", "get", SERVERS[0])
        assert "mtu 1280" in route


async def _outer(made: Rig, name: str, text: str, client: Any, public: Any) -> tuple[str, int]:
    await client.send("own", at("a1"), text)
    source: tuple[str, int] = (await public.hear(text)).source
    return source


async def test_a_router_that_forgets_gives_another_port_and_lets_no_answer_in() -> None:
    async with (
        rig({"it": Side(nats=(CONE,))}) as made,
        servers(made) as public,
        prober(made.sites["it"].client) as client,
    ):
        site = made.sites["it"]
        await client.open("own", site.own_address)
        before = await _outer(made, "it", "before", client, public)
        await site.rebind()
        await public.send("a1", before, "to the old one")
        after = await _outer(made, "it", "after", client, public)
        await public.send("a1", after, "to the new one")
        await client.hear("to the new one")
        assert not client.has_heard("to the old one")
        assert (before[0], before != after) == (after[0], True)
        await site.rebind(address=SPARE)
        moved = await _outer(made, "it", "moved", client, public)
        assert moved[0] == SPARE


async def test_an_outage_ends_and_all_is_as_before() -> None:
    async with (
        rig({"it": Side(nats=(CONE,))}) as made,
        servers(made) as public,
        prober(made.sites["it"].client) as client,
    ):
        site = made.sites["it"]
        await client.open("own", site.own_address)
        before = await _outer(made, "it", "before", client, public)
        await site.swallow()
        await client.send("own", at("a1"), "into the void")
        await site.forward()
        assert await _outer(made, "it", "after", client, public) == before
        assert not public.has_heard("into the void")


async def test_a_further_device_leads_out_when_the_first_has_lost_its_cable() -> None:
    async with (
        rig({"it": Side(nats=(CONE,))}) as made,
        servers(made) as public,
        prober(made.sites["it"].client) as client,
    ):
        site = made.sites["it"]
        await site.give_device("eth1")
        await site.take_device("eth0")
        await client.open("own", "0.0.0.0")
        assert (await _outer(made, "it", "by the other", client, public))[0] == site.address


async def test_two_clients_behind_one_router_meet_by_their_outer_addresses_alone() -> None:
    nat = Nat(hairpin=True)
    async with (
        rig({"it": Side(nats=(nat,), clients=2)}) as made,
        servers(made) as public,
        prober(made.sites["it"].clients[0]) as one,
        prober(made.sites["it"].clients[1]) as two,
    ):
        site = made.sites["it"]
        inner = await one.open("own", site.client_address(0))
        await two.open("own", site.client_address(1))
        outer = await _outer(made, "it", "one", one, public)
        two_outer = await _outer(made, "it", "two", two, public)
        await two.send("own", inner, "by the inner address")
        await two.send("own", outer, "by the outer address")
        assert (await one.hear("by the outer address")).source == two_outer
        assert not one.has_heard("by the inner address")


def _is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_nothing_is_left_of_it() -> None:
    async with rig({"it": Side(nats=(CONE, CONE))}) as made:
        site = made.sites["it"]
        held = [made.public.pid, *(each.pid for each in (*site.clients, *site.routers))]
        assert all(_is_running(pid) for pid in held)
    assert not any(_is_running(pid) for pid in held)
