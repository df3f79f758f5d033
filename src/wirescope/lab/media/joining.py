"""Two ends on an emulated link that carry known media one way, from the client to the far side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import msgspec

from wirescope.clock import SystemClock
from wirescope.errors import LabError
from wirescope.lab.cells import Cell, TransportName
from wirescope.lab.compare.experiment import missed, standing
from wirescope.lab.ends import Crossing, Starter, Way, first_of
from wirescope.lab.ends.media_orders import TAIL_S, Known
from wirescope.lab.ends.orders import Spoken
from wirescope.link import LinkSettings
from wirescope.transports.link import Network

CARRIERS: Final[dict[TransportName, str]] = {"media": "RTP", "websocket": "WebSocket"}
"""What known media are carried over, and what it is called."""

_START_IN_S: Final = 4.0
"""Until known media begin: a track is agreed on by then, though that is over a link with loss."""

_LEAVE_S: Final = 10.0


class Carried(NamedTuple):
    """What came of known media.

    Attributes:
        start_ns: when they began, on the machine's monotonic clock.
        spoken: what the sender says.
        got: what the receiver says.
        problems: what the link did not keep of its settings.
    """

    start_ns: int
    spoken: Spoken
    got: Any
    problems: tuple[str, ...]


async def carry(
    cell: Cell,
    link: LinkSettings,
    starter: Starter,
    *,
    seconds: float,
    send: Callable[..., Known],
    receive: Callable[..., Known],
    answer: type[msgspec.Struct],
) -> Carried:
    """Join two ends over a link, and carry known media once.

    Raises:
        LabError: an end could not do what it was told.
        LinkError: there can be no such network here.
    """
    link = msgspec.structs.replace(link, seed=cell.seed)
    async with _joined(cell, link, starter) as (network, crossing):
        await network.report(afresh=True)
        start_ns = SystemClock.monotonic_ns() + round(_START_IN_S * 1e9)
        known = {
            "start_ns": start_ns,
            "seconds": seconds,
            "seed": cell.seed,
            "timeout_s": _START_IN_S + seconds + TAIL_S + _LEAVE_S,
        }
        try:
            async with asyncio.TaskGroup() as group:
                receiving = group.create_task(crossing.ends.b.order(receive(**known), answer))
                sending = group.create_task(crossing.ends.a.order(send(**known), Spoken))
        except* LabError as errors:
            raise first_of(errors) from None
        report = await network.report()
    problems = tuple(missed(link, report))
    return Carried(start_ns, sending.result(), receiving.result(), problems)


@asynccontextmanager
async def _joined(
    cell: Cell, link: LinkSettings, starter: Starter
) -> AsyncIterator[tuple[Network, Crossing]]:
    async with standing(cell, link, starter) as (network, ends):
        way = Way(
            transport=cell.transport,
            host=network.address("b"),
            congestion_control=cell.congestion_control or None,
        )
        crossing = Crossing(ends, way)
        await crossing.listen()
        await crossing.open()
        yield network, crossing
