"""coturn's own client tools, which this project has no hand in, lose nothing."""

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.coturn_tools import echoing_peer, stunclient, uclient
from wirescope.ice_server import IceServerOptions, serve_ice

LOOPBACK = ("127.0.0.0/8", "::1/128")

pytestmark = [pytest.mark.slow, pytest.mark.requires("turnutils_uclient")]

WAYS = {
    "UDP": (),
    "UDP, Send": ("-s",),
    "TCP": ("-t",),
    "TCP, Send": ("-t", "-s"),
    "UDP, more requests": ("-G",),
    "UDP, IPv4 asked for": ("-X",),
}
BETWEEN = {"UDP": ("-y",), "TCP": ("-y", "-t"), "Send": ("-y", "-s")}
IPV6 = {"UDP": ("-x",), "TCP": ("-x", "-t"), "Send": ("-x", "-s")}


def options(**more: object) -> IceServerOptions:
    given = {"port": 0, "tls_port": 0, "second_port": 0, "users": {"ada": "pw"}}
    return IceServerOptions(**(given | {"allowed_peers": LOOPBACK} | more))  # type: ignore[arg-type]


async def all_at_once(host: str, port: int, ways: dict[str, tuple[str, ...]], *to: str) -> None:
    """Run the tool in each way, side by side, as it takes its time."""
    async with asyncio.TaskGroup() as tasks:
        runs = {
            name: tasks.create_task(uclient(host, port, *way, *to)) for name, way in ways.items()
        }
    for name, run in runs.items():
        done = run.result()
        assert (done.lost, done.code) == (0, 0), f"{name}: {done.said}"
        assert done.sent >= 20, f"{name}: {done.said}"


async def test_nothing_is_lost_to_a_peer_and_back() -> None:
    async with serve_ice(options()) as server, echoing_peer() as peer:
        to = ("-e", "127.0.0.1", "-r", str(peer))
        await all_at_once("127.0.0.1", server.options.port, WAYS, *to)
        assert server.counters.unsent == server.counters.malformed == 0


async def test_nothing_is_lost_between_clients_of_the_server() -> None:
    async with serve_ice(options(allowed_peers=())) as server:
        await all_at_once("127.0.0.1", server.options.port, BETWEEN)


async def test_nothing_is_lost_over_ipv6() -> None:
    async with serve_ice(options(hosts=("::1",))) as server, echoing_peer(("::1",)) as peer:
        await all_at_once("::1", server.options.port, IPV6, "-e", "::1", "-r", str(peer))


async def test_nothing_is_lost_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = authority.server("127.0.0.1")
    # the tool offers no application protocol, and its TLS ends at 1.2 or 1.3 by its build
    assert tls.minimum_version <= ssl.TLSVersion.TLSv1_2
    certificate, key = authority.client_files("client")
    secure = ("-t", "-S", "-i", str(certificate), "-k", str(key), "-E", str(authority.ca_file))
    async with serve_ice(options(), tls=tls) as server, echoing_peer() as peer:
        to = ("-e", "127.0.0.1", "-r", str(peer))
        done = await uclient("127.0.0.1", server.options.tls_port, *secure, *to)
        assert (done.sent, done.lost, done.code) == (20, 0, 0), done.said


async def test_the_tool_learns_its_address() -> None:
    async with serve_ice(options()) as server:
        said = await stunclient("127.0.0.1", server.options.port)
        assert "UDP reflexive addr: 127.0.0.1:" in said


async def test_the_tool_finds_out_what_a_nat_does() -> None:
    async with serve_ice(options(second_hosts=("127.0.0.2",))) as server:
        said = await stunclient("127.0.0.1", server.options.port, "-f")
        assert "RFC 5780 response" in said, said
