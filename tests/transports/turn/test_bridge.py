"""The TLS bridge: a client of TCP gets to a server with a private certificate, or is told why."""

import asyncio
import socket
from contextlib import ExitStack, asynccontextmanager

import pytest

from tests.support.authority import Authority
from tests.support.raw_server import RawServer
from wirescope.transports.turn import BridgeOptions, Trust, parse_server_url, tls_bridge
from wirescope.transports.turn.bridge import MOST_CONNECTIONS

ENDED = (ConnectionResetError, asyncio.IncompleteReadError)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


async def echo(reader, writer):
    while data := await reader.read(1000):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def bridged(authority, trust, **options):
    async with RawServer(echo, tls=authority.server("localhost")) as server:
        url, _ = parse_server_url(f"turns:localhost:{server.port}")
        async with tls_bridge(url, BridgeOptions(trust=trust, **options)) as bridge:
            yield bridge, server


@pytest.mark.each_loop
async def test_bytes_go_both_ways_over_tls_that_is_checked(authority):
    async with bridged(authority, Trust(ca=authority.ca_file)) as (bridge, _):
        assert str(bridge.url).startswith("turn:127.0.0.1:")
        assert bridge.url.transports == ("tcp",)
        assert bridge.verified
        reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
        writer.write(b"x" * 300_000)
        assert await reader.readexactly(300_000) == b"x" * 300_000
        assert bridge.carried_bytes >= 300_000
        writer.close()
        await writer.wait_closed()


async def test_a_certificate_that_is_not_trusted_ends_the_connection(authority):
    async with bridged(authority, Trust()) as (bridge, _):
        reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
        with pytest.raises(ENDED):
            await reader.readexactly(1)
        writer.transport.abort()
        assert "not trusted here" in bridge.failures[0]


async def test_without_verification_it_says_so(authority):
    async with bridged(authority, Trust(insecure=True)) as (bridge, _):
        assert not bridge.verified
        reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.transport.abort()


async def test_each_connection_has_one_of_its_own(authority):
    async with bridged(authority, Trust(ca=authority.ca_file)) as (bridge, server):
        for number in range(3):
            reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
            writer.write(b"%d" % number)
            assert await reader.readexactly(1) == b"%d" % number
            writer.transport.abort()
        assert (bridge.accepted, server.accepted) == (3, 3)


async def failure_of(server, **options):
    """Go to a server through a bridge that does not reach it; what the bridge says."""
    url, _ = parse_server_url(f"turns:127.0.0.1:{server}")
    trust = Trust(insecure=True)
    async with tls_bridge(url, BridgeOptions(trust=trust, **options)) as bridge:
        reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
        with pytest.raises(ENDED):
            await reader.readexactly(1)
        writer.transport.abort()
        return bridge.failures[0]


async def test_a_handshake_that_stalls_is_told_with_how_long_was_waited():
    async def wait(reader, writer):
        await asyncio.Event().wait()

    async with RawServer(wait) as server:
        said = await failure_of(server.port, open_timeout_s=0.3)
    assert "did not finish the TLS handshake within 0.3 s" in said


async def test_a_connection_that_nobody_accepts_is_no_handshake():
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # Linux lets in one more than the backlog, and drops the next ones
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        said = await failure_of(full.getsockname()[1], open_timeout_s=0.3)
    assert "did not accept a TCP connection within 0.3 s" in said


async def test_silence_ends_a_connection(authority):
    trust = Trust(ca=authority.ca_file)
    async with bridged(authority, trust, idle_timeout_s=0.2) as (bridge, _):
        reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
        with pytest.raises(ENDED):
            await reader.readexactly(1)
        writer.transport.abort()


@pytest.mark.alone
async def test_silence_one_way_ends_no_connection_that_is_used_the_other_way(authority):
    came = asyncio.Queue()

    async def listen(reader, writer):
        while data := await reader.read(1000):
            came.put_nowait(data)

    async with RawServer(listen, tls=authority.server("localhost")) as server:
        url, _ = parse_server_url(f"turns:localhost:{server.port}")
        options = BridgeOptions(trust=Trust(ca=authority.ca_file), idle_timeout_s=0.6)
        async with tls_bridge(url, options) as bridge, asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
            for _ in range(10):
                writer.write(b"x")
                assert await came.get() == b"x"
                await asyncio.sleep(0.1)
            with pytest.raises(ENDED):
                await reader.readexactly(1)
            writer.transport.abort()


async def test_there_is_a_limit_on_connections(authority):
    async def wait(reader, writer):
        await asyncio.Event().wait()

    async with RawServer(wait) as server:  # never speaks TLS, so that all are kept waiting
        url, _ = parse_server_url(f"turns:localhost:{server.port}")
        trust = Trust(insecure=True)
        async with tls_bridge(url, BridgeOptions(trust=trust)) as bridge:
            opened = [
                await asyncio.open_connection(bridge.url.host, bridge.url.port)
                for _ in range(MOST_CONNECTIONS + 1)
            ]
            with pytest.raises(ENDED):
                await opened[-1][0].readexactly(1)
            assert bridge.refused == 1
            for _, writer in opened:
                writer.transport.abort()


async def test_an_error_inside_comes_out_as_itself(authority):
    with pytest.raises(KeyError):
        async with bridged(authority, Trust(insecure=True)):
            raise KeyError
