"""A relay's link in user space: link machines, and the timers of the loop that empty them.

What goes in and comes out is a packet as the link would have seen one: the data behind as many
bytes as the heads of IP and of its transport take, the first of which hold the flow's number.
"""

import asyncio
from collections.abc import Callable

from wirescope.clock import Clock
from wirescope.link import LinkMachine, LinkSettings, make_machines
from wirescope.transports.link.lateness import LatenessLog
from wirescope.transports.link.records import DirectionReport

Deliver = Callable[[int, bytes], bool]
"""Is given a flow's number and its data when they arrive; says whether it took them."""

_NUMBER = 8  # bytes of a flow's number


class Way:
    """One direction of a link, on a loop.

    Args:
        machine: says what becomes of packets.
        head: bytes of the heads.
        deliver: gets what arrives.
        clock: the time.
    """

    def __init__(
        self,
        machine: LinkMachine,
        *,
        head: int,
        deliver: Deliver,
        clock: Clock,
    ) -> None:
        self._machine, self._clock = machine, clock
        self._head, self._deliver = head, deliver
        self._padding = bytes(head - _NUMBER)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self._lateness = LatenessLog()
        self._refused = 0

    def offer(self, flow: int, data: bytes) -> None:
        """Send data of a flow."""
        packet = b"".join((flow.to_bytes(_NUMBER, "big"), self._padding, data))
        self._machine.offer(packet, self._clock.monotonic_ns())
        self._set_timer()

    def close(self) -> None:
        """Deliver nothing any more."""
        if self._timer is not None:
            self._timer.cancel()

    def report(self, link: str, source: str, target: str) -> DirectionReport:
        """Say what it did."""
        return DirectionReport(
            link=link,
            source=source,
            target=target,
            counts=self._machine.counts,
            missed=0,
            refused=self._refused,
            behind_ms=0,
            lateness=self._lateness.summary(),
        )

    def _set_timer(self) -> None:
        due_ns = self._machine.next_ns
        if due_ns is None or (self._timer is not None and self._timer_ns <= due_ns):
            return
        self.close()
        wait_s = max(0, due_ns - self._clock.monotonic_ns()) / 1e9
        self._timer, self._timer_ns = self._loop.call_later(wait_s, self._wake), due_ns

    def _wake(self) -> None:
        self._timer = None
        due_ns, now_ns = self._timer_ns, self._clock.monotonic_ns()
        packets = self._machine.take(now_ns)
        for packet in packets:
            flow = int.from_bytes(packet[:_NUMBER], "big")
            if not self._deliver(flow, packet[self._head :]):
                self._refused += 1
        if packets:
            self._lateness.note(max(0, now_ns - due_ns), len(packets))
        self._set_timer()


class BothWays:
    """The link between a relay's clients and its server.

    Args:
        settings: the link.
        head: bytes of the heads.
        to_server: gets what arrives at the server's side.
        to_client: gets what arrives at the clients'.
        clock: the time.

    Attributes:
        up: leads to the server.
        down: leads to the clients.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        head: int,
        to_server: Deliver,
        to_client: Deliver,
        clock: Clock,
    ) -> None:
        self._name = settings.name
        up, down = make_machines(settings, start_ns=clock.monotonic_ns())
        self.up = Way(up, head=head, deliver=to_server, clock=clock)
        self.down = Way(down, head=head, deliver=to_client, clock=clock)

    def reports(self) -> tuple[DirectionReport, DirectionReport]:
        """Say what went up and what went down."""
        return (
            self.up.report(self._name, "client", "server"),
            self.down.report(self._name, "server", "client"),
        )

    def close(self) -> None:
        """Deliver nothing any more."""
        self.up.close()
        self.down.close()
