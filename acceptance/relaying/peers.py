"""Peers that are not relayed to: asked for by CreatePermission, ChannelBind and Send alike."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.support.ice_child import LOOPBACK, our_server
from tests.support.relay_load import PlainClient, must
from wirescope.wire.stun import (
    IPV4,
    IPV6,
    ChannelNumber,
    Data,
    Lifetime,
    MessageClass,
    Method,
    RequestedAddressFamily,
    XorPeerAddress,
    build_stun,
    make_message,
)

HOSTS = ("127.0.0.1", "::1")
KINDS = {
    "loopback": ("127.0.0.1", "127.0.0.53", "127.255.255.254", "::1"),
    "private": ("10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1"),
    "link-local": ("169.254.0.1", "169.254.169.254", "fe80::1"),
    "shared (RFC 6598)": ("100.64.0.1", "100.127.255.254"),
    "unspecified": ("0.0.0.0", "0.1.2.3", "::"),
    "multicast, broadcast": ("224.0.0.251", "239.255.255.250", "255.255.255.255", "ff02::fb"),
    "unique local, site-local": ("fd00::1", "fc00::1", "fec0::1"),
    "reserved, documentation": (
        *("192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1"),
        *("100::1", "2001:db8::1", "3fff::1", "4000::1", "2001:2::1", "64:ff9b:1::1"),
    ),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:9.9.9.9"),
    "IPv4-compatible": ("::127.0.0.1", "::10.0.0.1", "::9.9.9.9"),
    "NAT64 of a private one": ("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe"),
    "6to4 of a private one": ("2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::1"),
    "Teredo of a private one": ("2001:0:909:909:0:f227:80ff:fffe", "2001:0:909:909:0:0:f5ff:fffe"),
    "ISATAP of a private one": ("2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:127.0.0.1"),
}


async def show(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Ask for each kind, with an IPv4 and an IPv6 allocation."""
    del folder
    rows: list[tuple[str, str, bool]] = []
    async with our_server(hosts=HOSTS) as server:
        rows += await asyncio.to_thread(lambda: list(_kinds(server.port)))
        rows += await asyncio.to_thread(lambda: list(_own(server.port)))
    counters = server.counters
    sends = 2 * (sum(map(len, KINDS.values())) + 3)
    words = f"{counters['to_peers']} relayed, {counters['unpermitted']} of {sends} Sends dropped"
    rows.append(("what the server counted", words, counters["unpermitted"] == sends))
    async with our_server(hosts=HOSTS, allowed_peers=LOOPBACK) as server:
        rows += await asyncio.to_thread(lambda: list(_told_otherwise(server.port)))
    for row in rows:
        yield row


def _clients(port: int, stack: ExitStack) -> list[PlainClient]:
    """Open clients that have an IPv4 and an IPv6 address."""
    clients = []
    for host, family in zip(HOSTS, (IPV4, IPV6), strict=True):
        client = PlainClient(port, host=host)
        stack.callback(client.socket.close)
        must(client.allocate(RequestedAddressFamily(family)))
        clients.append(client)
    return clients


def _codes(client: PlainClient, peer: tuple[str, int]) -> tuple[int, int]:
    """Ask for a peer in all three ways; what the first two were answered with."""
    where = XorPeerAddress(*peer)
    codes = (
        client.code(Method.CREATE_PERMISSION, where),
        client.code(Method.CHANNEL_BIND, ChannelNumber(0x4000), where),
    )
    values = where, Data(b"not to be relayed")
    client.socket.send(
        build_stun(make_message(MessageClass.INDICATION, Method.SEND, bytes(12), *values))
    )
    return codes


def _kinds(port: int) -> Iterator[tuple[str, str, bool]]:
    with ExitStack() as stack:
        listening = [stack.enter_context(_listening(host)) for host in HOSTS]
        heard_at = listening[0].getsockname()[1]
        clients = _clients(port, stack)
        for kind, hosts in KINDS.items():
            found = [_codes(client, (host, heard_at)) for client in clients for host in hosts]
            codes = sorted({code for pair in found for code in pair})
            words = f"{len(hosts)} addresses, both families, both requests: {codes}"
            yield f"{kind} peers", words, codes == [403]
        heard = sum(_has_heard(each) for each in listening)
        yield "a listener on loopback", f"has heard {heard} datagrams", heard == 0


def _listening(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_DGRAM)
    listening.bind((host, 0))
    listening.settimeout(0.2)
    return listening


def _has_heard(listening: socket.socket) -> bool:
    try:
        listening.recv(100)
    except TimeoutError:
        return False
    return True


def _own(port: int) -> Iterator[tuple[str, str, bool]]:
    with ExitStack() as stack:
        clients = _clients(port, stack)
        for client, host in zip(clients, HOSTS, strict=True):
            codes = _codes(client, (host, port))
            yield f"the server's own address, {host}", str(codes), codes == (403, 403)
        other = PlainClient(port)
        stack.callback(other.socket.close)
        must(other.allocate())
        client, there = clients[0], XorPeerAddress(*other.relayed)
        before = client.code(Method.CREATE_PERMISSION, there)
        must(other.code(Method.REFRESH, Lifetime(0)))
        after = _codes(client, other.relayed)
        words = f"{before} while it is there, {after} afterwards"
        yield "another client's relayed address", words, before == 0 and after == (403, 403)
        # the permission that is left is for this server's relayed addresses alone
        for host, number in (("127.0.0.1", 22), ("127.0.0.1", port), ("127.0.0.1", 9)):
            codes = _codes(client, (host, number))
            yield f"the permission of that, to port {number}", str(codes), codes == (403, 403)


def _told_otherwise(port: int) -> Iterator[tuple[str, str, bool]]:
    with ExitStack() as stack:
        peer = stack.enter_context(_listening("127.0.0.1"))
        client = _clients(port, stack)[0]
        code = client.code(Method.CREATE_PERMISSION, XorPeerAddress(*peer.getsockname()))
        yield "loopback, where the operator allows it", f"{code}", code == 0
        codes = _codes(client, ("127.0.0.1", port))
        yield "the server's port, even so", str(codes), codes == (403, 403)
