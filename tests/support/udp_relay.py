"""A way for datagrams between client and server that loses, delays and bounds what goes over it.

Each end takes the relay for the other. Loss is random but the same each time; what is too much for
the rate waits in a queue of so many milliseconds and is dropped beyond that, as a router does.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

HEADERS = 28
"""Bytes of IP and UDP that each datagram has on a wire."""


Answer = Callable[[str], Awaitable[str]]
"""Takes an offer to where it is answered."""


@dataclass
class Direction:
    """One direction of the way; all of it may be changed while datagrams go over it.

    Attributes:
        loss: share of the datagrams that is lost, 0 to 1.
        rate_bps: bits a second; 0 for no bound.
        delay_s: seconds that each takes.
        queue_s: seconds of data that wait at most for the rate.
        passed: datagrams that went over it.
        lost: those that were lost by chance.
        dropped: those that found the queue full.
    """

    loss: float = 0
    rate_bps: float = 0
    delay_s: float = 0
    queue_s: float = 0.2
    passed: int = 0
    lost: int = 0
    dropped: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(7))
    _free_at: float = 0

    def fate(self, size: int, now: float) -> float | None:
        """Say when a datagram arrives; None where it does not."""
        if self.loss and self._chance.random() < self.loss:
            self.lost += 1
            return None
        leaves = now
        if self.rate_bps:
            begins = max(now, self._free_at)
            if begins - now > self.queue_s:
                self.dropped += 1
                return None
            leaves = self._free_at = begins + (size + HEADERS) * 8 / self.rate_bps
        self.passed += 1
        return leaves + self.delay_s


class _End(asyncio.DatagramProtocol):
    """A socket of the relay: what comes here leaves from the other one."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.other: _End = self
        self.peer: Any = None
        self._learns = True
        self._transport: Any = None
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def lead_to(self, address: tuple[str, int]) -> None:
        """Send what leaves from here to this address, whoever writes to it."""
        self.peer, self._learns = address, False

    @property
    def port(self) -> int:
        """Where it is on 127.0.0.1."""
        return int(self._transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, address: Any) -> None:
        if self._learns:
            self.peer = address
        now = self._loop.time()
        at = self.direction.fate(len(data), now)
        if at is None:
            return
        if at <= now:
            self.other.send(data)
        else:
            self._loop.call_at(at, self.other.send, data)

    def send(self, data: bytes) -> None:
        """Let it out here."""
        if self.peer is not None and not self._transport.is_closing():
            self._transport.sendto(data, self.peer)

    def close(self) -> None:
        self._transport.close()


@dataclass
class UdpRelay:
    """The way.

    Attributes:
        port: where the client finds it, on 127.0.0.1.
        to_server: what the client sends.
        to_client: what the server sends.
    """

    port: int
    to_server: Direction
    to_client: Direction
    _near: _End
    _far: _End

    def lead_to(self, port: int) -> None:
        """Name the server's port on 127.0.0.1."""
        self._far.lead_to(("127.0.0.1", port))


@asynccontextmanager
async def udp_relay() -> AsyncIterator[UdpRelay]:
    """Open a way that leads nowhere yet."""
    loop = asyncio.get_running_loop()
    to_server, to_client = Direction(), Direction()

    async def opened(direction: Direction) -> _End:
        _, end = await loop.create_datagram_endpoint(
            lambda: _End(direction), local_addr=("127.0.0.1", 0)
        )
        return end

    near, far = await opened(to_server), await opened(to_client)
    near.other, far.other = far, near
    try:
        yield UdpRelay(near.port, to_server, to_client, near, far)
    finally:
        near.close()
        far.close()


def by_way_of(relay: UdpRelay, answer: Answer) -> Answer:
    """Have both ends find each other by the relay only."""

    async def through(offer: str) -> str:
        said = await answer(re.sub(r"a=candidate:.*\r\n", "", offer))
        ports = re.findall(r"a=candidate:\S+ 1 (?i:udp) \d+ 127\.0\.0\.1 (\d+) typ host", said)
        relay.lead_to(int(ports[0]))
        said = re.sub(r"a=candidate:.*\r\n", "", said)
        own = f"a=candidate:1 1 udp 2130706431 127.0.0.1 {relay.port} typ host\r\n"
        return re.sub(r"(a=mid:.*\r\n)", lambda found: found[0] + own, said)

    return through
