"""A STUN server with two addresses (RFC 5780) that answers as if a NAT stood before the client.

On loopback there is no NAT, so the server says what one would have made of each request: another
outer port for each destination that the mapping tells apart, and no answer where the filter would
have dropped it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from tests.support.local_coturn import free_ports
from wirescope.transports.turn import Behaviour, NatBehaviour
from wirescope.wire.stun import (
    Attribute,
    ChangeRequest,
    MessageClass,
    OtherAddress,
    StunMessage,
    XorMappedAddress,
    build_stun,
    make_message,
    make_response,
    parse_stun,
)

HOSTS = ("127.0.0.1", "127.0.0.2")
OUTER = "192.0.2.7"
Address = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Lies:
    """What the server says or does that is not so, beside the NAT.

    Attributes:
        other: the address in OTHER-ADDRESS; None says the truth.
        outer: the host in XOR-MAPPED-ADDRESS.
        stays: whether it answers from where it was asked, whatever it is asked to do.
        refuses: the error that it answers a CHANGE-REQUEST with, well-formed or not; None for none.
        repeats: whether it sends each answer again, just before the next one.
        answers: how many requests it answers at most; None for all.
    """

    other: Address | None = None
    outer: str = OUTER
    stays: bool = False
    refuses: Attribute | None = None
    repeats: bool = False
    answers: int | None = None


class _Door(asyncio.DatagramProtocol):
    """One of the four sockets."""

    def __init__(self, server: "LyingStun", own: Address) -> None:
        self._server = server
        self._own = own
        self.socket: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.socket = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._server.answer(self._own, parse_stun(data), addr)


class LyingStun:
    """The server.

    Attributes:
        address: the first of its addresses.
        doors: its sockets, by address.
    """

    def __init__(self, nat: NatBehaviour, ports: tuple[int, int], lies: "Lies") -> None:
        self.address: Address = (HOSTS[0], ports[0])
        self._lies = lies
        self._asked = 0
        self._last: tuple[bytes, Address, Address] | None = None
        self.doors: dict[Address, _Door] = {}
        self._nat = nat
        self._ports = ports
        self._mapped: dict[tuple[Address, Address], int] = {}
        self._sent: dict[Address, set[Address]] = {}

    def answer(self, own: Address, request: StunMessage, source: Address) -> None:
        """Answer a request that came to one of the sockets."""
        lies = self._lies
        self._asked += 1
        if lies.answers is not None and self._asked > lies.answers:
            return
        change = request.find(ChangeRequest)
        if change is not None and lies.refuses:
            head = MessageClass.ERROR, request.method, request.transaction_id
            self._send(make_message(*head, lies.refuses), own, source)
            return
        way = own
        if change is not None and not lies.stays:
            host = HOSTS[own[0] == HOSTS[0]] if change.change_ip else own[0]
            port = self._ports[own[1] == self._ports[0]] if change.change_port else own[1]
            way = host, port
        filtering = self._nat.filtering
        self._sent.setdefault(source, set()).add(filtering.key(own))
        if filtering.key(way) not in self._sent[source]:
            return
        key = source, self._nat.mapping.key(own)
        outer = self._mapped.setdefault(key, 50_000 + len(self._mapped))
        other = OtherAddress(*(lies.other or (HOSTS[1], self._ports[1])))
        response = make_response(request, XorMappedAddress(lies.outer, outer), other)
        self._send(response, way, source)

    def _send(self, answer: StunMessage, way: Address, to: Address) -> None:
        sent = build_stun(answer), way, to
        again, self._last = self._last, sent
        for data, own, source in (again, sent) if again and self._lies.repeats else (sent,):
            door = self.doors[own].socket
            if door is not None:
                door.sendto(data, source)


@asynccontextmanager
async def lying_stun(
    mapping: Behaviour, filtering: Behaviour, lies: Lies | None = None
) -> AsyncIterator[LyingStun]:
    """Run a server before which such a NAT seems to stand, while the context lasts."""
    loop = asyncio.get_running_loop()
    one, two = free_ports(2)
    server = LyingStun(NatBehaviour(mapping, filtering), (one, two), lies or Lies())
    try:
        for host in HOSTS:
            for port in (one, two):
                door = _Door(server, (host, port))
                server.doors[host, port] = door
                await loop.create_datagram_endpoint(lambda door=door: door, local_addr=(host, port))  # type: ignore[misc]
        yield server
    finally:
        for door in server.doors.values():
            if door.socket is not None:
                door.socket.abort()
        await asyncio.sleep(0)
