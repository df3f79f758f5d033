"""Where clients and peers are reached: what the server asks of whoever has the sockets.

A flow is a 5-tuple (RFC 8656 section 2): transport, the server's address, the client's. Nothing
here has a socket or a clock: to send is a callable, and what time it is somebody says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from wirescope.ice_server.allocations import Allocation

Transport = Literal["udp", "tcp", "tls"]
"""How a client reaches the server."""

Address = tuple[str, int] | tuple[str, int, int, int]
"""An address and a port, and of IPv6 perhaps flow and scope, as a system gives them."""

Buffer = bytes | bytearray | memoryview

HEADROOM = 4
"""Bytes that stand before what came from a peer, for the header of ChannelData."""


@dataclass(slots=True)
class Moment:
    """What time it is, as it was said last.

    Attributes:
        now_ns: a clock that never goes back.
        wall_s: seconds since 1970, which credentials for a time go by.
    """

    now_ns: int = 0
    wall_s: float = 0.0


class Relay(Protocol):
    """A relayed address, and the socket behind it.

    Attributes:
        address: what peers send to.
    """

    address: tuple[str, int]

    def send(self, data: Buffer, peer: tuple[str, int], /) -> None:
        """Send a datagram to a peer, now or never."""
        ...

    def close(self) -> None:
        """Give the port back."""
        ...


Take = Callable[[memoryview, Address], None]
"""Is given what came from a peer, behind `HEADROOM` bytes, and whom it came from. The memory is
used again afterwards."""


class OpenRelay(Protocol):
    """Opens relayed addresses."""

    def __call__(self, host: str, take: Take, *, even: bool) -> Relay | None:
        """Open one on a host, perhaps with an even port; None where no port is left.

        Raises:
            OSError: there is no room for another socket.
        """
        ...


class Door:
    """An address of the server to which clients send datagrams.

    Args:
        local: the address.
        send: sends a datagram from it, now or never.

    Attributes:
        flows: the clients that have an allocation here, by their address.
        others: of RFC 5780, from where to answer when the address, the port or both are to change;
            empty where the server has one address only.
    """

    __slots__ = ("flows", "local", "others", "send")

    def __init__(self, local: tuple[str, int], send: Callable[[Buffer, Address], None]) -> None:
        self.local = local
        self.send = send
        self.flows: dict[Address, Flow] = {}
        self.others: dict[tuple[bool, bool], Door] = {}


class Flow:
    """One client on one transport.

    Attributes:
        transport: how it comes.
        local: the server's address.
        remote: the client's.
        send: sends a response.
        send_data: sends what came from a peer, padded where that is a stream; may lose it.
        door: where it came in, with UDP.
        allocation: what it has.
    """

    __slots__ = ("allocation", "door", "local", "remote", "send", "send_data", "transport")

    def __init__(
        self,
        transport: Transport,
        local: tuple[str, int],
        remote: Address,
        *,
        send: Callable[[Buffer], None],
        send_data: Callable[[Buffer], None],
        door: Door | None = None,
    ) -> None:
        self.transport: Transport = transport
        self.local = local
        self.remote = remote
        self.send = send
        self.send_data = send_data
        self.door = door
        self.allocation: Allocation | None = None

    @classmethod
    def of_datagrams(cls, door: Door, remote: Address) -> "Flow":
        """Make the flow of a client that sends datagrams."""
        send = door.send

        def answer(data: Buffer) -> None:
            send(data, remote)

        return cls("udp", door.local, remote, send=answer, send_data=answer, door=door)

    @property
    def host(self) -> str:
        """The client's address without a zone."""
        return self.remote[0].partition("%")[0]

    @property
    def port(self) -> int:
        """The client's port."""
        return self.remote[1]

    @property
    def overhead(self) -> int:
        """Bytes of the headers of IP and UDP before what the client sends."""
        return 28 if ip_address(self.host).version == 4 else 48

    @property
    def where(self) -> str:
        """The client's address and port, as text."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.transport} {self.where}"
