"""The STUN and TURN server beside the endpoints."""

import asyncio
import socket

import pytest

from tests.support.peers import until
from tests.support.visitors import calling_at
from wirescope.errors import UsageError
from wirescope.playground import relay_access, relaying, serve_endpoints, serve_relay
from wirescope.transports.webrtc import ChannelOptions, IceServer, PeerOptions


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
