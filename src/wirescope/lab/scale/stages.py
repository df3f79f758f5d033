"""The processes of a topology, and one round of messages among them.

A server or a forwarder has a process to itself, and so has one participant; all others share one,
or they would not fit. Each participant of a mesh has its own.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median

from wirescope.clock import SystemClock
from wirescope.errors import LabError
from wirescope.lab.ends.driving import End
from wirescope.lab.ends.orders import Nothing
from wirescope.lab.measures import Topology, percentile
from wirescope.lab.scale.orders import (
    AskTaken,
    AskUsed,
    Host,
    Hosted,
    Join,
    Play,
    Played,
    Role,
    Taken,
    Used,
)
from wirescope.lab.scale.side import at_once
from wirescope.processes import FORKS, ForkServer, Start, spawn

MODULE = "wirescope.lab.scale"

LOADED: dict[Topology, tuple[str, ...]] = {
    "server": ("wirescope.lab.scale.__main__", "wirescope.lab.scale.rooms"),
    "mesh": (
        "wirescope.lab.scale.__main__",
        "wirescope.lab.scale.meshes",
        "wirescope.transports.webrtc:is_there",
    ),
    "sfu": ("wirescope.lab.scale.__main__", "wirescope.lab.scale.forwarding"),
}
"""What the processes of a topology are made of, loaded once for all of them."""

RATES: dict[Topology, float] = {"server": 100, "mesh": 60, "sfu": 50}
"""Messages a second of the room, whoever sends them; of media packets, as Opus has them."""

_ROLES: dict[Topology, tuple[Role, Role]] = {
    "server": ("room", "members"),
    "sfu": ("forwarder", "viewers"),
}

JOIN_TIMEOUT_S = 120.0
START_AT_ONCE = 4

SOON_NS = 50_000_000
"""From an order until the first message is due."""

GRACE_NS = 500_000_000
"""After the last message is due, for those that are under way: what comes later did not come."""

SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Round:
    """What one round at a size came to; see `Point`."""

    sender_us: float
    participant_us: float
    all_us: float
    sender_share: float
    crowd_share: float
    machine_share: float
    p99_ms: float | None
    delivered: float


@dataclass(frozen=True, slots=True)
class Holding:
    """What the processes have of the machine; see `Point`."""

    sender_bytes: int
    participant_bytes: int
    descriptors: int
    most_descriptors: int


class Stage(ABC):
    """The processes of a topology.

    Args:
        ends: those that are there at the beginning.
        rate: messages a second, of the room.

    Attributes:
        ends: all processes.
        rate: see above.
    """

    def __init__(self, ends: Sequence[End], rate: float) -> None:
        self.ends = list(ends)
        self.rate = rate

    @abstractmethod
    async def grow(self, participants: int) -> None:
        """Have so many participants."""

    @abstractmethod
    async def round(self, participants: int, seconds: float) -> Round:
        """Have messages sent for so long."""

    @abstractmethod
    async def holding(self, participants: int) -> Holding:
        """Say what the processes have of the machine."""

    async def _taken(self) -> list[Taken]:
        return [await each.order(AskTaken(), Taken) for each in self.ends]

    async def _used_s(self) -> list[float]:
        return [(await each.order(AskUsed(), Used)).cpu_s for each in self.ends]

    async def _played(
        self, orders: Sequence[tuple[End, int]], participants: int, messages: int
    ) -> tuple[list[float], list[Played]]:
        """Have some processes play; what each process used, and what came of it.

        Args:
            orders: who plays, and how many messages have to come there.
            participants: how many there are.
            messages: of the room.
        """
        before, every_ns = await self._used_s(), round(SECOND_NS / self.rate)
        start_ns = SystemClock.monotonic_ns() + SOON_NS

        async def play(end: End, expects: int) -> Played:
            order = Play(
                start_ns=start_ns,
                every_ns=every_ns,
                messages=messages,
                participants=participants,
                expects=expects,
                end_ns=start_ns + messages * every_ns + GRACE_NS,
            )
            return await end.order(order, Played)

        played = await at_once((play(*each) for each in orders), len(orders))
        after = await self._used_s()
        used_s = [now - then for now, then in zip(after, before, strict=True)]
        return used_s, played


class Star(Stage):
    """A server or a forwarder in the middle: the host, the crowd, and one participant alone.

    Args:
        ends: in this order.
        port: of the host.
        rate: messages a second, of the room.
        publishes: whether somebody in the crowd's process sends all.
    """

    def __init__(self, ends: Sequence[End], port: int, *, rate: float, publishes: bool) -> None:
        super().__init__(ends, rate)
        self._host, self._crowd, self._alone = ends
        self._port = port
        self._publishes = publishes
        self._empty: list[Taken] = []

    async def begin(self) -> None:
        """Have the participant that is alone join, and before it the publisher."""
        if self._publishes:
            await self._join(self._crowd, first=1, participants=0)
        self._empty = await self._taken()
        await self._join(self._alone, first=0, participants=1)

    async def grow(self, participants: int) -> None:
        """Have so many participants."""
        await self._join(self._crowd, first=1, participants=participants - 1)

    async def _join(self, end: End, *, first: int, participants: int) -> None:
        order = Join(
            ports=[self._port],
            first=first,
            participants=participants,
            publishes=self._publishes and end is self._crowd,
            whole=end is self._alone,
            timeout_s=JOIN_TIMEOUT_S,
        )
        await end.order(order, Nothing)

    async def round(self, participants: int, seconds: float) -> Round:
        """Have messages sent for so long; each comes to everybody."""
        messages = max(2, round(seconds * self.rate))
        orders = [(self._crowd, messages * (participants - 1)), (self._alone, messages)]
        used_s, played = await self._played(orders, participants, messages)
        host_s, crowd_s, alone_s = used_s
        lasts_s = messages / self.rate
        return Round(
            sender_us=1e6 * host_s / messages,
            participant_us=1e6 * alone_s / messages,
            all_us=1e6 * sum(used_s) / messages,
            sender_share=host_s / lasts_s,
            crowd_share=crowd_s / lasts_s,
            machine_share=_of_the_machine(used_s, lasts_s),
            p99_ms=_p99_ms(played),
            delivered=_came(played) / (messages * participants),
        )

    async def holding(self, participants: int) -> Holding:
        """Say what the processes have of the machine."""
        taken = host, crowd, _ = await self._taken()
        grown = crowd.memory_bytes - self._empty[1].memory_bytes
        return Holding(
            sender_bytes=host.memory_bytes,
            participant_bytes=max(0, grown) // (participants - 1),
            descriptors=max(each.descriptors for each in taken),
            most_descriptors=host.most_descriptors,
        )


class Meshed(Stage):
    """A mesh, a process for each participant.

    Args:
        stack: ends the processes.
        start: starts one.
        rate: messages a second, of the room.
    """

    def __init__(self, stack: AsyncExitStack, start: Start, *, rate: float) -> None:
        super().__init__([], rate)
        self._stack = stack
        self._start = start
        self._ports: list[int] = []

    async def grow(self, participants: int) -> None:
        """Have so many participants, each joined with all others."""
        there = len(self.ends)
        for number in range(there, participants):
            end = await End.start(
                f"participant {number}", program=(MODULE, "mesh"), start=self._start
            )
            self.ends.append(await self._stack.enter_async_context(end))
            self._ports.append((await end.order(Host(), Hosted)).port)
        new = range(there, participants)
        await at_once((self._join(number) for number in new), START_AT_ONCE)

    async def _join(self, number: int) -> None:
        order = Join(
            ports=self._ports[:number], first=number, participants=1, timeout_s=JOIN_TIMEOUT_S
        )
        await self.ends[number].order(order, Nothing)

    async def round(self, participants: int, seconds: float) -> Round:
        """Have everybody send as many messages as everybody else for so long."""
        own = max(1, round(seconds * self.rate / participants))
        messages, come = own * participants, own * (participants - 1)
        orders = [(each, come) for each in self.ends]
        used_s, played = await self._played(orders, participants, messages)
        lasts_s = messages / self.rate
        own_us = 1e6 * median(used_s) / own
        return Round(
            sender_us=own_us,
            participant_us=own_us,
            all_us=1e6 * sum(used_s) / messages,
            sender_share=median(used_s) / lasts_s,
            crowd_share=0,
            machine_share=_of_the_machine(used_s, lasts_s),
            p99_ms=_p99_ms(played),
            delivered=_came(played) / (come * participants),
        )

    async def holding(self, participants: int) -> Holding:
        """Say what the processes have of the machine."""
        taken = await self._taken()
        memory = sum(each.memory_bytes for each in taken) // participants
        return Holding(
            sender_bytes=memory,
            participant_bytes=memory,
            descriptors=max(each.descriptors for each in taken),
            most_descriptors=taken[0].most_descriptors,
        )


def _of_the_machine(used_s: Sequence[float], lasts_s: float) -> float:
    return sum(used_s) / lasts_s / (os.cpu_count() or 1)


def _p99_ms(played: Sequence[Played]) -> float | None:
    """Say what 99 of 100 delays are below; the longest where there are too few to say."""
    delays_us = sorted(delay for each in played for delay in each.delays_us)
    if not delays_us:
        return None
    return (percentile(delays_us, 0.99) or delays_us[-1]) / 1e3


def _came(played: Sequence[Played]) -> int:
    return sum(len(each.delays_us) for each in played)


@asynccontextmanager
async def staged(topology: Topology) -> AsyncIterator[Stage]:
    """Start the processes of a topology; they end with the context.

    Raises:
        LabError: one could not be started.
    """
    async with AsyncExitStack() as stack:
        if topology == "mesh":
            yield Meshed(stack, await _forking(stack, topology), rate=RATES["mesh"])
            return
        star = await _star(stack, topology)
        await star.begin()
        yield star


async def _forking(stack: AsyncExitStack, topology: Topology) -> Start:
    """Load what a process needs once, for all of them, where the system forks."""
    if not FORKS:
        return spawn
    try:
        server = await stack.enter_async_context(await ForkServer.open(LOADED[topology]))
    except OSError as error:
        raise LabError(f"No process can be started: {error}.") from None
    return server.start


async def _star(stack: AsyncExitStack, topology: Topology) -> Star:
    host, others = _ROLES[topology]
    start = await _forking(stack, topology)

    async def started(name: str, role: Role) -> End:
        end = await End.start(name, program=(MODULE, role), start=start)
        return await stack.enter_async_context(end)

    names = (("host", host), ("crowd", others), ("alone", others))
    ends = await at_once((started(*each) for each in names), START_AT_ONCE)
    port = (await ends[0].order(Host(), Hosted)).port
    return Star(ends, port, rate=RATES[topology], publishes=topology == "sfu")
