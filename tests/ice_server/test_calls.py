"""Stacks of others talk through the server and through it alone: the engine, aioice, Chromium."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import aioice
import pytest
from aioice.turn import create_turn_endpoint

from tests.support.authority import Authority
from tests.support.peers import Capture, two_peers, until
from tests.support.relayed_pages import talk
from wirescope.events import IceCandidate, IcePair
from wirescope.ice_server import IceServer, IceServerOptions, serve_ice
from wirescope.transports import webrtc
from wirescope.transports.webrtc import ChannelOptions, Peer, PeerOptions

pytestmark = pytest.mark.slow


def options(**more: object) -> IceServerOptions:
    given = {"port": 0, "tls_port": 0, "users": {"ada": "pw"}}
    return IceServerOptions(**(given | more))  # type: ignore[arg-type]


def relayed(server: IceServer, transport: str) -> PeerOptions:
    """Give options by which a peer takes relayed paths alone."""
    given = server.credentials("engine")
    url = next(each for each in server.urls if each.endswith(f"transport={transport}"))
    ours = webrtc.IceServer(url, given.username, given.password)
    return PeerOptions(ice_servers=(ours,), transport_policy="relay", open_timeout_s=20)


def with_chat(one: Peer, _other: Peer) -> None:
    one.create_channel(ChannelOptions(label="chat"))


@pytest.mark.parametrize("ways", [("udp", "udp"), ("tcp", "udp"), ("tcp", "tcp")])
async def test_two_engines_talk_through_it_alone(ways: tuple[str, str]) -> None:
    capture = Capture()
    async with serve_ice(options()) as server:
        one_way, other_way = (relayed(server, way) for way in ways)
        async with two_peers(capture, options=one_way, other=other_way, prepare=with_chat) as (
            one,
            two,
        ):
            await one.channels[0].wait_open()
            await until(lambda: two.channels)
            for number in range(100):
                await one.channels[0].send(f"message {number}")
                assert (await two.channels[0].receive()).text == f"message {number}"
        kinds = {each.kind for each in capture.of(IceCandidate)}
        assert kinds == {"relay"}
        selected = [each for each in capture.of(IcePair) if each.selected]
        assert all(each.local.startswith("relay") for each in selected)
        assert server.counters.to_peers >= 100


class Hearing(asyncio.DatagramProtocol):
    """Keeps what a client of aioice is given."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.put_nowait(data)


@pytest.mark.parametrize("other", ["tcp", "tls"])
async def test_two_clients_of_aioice_relay_to_each_other(other: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trust = ssl.create_default_context(cafile=str(authority.ca_file))
    async with serve_ice(options(), tls=authority.server("127.0.0.1")) as server:
        port, tls_port = server.options.port, server.options.tls_port
        made = [
            await create_turn_endpoint(
                Hearing,
                server_addr=("127.0.0.1", tls_port if way == "tls" else port),
                username="ada",
                password="pw",
                ssl=trust if way == "tls" else False,
                transport="udp" if way == "udp" else "tcp",
            )
            for way in ("udp", other)
        ]
        (one, one_hears), (two, two_hears) = made
        first, second = (each.get_extra_info("sockname") for each in (one, two))
        # what comes first is not permitted yet at the other end
        two.sendto(b"open", first)
        one.sendto(b"open", second)
        await until(lambda: server.counters.succeeded >= 4)
        for number in range(20):
            one.sendto(b"there %d" % number, second)
            two.sendto(b"back %d" % number, first)
        async with asyncio.timeout(5):
            while await two_hears.heard.get() != b"there 19":
                pass
            while await one_hears.heard.get() != b"back 19":
                pass
        for transport in (one, two):
            transport.close()
        await until(lambda: server.counters.allocations == 0)


async def test_ice_of_aioice_finds_the_relayed_path() -> None:
    async with serve_ice(options()) as server:
        ends = [
            aioice.Connection(
                ice_controlling=controlling,
                use_ipv6=False,
                turn_server=("127.0.0.1", server.options.port),
                turn_username="ada",
                turn_password="pw",
                transport_policy=aioice.TransportPolicy.RELAY,
            )
            for controlling in (True, False)
        ]
        one, two = ends
        await one.gather_candidates()
        await two.gather_candidates()
        for here, there in ((one, two), (two, one)):
            assert [each.type for each in here.local_candidates] == ["relay"]
            here.remote_username, here.remote_password = there.local_username, there.local_password
            for candidate in there.local_candidates:
                await here.add_remote_candidate(candidate)
            await here.add_remote_candidate(None)
        await asyncio.gather(one.connect(), two.connect())
        await one.send(b"hello")
        assert await two.recv() == b"hello"
        await asyncio.gather(one.close(), two.close())


@pytest.mark.requires("chromium")
@pytest.mark.quiet
async def test_two_pages_of_chromium_talk_through_it_alone(real_part: Callable[[str], str]) -> None:
    async with serve_ice(options()) as server:
        given = server.credentials("page")
        urls = [each for each in server.urls if each.startswith("turn:")]
        servers = [
            {"urls": url, "username": given.username, "credential": given.password} for url in urls
        ]
        said = await talk(real_part("chromium"), *servers, seconds=2)
    for page in said:
        assert page.pair == ["relay", "relay"], page
        assert len(page.got) == 100
        assert page.frames > 10
    assert [page.protocol for page in said] == ["udp", "tcp"]
