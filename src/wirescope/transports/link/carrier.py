"""What carries packets: those of hosts go into the link machines and leave them at their time.

One thread and no event loop, as everything a packet does not need costs its share of 20
microseconds at 50,000 packets a second. It waits in select(2), which alone of Python's ways to wait
takes microseconds. A packet is given to the machine when it is read, so a carrier that is
late makes no packet late twice.
"""

import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wirescope.clock import SystemClock
from wirescope.link import LinkMachine
from wirescope.transports.link.lateness import LatenessLog
from wirescope.transports.link.ports import Port

BATCH = 256
"""How many packets of one host are read before those that are due are looked at."""

PACE_NS = 100_000
"""How far apart rounds are that find more than one packet to handle. To wait costs as much as four
packets do, and a carrier that runs before all others would stop the sender with each packet."""

IDLE_S = 1.0
"""How long is waited where nothing is due."""


@dataclass(slots=True)
class Lane:
    """One direction of a link: from one host's device to another's.

    Attributes:
        machine: says what becomes of a packet.
        source: where packets come from.
        target: where they go.
        refused: packets that the target did not take.
        behind_since_ns: since when there is more to read than is read at once; 0 while not.
        behind_ns: the longest time that it was so.
        lateness: how late packets left.
    """

    machine: LinkMachine
    source: Port
    target: Port
    refused: int = 0
    behind_since_ns: int = 0
    behind_ns: int = 0
    lateness: LatenessLog = field(default_factory=LatenessLog)

    def count_afresh(self) -> None:
        """Forget how punctual it was."""
        self.lateness, self.behind_ns = LatenessLog(), 0


class Carrier:
    """All lanes of a network, run in the calling thread.

    Args:
        lanes: the directions of its links.
        orders: a descriptor to look at beside the devices.
        on_order: called when there is something to read there; it is over once that says so.
    """

    def __init__(self, lanes: Sequence[Lane], orders: int, on_order: Callable[[], bool]) -> None:
        self.lanes = tuple(lanes)
        self._by_source = {lane.source.descriptor: lane for lane in lanes}
        self._orders, self._on_order = orders, on_order
        self._now_ns = SystemClock().monotonic_ns

    def run(self) -> None:
        """Carry packets until an order says that it is enough."""
        lanes, now_ns, wait = self.lanes, self._now_ns, select.select
        watched = (*self._by_source, self._orders)
        patience_s = 0.0
        while True:
            began_ns = now_ns()
            handled = 0
            for source in wait(watched, (), (), patience_s)[0]:
                if source != self._orders:
                    handled += self._read(self._by_source[source])
                elif self._on_order():
                    return
            for lane in lanes:
                due_ns = lane.machine.next_ns
                if due_ns is not None and due_ns <= now_ns():
                    handled += self._release(lane, due_ns)
            if handled > 1:
                time.sleep(max(0, began_ns + PACE_NS - now_ns()) / 1e9)
                patience_s = 0.0
            else:
                patience_s = self._patience_s()

    def _patience_s(self) -> float:
        """Say how long nothing is due, in seconds."""
        due = [lane.machine.next_ns for lane in self.lanes]
        times = [at_ns for at_ns in due if at_ns is not None]
        if not times:
            return IDLE_S
        return min(max(0, min(times) - self._now_ns()) / 1e9, IDLE_S)

    def _read(self, lane: Lane) -> int:
        """Give the machine what a host has sent; how many packets."""
        read, now_ns, offer = lane.source.read, self._now_ns, lane.machine.offer
        number = 0
        try:
            for number in range(BATCH):  # noqa: B007 it is how many were read before
                offer(read(), now_ns())
        except BlockingIOError:
            if lane.behind_since_ns:
                lane.behind_ns = max(lane.behind_ns, now_ns() - lane.behind_since_ns)
                lane.behind_since_ns = 0
            return number
        lane.behind_since_ns = lane.behind_since_ns or now_ns()
        return BATCH

    def _release(self, lane: Lane, due_ns: int) -> int:
        """Let out what is due, and note how late it was; how many packets."""
        packets = lane.machine.take(self._now_ns())
        if not packets:
            return 0
        write = lane.target.write
        for packet in packets:
            try:
                write(packet)
            except OSError:  # its kernel has no room, or it is no packet of IP
                lane.refused += 1
        lane.lateness.note(self._now_ns() - due_ns, len(packets))
        return len(packets)
