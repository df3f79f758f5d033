"""The server on real sockets: UDP, TCP, TLS, IPv4 and IPv6, and what it does with bad clients."""

import asyncio
import errno
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.ice_server.served import authority_context, options, serving, until
from tests.support.authority import Authority
from tests.support.fake_clock import FakeClock
from tests.support.turn_client import Clients, TurnClient
from wirescope.errors import UsageError
from wirescope.ice_server import (
    Allocated,
    Deallocated,
    IceServerEvent,
    serve_ice,
    sockets,
)
from wirescope.ice_server.sockets import REMEMBERED_NS, LocalHosts, bind
from wirescope.wire.stun import (
    IPV6,
    ChangeRequest,
    ErrorCode,
    Lifetime,
    MessageClass,
    Method,
    OtherAddress,
    XorMappedAddress,
    XorPeerAddress,
    build_stun,
    make_message,
    parse_stun,
)

LOOPBACK = ("127.0.0.0/8", "::1/128")


async def talk(one: TurnClient, two: TurnClient, *, family: int = 1) -> None:
    """Let two clients relay to each other."""
    first, second = await one.allocate(family=family), await two.allocate(family=family)
    assert await one.bind(0x4000, second) == 0
    assert await two.bind(0x4001, first) == 0
    for number in range(20):
        one.send_channel(0x4000, b"there" * number)
        assert await two.hear() == b"there" * number
        two.send_channel(0x4001, b"back" * number)
        assert await one.hear() == b"back" * number


@pytest.mark.each_loop
@pytest.mark.parametrize("kinds", [("udp", "udp"), ("udp", "tcp"), ("tls", "udp"), ("tcp", "tls")])
async def test_two_clients_talk_over_any_transport(kinds: tuple[str, str], tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with serving(tls=authority.server("127.0.0.1")) as (server, clients):
        trust = authority_context(authority)
        one, two = [await clients.open(kind, trust=trust) for kind in kinds]
        await talk(one, two)
        assert server.counters.to_peers == server.counters.to_clients == 40
        assert server.counters.to_peers_bytes == server.counters.to_clients_bytes == 190 * 9


async def test_two_clients_talk_over_ipv6() -> None:
    async with serving(hosts=("127.0.0.1", "::1")) as (_, clients):
        one = await clients.open(host="::1")
        two = await clients.open("tcp", host="::1")
        await talk(one, two, family=IPV6)


@pytest.mark.each_loop
@pytest.mark.parametrize("family", [4, 6])
async def test_data_goes_to_a_peer_and_back(family: int) -> None:
    host = "127.0.0.1" if family == 4 else "::1"
    async with serving(hosts=(host,), allowed_peers=LOOPBACK) as (_, clients):
        client = await clients.open(host=host)
        relayed = await client.allocate(family=1 if family == 4 else IPV6)
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        with socket.socket(kind, socket.SOCK_DGRAM) as peer:
            peer.bind((host, 0))
            peer.settimeout(0)
            loop = asyncio.get_running_loop()
            assert await client.bind(0x4000, peer.getsockname()[:2]) == 0
            client.send_channel(0x4000, b"there")
            assert await loop.sock_recv(peer, 100) == b"there"
            peer.sendto(b"back", relayed)
            assert await client.hear() == b"back"
            assert (await client.ask(Method.REFRESH, Lifetime(0))).find(Lifetime) == Lifetime(0)


async def test_a_client_over_tls_is_told_its_address(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with serving(tls=authority.server("127.0.0.1")) as (_, clients):
        client = await clients.open("tls", trust=authority_context(authority))
        answer = await client.ask(Method.BINDING)
        mapped = answer.find(XorMappedAddress)
        assert mapped is not None
        assert (mapped.host, mapped.port) == client.transport.get_extra_info("sockname")


async def test_the_answer_comes_from_the_other_address_and_port() -> None:
    async with serving(second_hosts=("127.0.0.2",)) as (server, _):
        other = "127.0.0.2", server.options.second_port
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.bind(("127.0.0.1", 0))
            client.settimeout(0)
            loop = asyncio.get_running_loop()
            request = make_message(
                MessageClass.REQUEST, Method.BINDING, bytes(12), ChangeRequest(True, True)
            )
            await loop.sock_sendto(client, build_stun(request), ("127.0.0.1", server.options.port))
            async with asyncio.timeout(5):
                data, sender = await loop.sock_recvfrom(client, 1500)
            assert sender == other
            assert parse_stun(data).find(OtherAddress) == OtherAddress(*other)
            assert server.counters.bindings == 1


async def test_credentials_for_a_time_are_given_out_and_taken() -> None:
    async with serving() as (server, clients):
        given = server.credentials("bob")
        client = await clients.open(user=given.username, password=given.password)
        assert (await client.allocate())[0] == "127.0.0.1"


async def test_credentials_that_are_over_are_refused() -> None:
    async with serving() as (server, clients):
        given = server.credentials("bob", lifetime_s=-1)
        client = await clients.open(user=given.username, password=given.password)
        with pytest.raises(ValueError, match="401"):
            await client.allocate()


async def test_loopback_is_refused_by_itself() -> None:
    async with serving() as (_, clients):
        client = await clients.open()
        await client.allocate()
        assert await client.bind(0x4000, ("127.0.0.1", 9)) == 403


async def test_a_public_address_is_out_of_reach_from_loopback() -> None:
    async with serving() as (_, clients):
        client = await clients.open()
        await client.allocate()
        assert await client.bind(0x4000, ("9.9.9.9", 53)) == 403


def test_the_machine_is_asked_for_its_addresses_again_after_a_while(clock: FakeClock) -> None:
    hosts = LocalHosts(clock.monotonic_ns)
    assert hosts.has("127.0.0.1")
    assert not hosts.has("9.9.9.9")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sockets, "_can_bind", lambda host: host == "9.9.9.9")
        assert hosts.has("127.0.0.1")
        clock.advance(ns=REMEMBERED_NS)
        assert not hosts.has("127.0.0.1")
        assert hosts.has("9.9.9.9")


def test_what_cannot_be_found_out_of_an_address_is_taken_as_the_machines(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> bool:
        raise OSError(errno.EMFILE, "too many")

    monkeypatch.setattr(sockets, "_can_bind", fail)
    assert LocalHosts(clock.monotonic_ns).has("9.9.9.9")


async def test_ports_come_from_the_range_and_go_back_to_it() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        async with serving(relay_ports=range(port, port + 1)) as (_, clients):
            client = await clients.open()
            with pytest.raises(ValueError, match="508"):
                await client.allocate()  # another program has it
            other.close()
            assert await client.allocate() == ("127.0.0.1", port)
            with pytest.raises(ValueError, match="508"):
                await (await clients.open()).allocate()
            await client.ask(Method.REFRESH, Lifetime(0))
            assert await (await clients.open()).allocate() == ("127.0.0.1", port)


async def test_who_gets_none_for_lack_of_descriptors_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> Any:
        raise OSError(errno.EMFILE, "too many")

    events: list[Any] = []
    async with (
        serve_ice(options(), on_event=events.append) as server,
        Clients.of(server) as clients,
    ):
        client = await clients.open()
        monkeypatch.setattr(sockets, "bind", fail)
        with pytest.raises(ValueError, match="508"):
            await client.allocate()
    assert events[-1].reason == "the server may open no more sockets"


async def test_what_happens_is_told() -> None:
    events: list[IceServerEvent] = []
    async with (
        serve_ice(options(), on_event=events.append) as server,
        Clients.of(server) as clients,
    ):
        await (await clients.open("tcp")).allocate()
        assert server.counters.allocations == server.counters.allocated == 1
        assert server.counters.succeeded == server.counters.refused == 1
    kinds = [type(each) for each in events]
    assert kinds[-2:] == [Allocated, Deallocated]


async def test_a_fault_of_who_listens_keeps_nobody_from_an_answer() -> None:
    def fail(event: IceServerEvent) -> None:
        raise LookupError(event)

    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: faults.append(about))
    async with serve_ice(options(), on_event=fail) as server, Clients.of(server) as clients:
        await (await clients.open()).allocate()
    assert {type(each["exception"]) for each in faults} == {LookupError}


async def test_an_address_may_be_written_at_length() -> None:
    hosts = ("0:0:0:0:0:0:0:1",)
    async with serving(hosts=hosts, relay_ports=range(40_000, 60_000)) as (server, clients):
        client = await clients.open(host="::1")
        await client.allocate(family=IPV6)
        await client.ask(Method.REFRESH, Lifetime(0))
        assert server.counters.allocations == 0


async def test_a_connection_that_ends_gives_its_port_back() -> None:
    async with serving() as (server, clients):
        client = await clients.open("tcp")
        await client.allocate()
        client.transport.abort()
        await until(lambda: server.counters.allocations == 0)


@pytest.mark.parametrize("hello", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", bytes(64)])
async def test_who_speaks_something_else_is_let_go(hello: bytes) -> None:
    async with serving() as (server, clients):
        client = await clients.open("tcp")
        client.put(hello)
        async with asyncio.timeout(5):
            await client.closed.wait()
        assert server.counters.malformed == 1


async def test_who_speaks_no_tls_is_let_go(tmp_path: Path) -> None:
    async with serving(tls=Authority(tmp_path).server("127.0.0.1")) as (server, clients):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.options.tls_port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(5):
            await reader.read()
        writer.transport.abort()
        client = await clients.open()
        await client.allocate()  # and the others are not disturbed


@pytest.mark.parametrize("kind", ["tcp", "tls"])
async def test_a_connection_without_credentials_is_closed_in_time(
    kind: str, tmp_path: Path
) -> None:
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serving(tls=tls, credentials_timeout_s=0.1) as (server, _):
        port = server.options.port if kind == "tcp" else server.options.tls_port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.transport.abort()
        if kind == "tcp":
            assert server.counters.timed_out == 1


async def test_a_connection_with_an_allocation_stays(clock: FakeClock) -> None:
    asked = options(credentials_timeout_s=60)
    async with serve_ice(asked, clock=clock) as server, Clients.of(server) as clients:
        client = await clients.open("tcp")
        await client.allocate()
        other = await clients.open("tcp")
        clock.advance(s=61)
        async with asyncio.timeout(5):
            await other.closed.wait()  # in the same turn the one with an allocation was looked at
        assert server.counters.timed_out == 1
        assert server.counters.allocations == 1
        assert not client.closed.is_set()


async def test_there_are_so_many_connections_without_credentials() -> None:
    async with serving(max_connections=8) as (server, clients):  # 2 of a source
        first = await clients.open("tcp")
        await first.allocate()  # does not count any more
        await clients.open("tcp")
        await clients.open("tcp")
        last = await clients.open("tcp")
        async with asyncio.timeout(5):
            await last.closed.wait()
        assert server.counters.turned_away == 1


async def test_handshakes_that_never_come_are_among_the_connections(tmp_path: Path) -> None:
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serving(tls=tls, max_connections=8) as (server, _):
        made = [
            await asyncio.open_connection("127.0.0.1", server.options.tls_port) for _ in range(3)
        ]
        async with asyncio.timeout(5):
            assert await made[-1][0].read() == b""
        assert server.counters.turned_away == 1
        for _, writer in made:
            writer.transport.abort()


@pytest.mark.each_loop
@pytest.mark.parametrize("kind", ["tcp", "tls"])
async def test_one_source_leaves_room_for_the_others(kind: str, tmp_path: Path) -> None:
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serving(tls=tls, max_connections=8) as (server, _):
        port = server.options.port if kind == "tcp" else server.options.tls_port

        async def connect(host: str) -> asyncio.StreamReader:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0))
            writers.append(writer)
            return reader

        writers: list[asyncio.StreamWriter] = []
        for number in range(2, 6):
            host = f"127.0.0.{number}"
            await connect(host)
            await connect(host)
            if number == 2:
                async with asyncio.timeout(5):
                    assert await (await connect(host)).read() == b""
        assert server.counters.turned_away == 1
        async with asyncio.timeout(5):  # four sources have all there is
            assert await (await connect("127.0.0.6")).read() == b""
        assert server.counters.turned_away == 2
        for writer in writers:
            writer.transport.abort()


async def test_a_datagram_of_any_length_does_no_harm() -> None:
    async with serving(allowed_peers=LOOPBACK) as (server, clients):
        client = await clients.open()
        relayed = await client.allocate()
        with socket.socket(type=socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            await client.bind(0x4000, peer.getsockname())
            for length in (0, 1, 65_000, 65_507):
                peer.sendto(bytes(length), relayed)
        heard = [len(await client.hear()) for _ in range(3)]
        assert heard == [0, 1, 65_000]
        assert server.counters.unsent == 1  # with its header it is longer than a datagram can be
        mine = client.transport.get_extra_info("sockname")
        client.put(b"")
        assert (await client.ask(Method.CREATE_PERMISSION, XorPeerAddress(*mine))).find(
            ErrorCode
        ) is None


async def test_ports_that_are_taken_are_said_to_be() -> None:
    async with serving() as (server, _):
        port = server.options.port
        with pytest.raises(UsageError, match=rf"udp 127\.0\.0\.1:{port}: .*in use"):
            async with serve_ice(options(port=port)):
                pass


async def test_a_port_for_tls_counts_only_where_there_is_tls(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with serving(port=0, tls_port=port) as (server, _):
            assert not any(each.startswith("turns:") for each in server.urls)
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serving(port=port, tls_port=port) as (server, clients):
        assert server.options.port == port
        await (await clients.open("tcp")).allocate()
    with pytest.raises(UsageError, match=f"ports are {port}"):
        async with serve_ice(options(port=port, tls_port=port), tls=tls):
            pass
    async with serving(port=port, tls_port=port, tcp=False, tls=tls) as (server, clients):
        assert server.urls[-1] == f"turns:127.0.0.1:{port}?transport=tcp"


async def test_a_server_that_nobody_can_come_to_is_none() -> None:
    with pytest.raises(UsageError, match="neither"):
        async with serve_ice(options(udp=False, tcp=False)):
            pass


async def test_an_error_of_the_users_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError):
        async with serve_ice(options()):
            raise LookupError


async def test_time_comes_from_the_clock_that_was_given(clock: FakeClock) -> None:
    async with serve_ice(options(), clock=clock) as server:
        given = server.credentials("bob", lifetime_s=60)
        assert given.username == f"{clock.wall_ns() // 1_000_000_000 + 60}:bob"


async def test_the_addresses_for_clients_are_named(tmp_path: Path) -> None:
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serve_ice(options(hosts=("127.0.0.1", "::1")), tls=tls) as server:
        port, tls_port = server.options.port, server.options.tls_port
        assert server.urls == (
            f"stun:127.0.0.1:{port}",
            f"turn:127.0.0.1:{port}?transport=udp",
            f"turn:127.0.0.1:{port}?transport=tcp",
            f"turns:127.0.0.1:{tls_port}?transport=tcp",
            f"stun:[::1]:{port}",
            f"turn:[::1]:{port}?transport=udp",
            f"turn:[::1]:{port}?transport=tcp",
            f"turns:[::1]:{tls_port}?transport=tcp",
        )


async def test_small_answers_over_tcp_do_not_wait_for_one_another() -> None:
    accepted: asyncio.Future[asyncio.BaseTransport] = asyncio.get_running_loop().create_future()

    class Client(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.set_result(transport)

    listening = bind("127.0.0.1", 0, socket.SOCK_STREAM)
    server = await asyncio.get_running_loop().create_server(Client, sock=listening)
    async with server:
        _, writer = await asyncio.open_connection(*listening.getsockname())
        taken = (await accepted).get_extra_info("socket")
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        (await accepted).close()
        await writer.wait_closed()
