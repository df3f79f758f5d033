"""Who answers at the far end of a relay that is tried: a second allocation, or a socket of ours."""

import asyncio
from contextlib import suppress
from typing import Protocol, cast

from wirescope.transports.turn import Address, Allocation

_MOST_WAITING = 1024
_OPENING = b"\xff" * 4  # asyncio sends no empty datagram


class FarEnd(Protocol):
    """The far end.

    Attributes:
        address: where it is reached.
        words: what it is.
    """

    address: Address
    words: str

    async def admit(self, peer: Address) -> None:
        """Let datagrams of a peer in."""
        ...

    def send(self, peer: Address, data: bytes) -> None:
        """Send a datagram to the peer."""
        ...

    async def receive(self, *, within_s: float) -> bytes | None:
        """Take the next datagram; None if none comes in time."""
        ...


class AllocatedEnd:
    """A second allocation on the same server."""

    words = "a second allocation"

    def __init__(self, allocation: Allocation) -> None:
        self.address = allocation.relayed
        self._allocation = allocation

    async def admit(self, peer: Address) -> None:
        """Let datagrams of a peer in, by a channel, which permits it as well."""
        await self._allocation.bind_channel(peer)

    def send(self, peer: Address, data: bytes) -> None:
        """Send a datagram to the peer."""
        self._allocation.send(peer, data)

    async def receive(self, *, within_s: float) -> bytes | None:
        """Take the next datagram; None if none comes in time."""
        came = await self._allocation.receive(within_s=within_s)
        return None if came is None else came[1]


class OwnSocket(asyncio.DatagramProtocol):
    """A UDP socket of this machine."""

    words = "a socket of this machine"

    def __init__(self) -> None:
        self.address: Address = ("", 0)
        self._came: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self._socket: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        # uvloop's transports are no subclass of asyncio's
        self._socket = cast("asyncio.DatagramTransport", transport)
        host, port = transport.get_extra_info("sockname")[:2]
        self.address = str(host), int(port)

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        """Take a datagram; what comes beyond the bound is dropped."""
        with suppress(asyncio.QueueFull):
            self._came.put_nowait(data)

    async def admit(self, peer: Address) -> None:
        """Let datagrams of a peer in: a NAT in between does once something was sent there."""
        self.send(peer, _OPENING)

    def send(self, peer: Address, data: bytes) -> None:
        """Send a datagram to the peer."""
        if self._socket is not None:
            self._socket.sendto(data, peer)

    async def receive(self, *, within_s: float) -> bytes | None:
        """Take the next datagram; None if none comes in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                return await self._came.get()
        return None

    async def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.abort()
            self._socket = None
            await asyncio.sleep(0)


async def own_socket(host: str) -> OwnSocket:
    """Open a socket at one of this machine's addresses.

    Raises:
        OSError: it cannot be opened.
    """
    loop = asyncio.get_running_loop()
    _, opened = await loop.create_datagram_endpoint(OwnSocket, local_addr=(host, 0))
    return opened
