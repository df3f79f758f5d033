"""Two ends, and perhaps a server in the middle, joined over one transport, and a workload over it.

Here is who is told what in which order: the far side first, then the client. What of the messages
came is put together from what both ends have noted. Not here: what follows from it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from wirescope.clock import SystemClock
from wirescope.errors import LabError
from wirescope.lab.cells import PathName, Sample, TransportName
from wirescope.lab.ends.driving import End
from wirescope.lab.ends.holding import first_of
from wirescope.lab.ends.orders import (
    Accept,
    AskUsage,
    Bulk,
    Certificate,
    Close,
    Join,
    Listen,
    Listening,
    Nothing,
    Open,
    Opened,
    Ran,
    Received,
    Relay,
    Run,
    Turn,
    Usage,
)
from wirescope.lab.workloads import Sending, Side, Workload

START_IN_S = 0.3
"""Seconds from the order to run until the first message is due; both ends have it by then."""


class Ends(NamedTuple):
    """The processes of an experiment.

    Attributes:
        a: the client.
        b: the far side.
        s: the server in the middle; None where there is none.
    """

    a: End
    b: End
    s: End | None = None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How the two sides are joined.

    Attributes:
        transport: what carries the messages.
        path: whether a server is in the middle.
        host: the address of the far side, or of the server in the middle.
        congestion_control: of each TCP connection; None leaves the system's own.
        compression: whether permessage-deflate is agreed on.
        tls: of who listens; None without TLS.
        ca: a file of certificates that `tls` can be checked with.
        captures: by the side, `a`, `b` or `s`: the file that it records everything into.
        timeout_s: how long each step may take.
    """

    transport: TransportName
    path: PathName = "direct"
    host: str = "127.0.0.1"
    congestion_control: str | None = None
    compression: bool = False
    tls: Certificate | None = None
    ca: str | None = None
    captures: dict[str, str] = {}
    timeout_s: float = 30


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a workload.

    Attributes:
        samples: of each message, those of `a` first; what was never sent counts as sent when it
            was due, and lost.
        start_ns: when the first message could be due.
        a: what the client noted.
        b: what the far side noted.
        s: what the server in the middle took; None where there is none.
        repeated: messages that came more than once; the first time counts.
    """

    samples: list[Sample]
    start_ns: int
    a: Ran
    b: Ran
    s: Usage | None
    repeated: int


@dataclass
class Crossing:
    """Two ends that are joined, as often as wanted, and carry workloads."""

    ends: Ends
    way: Way
    _port: int = 0
    _turn: Turn | None = None

    async def listen(self) -> None:
        """Have the far side listen, or the server in the middle; once."""
        way, ends = self.way, self.ends
        if way.path == "direct":
            listen = Listen(transport=way.transport, tls=way.tls, **self._connecting("b"))
            found = await ends.b.order(listen, Listening)
        else:
            turn = way.transport != "websocket"
            relay = Relay(tls=way.tls, turn=turn, **self._connecting("s"))
            found = await self._server().order(relay, Listening)
        self._port, self._turn = found.port, found.turn

    async def open(self) -> tuple[Opened, Opened]:
        """Join the two sides; how it came about at `a` and at `b`.

        Raises:
            LabError: they could not be joined.
        """
        way, ends = self.way, self.ends
        ways: dict[str, Any] = {"transport": way.transport, "ca": way.ca, "turn": self._turn}
        if way.path == "server":
            await ends.b.order(Join(**ways, **self._connecting("b", self._port)), Nothing)
        client = Open(**ways, **self._connecting("a", self._port))
        opened = await ends.a.order(client, Opened)
        return opened, await ends.b.order(Accept(timeout_s=way.timeout_s), Opened)

    def _connecting(self, side: str, port: int = 0) -> dict[str, Any]:
        way = self.way
        return {
            "host": way.host,
            "port": port,
            "congestion_control": way.congestion_control,
            "compression": way.compression,
            "capture": way.captures.get(side),
            "timeout_s": way.timeout_s,
        }

    def _server(self) -> End:
        if self.ends.s is None:
            raise LabError("There is no end for the server in the middle.")
        return self.ends.s

    async def close(self) -> None:
        """Part the two sides; they can be joined anew."""
        for end in (self.ends.a, self.ends.b):
            await end.order(Close(timeout_s=self.way.timeout_s), Nothing)

    async def carry(
        self,
        workload: Workload,
        *,
        seed: int = 1,
        drain_s: float = 2,
    ) -> Carried:
        """Run a workload over the connection that stands.

        Args:
            workload: what is sent.
            seed: of its plan.
            drain_s: seconds after the workload's end in which messages may still come; it is over
                before, once all have.

        Raises:
            LabError: an end could not do it, or is gone.
        """
        plan = workload.plan(seed)
        start_ns = SystemClock.monotonic_ns() + round(START_IN_S * 1e9)
        end_ns = start_ns + round((workload.duration_s + drain_s) * 1e9)
        orders = _orders(workload, plan, start_ns, end_ns)
        server = self.ends.s if self.way.path == "server" else None
        before = None if server is None else await server.order(AskUsage(), Usage)
        try:
            async with asyncio.TaskGroup() as group:
                at_a = group.create_task(self.ends.a.order(orders["a"], Ran))
                at_b = group.create_task(self.ends.b.order(orders["b"], Ran))
        except* LabError as errors:
            raise first_of(errors) from None
        a, b = at_a.result(), at_b.result()
        used = None
        if server is not None and before is not None:
            used = await server.order(AskUsage(), Usage)
            used = msgspec.structs.replace(used, cpu_s=used.cpu_s - before.cpu_s)
        one, again = _samples("a", a, b, orders["a"])
        other, and_again = _samples("b", b, a, orders["b"])
        return Carried(
            samples=one + other,
            start_ns=start_ns,
            a=a,
            b=b,
            s=used,
            repeated=again + and_again,
        )


def _orders(
    workload: Workload,
    plan: Sequence[Sending],
    start_ns: int,
    end_ns: int,
) -> dict[Side, Run]:
    """Say what each side has to do."""
    plans: dict[Side, list[tuple[int, int]]] = {"a": [], "b": []}
    bulk: dict[Side, Bulk | None] = {"a": None, "b": None}
    counts: dict[Side, int | None]
    quiet_from_ns = None
    if workload.pace == "bulk":
        side, _, size = plan[0]
        bulk[side] = _bulk(workload, size)
        whole = workload.bulk_bytes
        counts = {"a": 0, "b": 0, side: None if whole is None else -(-whole // size)}
        if whole is None:
            quiet_from_ns = start_ns + round(workload.duration_s * 1e9)
    else:
        for side, at_ns, size in plan:
            plans[side].append((at_ns, size))
        counts = {side: len(planned) for side, planned in plans.items()}
    answers = workload.think_ms if workload.pace == "answered" else None
    if answers is not None:
        counts["b"] = counts["a"]
    timeout_s = max(1.0, (end_ns - SystemClock.monotonic_ns()) / 1e9)
    return {
        side: Run(
            start_ns=start_ns,
            end_ns=end_ns,
            plan=plans[side],
            text=workload.payload == "text",
            answers_ms=answers if side == "b" else None,
            bulk=bulk[side],
            expects=counts[other],
            quiet_from_ns=None if counts[other] is not None else quiet_from_ns,
            timeout_s=timeout_s,
        )
        for side, other in _SIDES
    }


def _bulk(workload: Workload, size: int) -> Bulk:
    """Say what the side sends that has the bulk: so many bytes, or for as long as it runs."""
    whole = workload.bulk_bytes
    return Bulk(
        size=size,
        total_bytes=whole,
        for_s=workload.duration_s if whole is None else None,
        bytes_per_s=workload.bulk_bytes_per_s,
    )


_SIDES: tuple[tuple[Side, Side], ...] = (("a", "b"), ("b", "a"))


def _samples(side: Side, sender: Ran, receiver: Ran, order: Run) -> tuple[list[Sample], int]:
    """Say what came of each message of a side, and how many came more than once."""
    first: dict[int, Received] = {}
    for each in receiver.received:
        first.setdefault(each.number, each)
    samples = [
        Sample(
            side,
            each.number,
            each.size,
            each.sent_ns,
            first[each.number].received_ns if each.number in first else None,
        )
        for each in sender.sent
    ]
    samples += [
        Sample(side, number, size, order.start_ns + at_ns, None)
        for number, (at_ns, size) in enumerate(order.plan)
        if number >= len(sender.sent)
    ]
    return samples, len(receiver.received) - len(first)
