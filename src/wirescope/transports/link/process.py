"""The link process: holds the namespaces of a network and carries its packets.

Run as `python -m wirescope.transports.link`: a `NetworkPlan` on its standard input, then orders, a
line each; answers on its standard output. It ends by itself when its input ends, as it does when
whoever started it is no more, and takes what still runs in its namespaces along.
"""

import contextlib
import gc
import os
import sys
import time
from collections.abc import Iterator

import msgspec

from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.link import make_machines
from wirescope.transports.link.carrier import Carrier, Lane
from wirescope.transports.link.devices import may_open_tun
from wirescope.transports.link.explaining import explain
from wirescope.transports.link.hosts import HostNamespace
from wirescope.transports.link.layout import lay_out
from wirescope.transports.link.namespaces import gain_rights, make_namespace
from wirescope.transports.link.recording import Recorder
from wirescope.transports.link.records import (
    Answer,
    DeviceKind,
    DirectionReport,
    End,
    NetworkPlan,
    NetworkReport,
    Order,
    Refused,
    Standing,
)
from wirescope.transports.link.scheduling import ask_for_short_slices, go_first, wake_on_time
from wirescope.transports.link.sweeping import end_all

LONGEST_PLAN = 16 << 20
"""Bytes of a plan; recorded traces are long."""

_PRIORITY = 2  # of SCHED_RR: above every ordinary program, and above the ends of the lab, at 1


class LinkProcess:
    """A network while it stands.

    Raises:
        OSError: it cannot be made.
        UsageError: its hosts and links do not fit together, or its recording cannot be written.
    """

    def __init__(self, plan: NetworkPlan, orders: int) -> None:
        self._plan, self._orders, self._pending = plan, orders, b""
        laid_out = lay_out(plan.hosts, len(plan.links))
        self._recorder = None if plan.record is None else Recorder(plan.record)
        self._user = gain_rights()
        mtus = [link.mtu for link in plan.links]
        self._by: DeviceKind = plan.by or ("tun" if may_open_tun() else "veth")
        own = make_namespace() if self._by == "veth" else None
        self._hosts = [HostNamespace(host, mtus, link=own) for host in laid_out]
        self._realtime = plan.realtime and go_first(_PRIORITY)
        if not self._realtime:
            ask_for_short_slices()
        wake_on_time()
        self._started_ns = SystemClock().monotonic_ns()
        self._carrier = Carrier(list(self._lanes()), orders, self._take_orders)

    def _lanes(self) -> Iterator[Lane]:
        for number, link in enumerate(self._plan.links):
            left, right = (host.ports[number] for host in self._hosts[number : number + 2])
            up, down = make_machines(link, start_ns=self._started_ns)
            if self._recorder is not None and number == 0:
                left, right = self._recorder.listen(left), self._recorder.listen(right)
            yield Lane(up, left, right)
            yield Lane(down, right, left)

    def run(self) -> None:
        """Carry packets until this is told to end, or nobody is there any more to tell it."""
        _say(
            Standing(
                namespaces=tuple(host.descriptor for host in self._hosts),
                user=self._user,
                by=self._by,
                has_6=all(host.has_6 for host in self._hosts),
                realtime=self._realtime,
                started_ns=self._started_ns,
            )
        )
        self._cpu_before_s = time.process_time()
        gc.disable()  # nothing here makes cycles, and looking for them takes milliseconds
        try:
            self._carrier.run()
        finally:
            end_all(host.descriptor for host in self._hosts)
            if self._recorder is not None:
                self._recorder.close()

    def _take_orders(self) -> bool:
        """Carry out what came; whether to end."""
        came = os.read(self._orders, 65536)
        *lines, self._pending = (self._pending + came).split(b"\n")
        for line in lines:
            order = msgspec.json.decode(line, type=Order)
            _say(self._report())
            if isinstance(order, End):
                return True
            if order.afresh:
                for lane in self._carrier.lanes:
                    lane.count_afresh()
        return not came

    def _report(self) -> NetworkReport:
        return NetworkReport(
            at_ns=SystemClock().monotonic_ns(),
            started_ns=self._started_ns,
            cpu_s=time.process_time() - self._cpu_before_s,
            directions=tuple(self._directions()),
            recording=None if self._recorder is None else self._recorder.report(),
        )

    def _directions(self) -> Iterator[DirectionReport]:
        names = self._plan.hosts
        for at, lane in enumerate(self._carrier.lanes):
            link = at // 2
            ends = (link, link + 1) if at % 2 == 0 else (link + 1, link)
            yield DirectionReport(
                link=self._plan.links[link].name,
                source=names[ends[0]],
                target=names[ends[1]],
                counts=lane.machine.counts,
                missed=self._hosts[ends[0]].missed(link),
                refused=max(lane.refused, self._hosts[ends[1]].refused(link)),
                behind_ms=lane.behind_ns / 1e6,
                lateness=lane.lateness.summary(),
            )


def _say(answer: Answer) -> None:
    """Answer, a line; nobody may be there any more to read it."""
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), msgspec.json.encode(answer) + b"\n")


def main() -> int:
    """Make the network that is asked for, and carry its packets; 1 where it cannot be made."""
    line = sys.stdin.buffer.readline(LONGEST_PLAN)
    try:
        plan = msgspec.json.decode(line, type=NetworkPlan)
        process = LinkProcess(plan, sys.stdin.fileno())
    except OSError as error:
        _say(explain(error))
        return 1
    except UsageError as error:
        _say(Refused(message=error.message, hint=error.hint))
        return 1
    process.run()
    return 0
