"""A link between a client and a server by a relay in user space, where there can be no namespaces.

The client is told the relay's address instead of the server's. UDP meets everything that the
settings say. TCP does not, since both ends talk to a TCP of the relay's: `cannot_show` says of
settings what is left out.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from wirescope.clock import Clock, SystemClock
from wirescope.errors import NetworkError
from wirescope.link import Direction, LinkSettings
from wirescope.transports.link.datagrams import DatagramRelay
from wirescope.transports.link.records import DirectionReport
from wirescope.transports.link.streams import StreamRelay

RESOLVE_S = 10.0
"""How long a server's name may take to be resolved."""

RelayTransport = Literal["udp", "tcp"]


class LinkRelay:
    """A relay while it runs; made by `open_relay`.

    Attributes:
        address: where the client finds it instead of the server.
        cannot_show: what it leaves out, a sentence each.
    """

    def __init__(
        self,
        running: DatagramRelay | StreamRelay,
        address: tuple[str, int],
        cannot_show: tuple[str, ...],
    ) -> None:
        self.address, self.cannot_show = address, cannot_show
        self._running = running

    def reports(self) -> tuple[DirectionReport, DirectionReport]:
        """Say what both directions did up to now: from client to server, and back."""
        return self._running.reports()


def cannot_show(settings: LinkSettings, transport: RelayTransport) -> tuple[str, ...]:
    """Say what a relay leaves out of a link, a sentence each; namespaces leave nothing out.

    >>> from wirescope.link import Direction, RandomLoss, symmetric
    >>> link = symmetric("lossy", Direction(loss=RandomLoss(share=0.05)))
    >>> cannot_show(link, "udp")
    ('Datagrams longer than the MTU travel whole.',)
    >>> len(cannot_show(link, "tcp"))
    3
    """
    if transport == "udp":
        return ("Datagrams longer than the MTU travel whole.",)
    found = [
        "A connection stands without its round trip over the link, as the relay accepts it.",
        "Retransmission and congestion control of the ends see the relay, and not the link.",
    ]
    ways = settings.up, settings.down
    if any(each.loss is not None for each in ways):
        found.append("Nothing is lost, as bytes that reach the relay are in order and complete.")
    if any(_reorders(each) for each in ways):
        found.append("Nothing is duplicated or reordered, as bytes of a stream have an order.")
    if any(not outage.held for each in ways for outage in each.outages):
        found.append("In an outage bytes wait instead of being lost and sent again.")
    if any(each.mean_rate_bps is not None for each in ways):
        found.append("No queue drops: the sender is held back once it would be full.")
    return tuple(found)


def _reorders(direction: Direction) -> bool:
    return bool(direction.duplicate) or not direction.keeps_order


@asynccontextmanager
async def open_relay(
    settings: LinkSettings,
    target: tuple[str, int],
    *,
    transport: RelayTransport,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Clock | None = None,
) -> AsyncIterator[LinkRelay]:
    """Put a link before a server while the context lasts.

    Args:
        settings: the link; `up` leads to the server.
        target: the server's host and port.
        transport: what is carried.
        host: where to listen.
        port: where to listen; 0 takes one that is free.
        clock: what time is read from.

    Raises:
        NetworkError: the server's name cannot be resolved.
        OSError: nothing can be listened on.
    """
    kind = DatagramRelay if transport == "udp" else StreamRelay
    server = await _resolved(target)
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        running = kind(settings, server, tasks=tasks, clock=clock or SystemClock())
        # An error is raised again below, so that it does not come out as a group of one.
        try:
            address = await running.listen(host, port)
            yield LinkRelay(running, address, cannot_show(settings, transport))
        except Exception as error:  # noqa: BLE001
            failure = error
        finally:
            await running.close()
    if failure is not None:
        raise failure


async def _resolved(target: tuple[str, int]) -> tuple[str, int]:
    host, port = target
    try:
        async with asyncio.timeout(RESOLVE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError) as error:
        raise NetworkError(f"The server's name {host} cannot be resolved: {error}.") from None
    return str(found[0][4][0]), port
