"""The client against coturn and our own server: each transport, each family, each refusal."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from tests.support.authority import Authority
from tests.support.either_server import EITHER
from tests.support.local_coturn import PASSWORD, USER, coturn, free_ports
from tests.support.raw_server import RawServer
from wirescope.clock import SystemClock
from wirescope.errors import ConnectError, StunRefusedError
from wirescope.events import ConnectionClosed, ConnectionPhase, IceCandidate, IceError
from wirescope.transports.turn import (
    Timers,
    Trust,
    TurnOptions,
    open_client,
    parse_server_url,
)
from wirescope.wire.stun import Lifetime
from wirescope.wire.turn import Credentials, make_credentials

either = pytest.mark.parametrize("serving", EITHER)

RIGHT = Credentials(USER, PASSWORD)
QUICK = Timers(deadline_s=1)


@asynccontextmanager
async def client_of(text, transport=None, credentials=RIGHT, *, sink=None, **options):
    url, _ = parse_server_url(text)
    asked = TurnOptions(credentials=credentials, **options)
    async with open_client(url, transport, options=asked, sink=sink) as client:
        yield client


@pytest.fixture
def certificate(tmp_path):
    """Make a certificate for localhost; its files and its authority's."""
    authority = Authority(tmp_path)
    return authority.server_files("localhost"), authority.ca_file


class Peer(asyncio.DatagramProtocol):
    """A socket of this end that takes what is relayed to it."""

    def __init__(self):
        self.came = asyncio.Queue()

    def datagram_received(self, data, source):
        self.came.put_nowait((data, source))


async def echo(client, allocation):
    """Send a datagram to a socket of this end and back."""
    loop = asyncio.get_running_loop()
    sock, peer = await loop.create_datagram_endpoint(Peer, local_addr=("127.0.0.1", 0))
    try:
        address = sock.get_extra_info("sockname")
        await allocation.permit(address)
        allocation.send(address, b"by indication")
        assert await peer.came.get() == (b"by indication", allocation.relayed)
        await allocation.bind_channel(address)
        allocation.send(address, b"by channel")
        assert await peer.came.get() == (b"by channel", allocation.relayed)
        sock.sendto(b"back", allocation.relayed)
        assert await allocation.receive(within_s=5) == (address, b"back")
    finally:
        sock.abort()


@either
@pytest.mark.each_loop
async def test_a_binding_says_how_the_server_sees_us(serving):
    async with serving() as server, client_of(server.stun) as client:
        bound = await client.binding()
        assert bound.mapped == client.flow.local
        assert bound.software.partition("-")[0] == server.software
        assert 0 < bound.round_trip_ms < 1000


@either
@pytest.mark.each_loop
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_datagrams_go_through_an_allocation_both_ways(serving, transport):
    async with serving() as server, client_of(server.turn, transport) as client:
        allocation = await client.allocate()
        assert allocation.relayed[0] == "127.0.0.1"
        assert allocation.mapped == client.flow.local
        assert allocation.lifetime_s == 600
        await echo(client, allocation)
        assert await allocation.refresh(900) == 900
        assert await allocation.refresh(0) == 0


@either
@pytest.mark.each_loop
async def test_tls_is_checked_against_an_authority_of_the_user_s(serving, certificate):
    files, authority = certificate
    async with (
        serving(certificate=files) as server,
        client_of(server.turns, trust=Trust(ca=authority)) as client,
    ):
        await echo(client, await client.allocate())


@either
async def test_a_certificate_that_is_not_trusted_is_told_with_its_issuer(serving, certificate):
    files, _ = certificate
    async with serving(certificate=files) as server:
        with pytest.raises(ConnectError) as caught:
            async with client_of(server.turns):
                pass
        assert (caught.value.phase, caught.value.kind) == ("tls", "certificate-untrusted")
        assert "localhost" in caught.value.message
        async with client_of(server.turns, trust=Trust(insecure=True)) as client:
            await client.binding()


@either
async def test_a_certificate_for_another_name_is_told_with_its_names(serving, certificate):
    files, authority = certificate
    async with serving(certificate=files) as server:
        with pytest.raises(ConnectError) as caught:
            async with client_of(server.turns, trust=Trust(ca=authority, server_name="other.test")):
                pass
    assert caught.value.kind == "certificate-name"
    assert "it is for localhost" in caught.value.message


@either
async def test_it_works_over_ipv6(serving):
    async with serving(hosts=["::1"]) as server, client_of(server.turn) as client:
        bound = await client.binding()
        assert bound.mapped == client.flow.local
        allocation = await client.allocate(family=6)
        assert allocation.relayed[0] == "::1"


@either
async def test_each_step_is_kept_the_first_401_among_them(serving):
    emitted = []
    async with (
        serving() as server,
        client_of(server.turn, sink=emitted.extend) as client,
    ):
        await client.allocate()
        challenge, granted = client.exchanges
        assert challenge.is_challenge
        assert challenge.error.code == 401
        assert not challenge.is_success
        assert granted.is_success
        assert granted.signed
        assert client.realm == server.realm
        assert 0 < challenge.duration_ms < 1000
    phases = [each.name for each in emitted if isinstance(each, ConnectionPhase)]
    assert phases == ["dns", "challenge", "allocate", "refresh"]
    assert [each.kind for each in emitted if isinstance(each, IceCandidate)] == ["relay"]
    assert isinstance(emitted[-1], ConnectionClosed)
    assert [each.seq for each in emitted] == list(range(1, len(emitted) + 1))


@either
async def test_a_wrong_password_is_a_second_401(serving):
    emitted = []
    wrong = Credentials(USER, "byron")
    async with serving() as server, client_of(server.turn, None, wrong, sink=emitted.extend) as it:
        with pytest.raises(StunRefusedError) as caught:
            await it.allocate()
        assert [each.is_challenge for each in it.exchanges] == [True, False]
    assert (caught.value.code, caught.value.method) == (401, "Allocate")
    assert "password" in caught.value.hint
    assert [each.code for each in emitted if isinstance(each, IceError)] == [401]


@either
async def test_without_credentials_the_401_is_what_is_said(serving):
    async with serving() as server, client_of(server.turn, None, None) as client:
        with pytest.raises(StunRefusedError) as caught:
            await client.allocate()
    assert caught.value.code == 401


@either
async def test_credentials_for_a_time_are_taken_until_then(serving):
    secret, now_s = b"shared", SystemClock().wall_ns() // 1_000_000_000
    late = make_credentials(secret, expires_at_s=now_s + 3600, user="ada")
    over = make_credentials(secret, expires_at_s=now_s - 3600, user="ada")
    async with serving(secret=secret) as server:
        async with client_of(server.turn, None, late) as client:
            await client.allocate()
        async with client_of(server.turn, None, over) as client:
            with pytest.raises(StunRefusedError):
                await client.allocate()


@pytest.mark.slow
@pytest.mark.requires("turnserver")
@pytest.mark.parametrize(
    ("options", "more", "code"),
    [
        ((), {"loopback": False}, 403),
        (("--no-udp-relay",), {}, 442),
        (("--user-quota", "1"), {}, 486),
        ((), {"ports": (50_000, 50_000)}, 508),
    ],
)
async def test_a_refusal_has_its_code_and_what_to_do(options, more, code):
    async def fill(server):
        async with client_of(server.turn) as holding:
            await (await holding.allocate()).permit(("127.0.0.1", 9))
            async with client_of(server.turn) as client:
                await client.allocate()

    async with coturn(*options, **more) as server:
        with pytest.raises(StunRefusedError) as caught:
            await fill(server)
    assert caught.value.code == code
    assert str(code) in caught.value.message
    assert caught.value.hint


@pytest.mark.slow
@pytest.mark.requires("turnserver")
async def test_an_alternate_server_is_named():
    (port,) = free_ports(1)
    options = ("--alternate-server", f"127.0.0.1:{port}")
    async with coturn(*options) as server, client_of(server.turn) as client:
        with pytest.raises(StunRefusedError) as caught:
            await client.allocate()
    assert (caught.value.code, caught.value.alternate) == (300, ("127.0.0.1", port))


@either
async def test_an_allocation_is_given_back_at_the_end(serving):
    async with serving() as server:
        async with client_of(server.turn) as client:
            await client.allocate()
        last = client.exchanges[-1]
    assert (last.name, last.is_success) == ("Refresh", True)
    assert last.request.find(Lifetime) == Lifetime(0)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_where_nothing_listens_that_is_told(transport):
    (port,) = free_ports(1)
    with pytest.raises(ConnectError) as caught:
        async with client_of(f"turn:127.0.0.1:{port}", transport, timers=QUICK) as client:
            await client.binding()
    assert caught.value.kind == "refused"


async def test_silence_is_told_with_how_long_was_waited():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"stun:127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ConnectError) as caught:
            async with client_of(address, timers=QUICK) as client:
                await client.binding()
    assert caught.value.kind == "timeout"
    assert "within 1.0 s" in caught.value.message


async def test_a_name_that_does_not_resolve_is_told():
    with pytest.raises(ConnectError) as caught:
        async with client_of("turn:nothing.invalid"):
            pass
    assert (caught.value.phase, caught.value.kind) == ("dns", "resolve")


async def test_another_protocol_is_told_from_stun():
    async def talk(reader, writer):
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read(100)

    async with RawServer(talk) as server:
        with pytest.raises(ConnectError) as caught:
            async with client_of(f"turn:127.0.0.1:{server.port}", "tcp", timers=QUICK) as client:
                await client.binding()
    assert caught.value.kind == "not-stun"
