"""A relay of UDP: each client has a socket of its own to the server, and all share the link."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from wirescope.clock import Clock
from wirescope.link import LinkSettings
from wirescope.transports.link.records import DirectionReport
from wirescope.transports.link.way import BothWays

MOST_CLIENTS = 256
"""How many clients are told apart; one more takes the place of the one that was silent longest."""

HEADS = {4: 28, 6: 48}
"""Bytes of the heads of IP and UDP (RFC 791, RFC 8200, RFC 768)."""

_EARLY = 64  # datagrams that wait for a socket to be opened

Address = tuple[Any, ...]


class _Socket(asyncio.DatagramProtocol):
    """A socket of the relay; what comes is handed to a callable."""

    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take
        self._full = False
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        # uvloop's transports are no subclass of asyncio's
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take a datagram."""
        self._take(data, addr)

    def pause_writing(self) -> None:
        """Know that the system takes no more for now."""
        self._full = True

    def resume_writing(self) -> None:
        """Know that it does again."""
        self._full = False

    @property
    def address(self) -> tuple[str, int]:
        """Where it is."""
        assert self._transport is not None
        host, port, *_ = self._transport.get_extra_info("sockname")
        return host, port

    def send(self, data: bytes, to: Address | None = None) -> bool:
        """Send a datagram; whether there was room for it."""
        transport = self._transport
        if transport is None or transport.is_closing() or self._full:
            return False
        transport.sendto(data, to)
        return True

    def close(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()


@dataclass(slots=True)
class _Client:
    """Who sends through the relay.

    Attributes:
        number: of its flow.
        address: where it is.
        socket: the relay's towards the server, once it is open.
        early: what arrived before that.
    """

    number: int
    address: Address
    socket: _Socket | None = None
    early: deque[bytes] = field(default_factory=lambda: deque(maxlen=_EARLY))


class DatagramRelay:
    """Carries datagrams between clients and one server.

    Args:
        settings: the link.
        target: where the server is, a numeric address.
        tasks: own what is under way.
        clock: the time.
    """

    def __init__(
        self,
        settings: LinkSettings,
        target: tuple[str, int],
        *,
        tasks: asyncio.TaskGroup,
        clock: Clock,
    ) -> None:
        self._target, self._tasks = target, tasks
        self._front = _Socket(self._take)
        self._by_address: OrderedDict[Address, _Client] = OrderedDict()
        self._by_number: dict[int, _Client] = {}
        self._flows = 0
        self._ways = BothWays(
            settings,
            head=HEADS[6 if ":" in target[0] else 4],
            to_server=self._to_server,
            to_client=self._to_client,
            clock=clock,
        )

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Begin; where clients find it."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._front, local_addr=(host, port))
        return self._front.address

    def reports(self) -> tuple[DirectionReport, DirectionReport]:
        """Say what went up and what went down."""
        return self._ways.reports()

    async def close(self) -> None:
        """End it."""
        self._ways.close()
        self._front.close()
        for client in self._by_number.values():
            if client.socket is not None:
                client.socket.close()
        self._by_number.clear()

    def _take(self, data: bytes, address: Address) -> None:
        client = self._by_address.get(address)
        if client is None:
            client = self._begin(address)
        self._by_address.move_to_end(address)
        self._ways.up.offer(client.number, data)

    def _begin(self, address: Address) -> _Client:
        if len(self._by_address) >= MOST_CLIENTS:
            _, gone = self._by_address.popitem(last=False)
            del self._by_number[gone.number]
            if gone.socket is not None:
                gone.socket.close()
        self._flows += 1
        client = _Client(self._flows, address)
        self._by_address[address] = self._by_number[client.number] = client
        self._tasks.create_task(self._open(client))
        return client

    async def _open(self, client: _Client) -> None:
        """Open a client's socket towards the server, which takes no time worth waiting for."""
        loop = asyncio.get_running_loop()
        opened = _Socket(lambda data, _: self._ways.down.offer(client.number, data))
        await loop.create_datagram_endpoint(lambda: opened, remote_addr=self._target)
        if client.number not in self._by_number:  # it was closed meanwhile, or is forgotten
            return opened.close()
        client.socket = opened
        while client.early:
            opened.send(client.early.popleft())
        return None

    def _to_server(self, flow: int, data: bytes) -> bool:
        client = self._by_number.get(flow)
        if client is None:
            return False
        if client.socket is None:
            client.early.append(data)
            return True
        return client.socket.send(data)

    def _to_client(self, flow: int, data: bytes) -> bool:
        client = self._by_number.get(flow)
        return client is not None and self._front.send(data, client.address)
