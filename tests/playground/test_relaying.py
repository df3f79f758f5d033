"""The STUN and TURN server beside the endpoints."""

import asyncio
import socket
import urllib.request

import pytest

from tests.support.peers import Capture, until
from tests.support.turn_client import Clients
from tests.support.visitors import calling_at, seen, watching_at
from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.events import IcePair
from wirescope.ice_server import Allocated, IceServerEvent
from wirescope.playground import relay_access, relaying, serve_endpoints, serve_relay
from wirescope.playground.endpoints.lending import LIFETIME_S
from wirescope.transports.webrtc import ChannelOptions, IceServer, PeerOptions
from wirescope.transports.webrtc.media import read_number
from wirescope.transports.webrtc.signaling import ice_servers_of
from wirescope.transports.websocket import Server


async def test_a_caller_that_takes_relayed_paths_alone_is_answered() -> None:
    async with serve_relay(0) as relay, serve_endpoints(relay=relay) as server:
        assert relay is not None
        servers = tuple(IceServer(*each) for each in relay_access(relay, "caller"))
        options = PeerOptions(ice_servers=servers, transport_policy="relay")
        async with calling_at(
            server.url, channels=(ChannelOptions(label="chat"),), options=options
        ) as (peer, _):
            channel = peer.channels[0]
            await channel.wait_open()
            await channel.send("hi")
            assert (await channel.receive()).text == "hi"
            assert relay.counters.allocations > 0
        await until(lambda: relay.counters.allocations == 0)


async def test_without_a_server_nobody_is_given_credentials() -> None:
    assert relay_access(None, "caller") == []


async def test_a_port_that_nobody_asked_for_may_be_another_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(relaying, "PORT", port)
        async with serve_relay(None) as relay:
            assert relay is not None
            assert relay.options.port != port


async def test_why_there_is_none_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    loop = asyncio.get_running_loop()

    def refuse(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(type(loop), "add_reader", refuse)  # as on Windows' default loop
    async with serve_relay(None, tell=told.append) as relay:
        assert relay is None
    assert told == [
        "There is no STUN and TURN server: this event loop cannot watch sockets, which the TURN"
        " server needs."
    ]


async def test_where_there_is_one_nothing_is_told() -> None:
    told: list[str] = []
    async with serve_relay(0, tell=told.append):
        assert not told


async def test_a_port_that_was_asked_for_and_is_taken_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(UsageError, match="cannot listen"):
            async with serve_relay(taken.getsockname()[1]):
                pass


async def links(url: str, **fields: str) -> list[str]:
    """Ask an endpoint what there is; the Link fields of its answer."""

    def ask() -> list[str]:
        request = urllib.request.Request(url, method="OPTIONS", headers=fields)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return list(answer.headers.get_all("Link") or [])

    return await asyncio.to_thread(ask)


def http(server: Server) -> str:
    return server.url.replace("ws", "http", 1)


@pytest.mark.parametrize("path", ["/whep/picture", "/whep/sink", "/whip/sink"])
async def test_clients_of_whip_and_whep_are_told_of_it_with_credentials_of_their_own(
    path: str,
) -> None:
    async with serve_relay(0) as relay, serve_endpoints(relay=relay) as server:
        assert relay is not None
        first, second = [ice_servers_of(await links(http(server) + path)) for _ in range(2)]
        port = relay.options.port
        assert [each.url for each in first] == [
            f"stun:127.0.0.1:{port}",
            f"turn:127.0.0.1:{port}?transport=udp",
        ]
        until_s, _, user = first[1].username.partition(":")
        assert 0 < int(until_s) - SystemClock().wall_ns() / 1e9 <= LIFETIME_S
        assert user.startswith("session-")
        assert first[1].username != second[1].username


async def test_clients_of_other_machines_are_not_told_of_a_server_on_loopback() -> None:
    async with (
        serve_relay(0) as relay,
        serve_endpoints(relay=relay, hosts=("dev.test",)) as server,
    ):
        url = f"{http(server)}/whep/picture"
        assert await links(url, Host="dev.test") == []
        assert len(await links(url, Host="localhost:80")) == 2


async def test_where_there_is_none_nobody_is_told_of_one() -> None:
    async with serve_endpoints() as server:
        assert await links(f"{http(server)}/whep/picture") == []


async def test_half_of_the_allocations_are_left_to_those_who_ask_for_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relaying, "MAX_ALLOCATIONS", 2)
    async with (
        serve_relay(0) as relay,
        serve_endpoints(relay=relay) as server,
        Clients.of(relay) as clients,  # type: ignore[arg-type]
    ):
        assert relay is not None
        assert len(await links(f"{http(server)}/whep/picture")) == 2
        given = relay.credentials("somebody")
        client = await clients.open(user=given.username, password=given.password)
        await client.allocate()
        assert await links(f"{http(server)}/whep/picture") == []


@pytest.mark.slow
async def test_a_viewer_that_takes_relayed_paths_alone_sees_the_picture() -> None:
    capture = Capture()
    async with serve_relay(0) as relay, serve_endpoints(relay=relay) as server:
        assert relay is not None
        address, path = http(server), "/whep/picture?size=320x180"
        told = ice_servers_of(await links(f"{address}/whep/picture"))
        options = PeerOptions(ice_servers=told, transport_policy="relay")
        async with watching_at(address, path, options=options, capture=capture) as peer:
            assert read_number((await seen(peer, "video", 5))[-1]) is not None
            await until(lambda: relay.counters.to_clients_bytes > 10_000)
        selected = [each for each in capture.of(IcePair) if each.selected]
        assert {each.local.partition(" ")[0] for each in selected} == {"relay"}
        await until(lambda: relay.counters.allocations == 0)


@pytest.mark.slow
async def test_a_viewer_uses_the_server_that_the_answer_names() -> None:
    events: list[IceServerEvent] = []
    async with (
        serve_relay(0, on_event=events.append) as relay,
        serve_endpoints(relay=relay) as server,
        watching_at(http(server), "/whep/picture?size=320x180"),
    ):
        # the engine has it, whether or not another path is found before it tells of the address
        users = {"session-", "endpoint"}
        await until(lambda: users <= {_user(e)[:8] for e in events if isinstance(e, Allocated)})


def _user(event: Allocated) -> str:
    return event.user.partition(":")[2]
