"""The way to a server: names, addresses, sockets, and what is said when there is none."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.support.handshakes import Upgrading, attempt
from tests.support.raw_server import RawServer
from wirescope.errors import ConnectError
from wirescope.transports.websocket.options import ResolveOverride


@pytest.mark.each_loop
async def test_the_steps_are_timed_in_order():
    async with RawServer(Upgrading()) as server:
        made = await attempt(f"ws://127.0.0.1:{server.port}/a")
    assert made.types == [
        "connection.opening",
        "dns",
        "tcp",
        "connection.reached",
        "upgrade",
        "websocket.handshake",
    ]
    phases = [each for each in made.events if each.type == "connection.phase"]
    assert all(each.duration_ns > 0 for each in phases)
    assert {each.connection for each in made.events} == {"c1"}


async def test_an_override_takes_the_place_of_dns_and_its_addresses_are_tried_in_turn():
    async with RawServer(Upgrading()) as server:
        override = ResolveOverride("far.test", server.port, ("127.0.0.2", "127.0.0.1"))
        made = await attempt(f"ws://Far.test:{server.port}/", resolve=(override,))
    assert made.established is not None
    assert b"Host: far.test:" in made.events[-1].request.encode()


@pytest.mark.each_loop
async def test_a_unix_socket_takes_the_place_of_host_and_port(tmp_path):
    path = tmp_path / "s"
    talk = Upgrading()
    async with RawServer(talk, unix=path):
        made = await attempt("ws://host.test/x", unix_socket=path)
    assert made.types == ["connection.opening", "tcp", "upgrade", "websocket.handshake"]
    assert talk.heads[0].startswith(b"GET /x HTTP/1.1\r\nHost: host.test\r\n")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.mark.each_loop
async def test_a_port_that_nothing_listens_on_is_named():
    port = free_port()
    made = await attempt(f"ws://127.0.0.1:{port}/")
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("tcp", "refused")
    assert made.error.message == (
        f"Nothing listens on 127.0.0.1:{port}; the connection was refused."
    )
    assert made.types == ["connection.opening", "dns", "connection.failed"]
    failed = made.events[-1]
    assert (failed.phase, failed.kind, failed.message) == ("tcp", "refused", made.error.message)


async def test_of_several_addresses_the_refusal_says_more_than_the_missing_route():
    port = free_port()
    override = ResolveOverride("far.test", port, ("127.0.0.1", "::ffff:0:1", "255.255.255.255"))
    made = await attempt(f"ws://far.test:{port}/", resolve=(override,))
    assert isinstance(made.error, ConnectError)
    assert made.error.kind == "refused"


async def test_a_name_that_does_not_resolve_is_named():
    made = await attempt("wss://nowhere.invalid/")
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("dns", "resolve")
    assert "nowhere.invalid" in made.error.message
    assert made.types == ["connection.opening", "connection.failed"]


@pytest.mark.parametrize(("family", "host"), [(6, "127.0.0.1"), (4, "[::1]")])
async def test_a_host_without_an_address_of_the_family_is_named(family, host):
    made = await attempt(f"ws://{host}/", family=family)
    assert isinstance(made.error, ConnectError)
    assert made.error.message == f"{host.strip('[]')} has no IPv{family} address."
    assert f"-{family}" in made.error.hint


async def test_a_unix_socket_that_is_not_there_is_named(tmp_path):
    made = await attempt("ws://h/", unix_socket=tmp_path / "none")
    assert isinstance(made.error, ConnectError)
    assert made.error.kind == "unreachable"
    assert str(tmp_path / "none") in made.error.message


@pytest.mark.each_loop
@pytest.mark.slow
async def test_a_server_that_says_nothing_runs_into_the_time_out_for_opening():
    async with RawServer(lambda reader, _: reader.read(-1)) as server:
        made = await attempt(f"ws://127.0.0.1:{server.port}/", open_timeout_s=0.3)
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("upgrade", "timeout")
    assert "did not answer the opening handshake within 0.3 s" in made.error.message
    assert made.types[-2:] == ["websocket.handshake", "connection.failed"]


@pytest.mark.slow
async def test_a_backlog_that_is_full_runs_into_the_time_out_for_tcp(tmp_path: Path):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(address)
            made = await attempt(f"ws://127.0.0.1:{address[1]}/", open_timeout_s=0.3)
        finally:
            for filler in fillers:
                filler.close()
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("tcp", "timeout")


async def test_giving_up_from_outside_is_no_failure_of_the_connection():
    async with RawServer(lambda reader, _: reader.read(-1)) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await attempt(f"ws://127.0.0.1:{server.port}/")
