"""The stack below the packets: ICE, DTLS and SRTP of aiortc, found here, prepared here.

Only its transports are used, not its RTP. It has no way to ask for some of what is done here, so
that names of it with an underscore appear in this module, in `leg`, `bare` and `datagrams`, and
nowhere else.
"""

import functools
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from wirescope.errors import EngineMissingError
from wirescope.transports.webrtc.options import IceServer
from wirescope.transports.webrtc.packets.sockets import Waits, take_over

if TYPE_CHECKING:
    from aiortc import RTCDtlsTransport, RTCIceGatherer

LOOPBACK = "127.0.0.1"

RELAYED_OCTETS = 1200
"""What a packet that waits for a relay is taken to be long, as most of a picture are."""


@cache
def load() -> ModuleType:
    """Return the stack.

    Raises:
        EngineMissingError: there is none for this machine.
    """
    try:
        import aiortc
    except ImportError as error:
        raise EngineMissingError(
            "There is nothing on this machine to end the encryption of WebRTC with.",
            hint="Use CPython 3.11 or newer on Linux (glibc, x86-64 or ARM64), macOS or Windows"
            f" (x64). Everything but WebRTC works here all the same. ({error})",
        ) from None
    return aiortc


def make_transport(
    servers: tuple[IceServer, ...],
    on_datagram: Callable[[bytes, int], None],
    waits: Waits,
    gather_timeout_s: float,
) -> "tuple[RTCIceGatherer, RTCDtlsTransport]":
    """Make a gatherer and the DTLS transport above it, with a certificate of its own.

    `on_datagram` is told what comes and is not STUN, instead of the queue that DTLS reads;
    `waits` knows how long it had waited. Servers are asked for `gather_timeout_s` seconds at most.
    """
    stack = load()
    ice_servers = [
        stack.RTCIceServer(each.url, each.username or None, each.credential or None)
        for each in servers
    ]
    gatherer = stack.RTCIceGatherer(ice_servers)
    _prepare(gatherer._connection, on_datagram, waits, gather_timeout_s)
    ice = stack.RTCIceTransport(gatherer)
    certificate = stack.RTCCertificate.generateCertificate()
    return gatherer, stack.RTCDtlsTransport(ice, [certificate])


def _prepare(
    connection: Any,
    on_datagram: Callable[[bytes, int], None],
    waits: Waits,
    gather_timeout_s: float,
) -> None:
    """Have one connection gather the loopback interface's address as well, which aioice leaves out.

    Two sides on a machine that has no network have no other path. Its sockets are read here,
    so that it is known when each datagram came. Only this connection is changed.
    """
    connection.data_received = on_datagram
    gather = connection.get_component_candidates

    @functools.wraps(gather)
    async def with_loopback(*, component: int, addresses: list[str]) -> list[Any]:
        found: list[Any] = await gather(
            component=component, addresses=[*addresses, LOOPBACK], timeout=gather_timeout_s
        )
        for each in connection._protocols:
            take_over(each, waits)
        return found

    connection.get_component_candidates = with_loopback


def bytes_waiting(transport: Any) -> int:
    """Give how many bytes wait for a slow socket.

    aioice's transport over TURN does not tell. Each packet is a task there, that waits while a
    channel is bound (RFC 8656 section 12), and then for the connection to the server.
    """
    own = getattr(transport, "get_write_buffer_size", None)
    if own is not None:
        return int(own())
    protocol = getattr(transport, "_TurnTransport__inner_protocol", None)
    if protocol is None:
        return 0
    sends = len(transport._TurnTransport__send_tasks)
    return int(protocol.transport.get_write_buffer_size()) + sends * RELAYED_OCTETS
