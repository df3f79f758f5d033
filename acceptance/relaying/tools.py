"""coturn's client tools: nothing is lost, and a NAT's behaviour is found out."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.authority import Authority
from tests.support.coturn_tools import Run, echoing_peer, stunclient, uclient
from tests.support.ice_child import LOOPBACK, our_server
from tests.support.parts import PARTS

COUNT, MANY = 200, 5
HOSTS = ("127.0.0.1", "::1")


async def show(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Run the tools in each way."""
    if PARTS["turnutils_uclient"]() is None:
        raise SystemExit("coturn's client tools are needed; install coturn and run this again.")
    certificates = folder / "certificates"
    certificates.mkdir()
    authority = Authority(certificates)
    chain, key = _written(authority, certificates)
    mine, my_key = authority.client_files("client")
    secure = ("-t", "-S", "-i", str(mine), "-k", str(my_key), "-E", str(authority.ca_file))
    async with (
        our_server(
            hosts=HOSTS, second_hosts=("127.0.0.2",), allowed_peers=LOOPBACK, second_port=0,
            certificate=(str(chain), str(key)),
        ) as server,
        echoing_peer(HOSTS) as peer,
    ):  # fmt: skip
        for transport, port, how in (
            ("UDP", server.port, ()),
            ("TCP", server.port, ("-t",)),
            ("TLS", server.tls_port, secure),
        ):
            for words, host, more in (
                ("by channel, IPv4", "127.0.0.1", ("-e", "127.0.0.1", "-r", str(peer))),
                ("by Send and Data, IPv4", "127.0.0.1", ("-s", "-e", "127.0.0.1", "-r", str(peer))),
                ("more requests, IPv4", "127.0.0.1", ("-G", "-e", "127.0.0.1", "-r", str(peer))),
                ("client to client, IPv4", "127.0.0.1", ("-y",)),
                ("by channel, IPv6", "::1", ("-x", "-e", "::1", "-r", str(peer))),
            ):
                done = await uclient(host, port, *how, *more, count=COUNT, many=MANY)
                yield f"uclient over {transport}, {words}", _words(done), _holds(done)
        said = await stunclient("127.0.0.1", server.port, "-f")
        yield "stunclient, RFC 5780", _last(said), "RFC 5780 response" in said
        await asyncio.sleep(0)
    unsent, malformed = server.counters["unsent"], server.counters["malformed"]
    words = f"{unsent} not sent, {malformed} malformed, {server.counters['to_peers']:,} to peers"
    yield "what the server counted", words, unsent == 0


def _written(authority: Authority, folder: Path) -> tuple[Path, Path]:
    issued = authority.issue("127.0.0.1", "::1")
    chain, key = folder / "server.pem", folder / "server.key"
    issued.cert_chain_pems[0].write_to_path(str(chain))
    issued.private_key_pem.write_to_path(str(key))
    return chain, key


def _words(done: Run) -> str:
    return f"{done.sent} sent, {done.lost} lost, exit code {done.code}"


def _holds(done: Run) -> bool:
    return done.sent >= COUNT * MANY and done.lost == 0 and done.code == 0


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if "addr" in line]
    return "; ".join(lines)[-150:]
