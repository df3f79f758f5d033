"""From what the ends and the link have noted of a bulk transfer to what it met (`measures`)."""

import os

from wirescope.lab.ends import Carried
from wirescope.lab.measures import Limits, Looks, Processors, TcpLimits, Wire, limits
from wirescope.lab.workloads import Workload
from wirescope.transports.link import NetworkReport

_US = 1e6


def limits_of(
    carried: Carried, workload: Workload, before: NetworkReport, after: NetworkReport
) -> Limits | None:
    """Say what a bulk transfer met; None of another workload, or where nothing came.

    Args:
        carried: what both ends noted.
        workload: what was sent.
        before: what the link had done before the run.
        after: what it had done after it.
    """
    side = workload.bulk_side
    if side is None:
        return None
    sender, receiver = (carried.a, carried.b) if side == "a" else (carried.b, carried.a)
    tcp = sender.facts.tcp
    return limits(
        carried.samples,
        processors=Processors(
            sender_s=sender.usage.cpu_s,
            receiver_s=receiver.usage.cpu_s,
            link_s=after.cpu_s - before.cpu_s,
            server_s=0.0 if carried.s is None else carried.s.cpu_s,
            there=os.cpu_count() or 1,
        ),
        wire=_wire(before, after, first=0 if side == "a" else 1),
        looks=Looks(
            [each.buffered_bytes for each in sender.looks],
            [each.congestion_window_bytes for each in sender.looks if each.congestion_window_bytes],
            [each.rtt_us / 1_000 for each in sender.looks if each.rtt_us],
        ),
        tcp=None
        if tcp is None
        else TcpLimits(
            busy_s=tcp.busy_us / _US,
            receive_window_s=tcp.receive_window_limited_us / _US,
            send_buffer_s=tcp.send_buffer_limited_us / _US,
            retransmits=tcp.retransmits,
        ),
        least_s=workload.sends_for_s,
    )


def _wire(before: NetworkReport, after: NetworkReport, *, first: int) -> Wire:
    """Say what became of packets one way; where there are two links, on both of them."""
    pairs = list(zip(before.directions, after.directions, strict=True))[first::2]
    # what the way begins with has all that was offered, and what it ends with what arrived
    begin, end = (pairs[0], pairs[-1]) if first == 0 else (pairs[-1], pairs[0])
    return Wire(
        packets=begin[1].counts.offered - begin[0].counts.offered,
        passed_bytes=end[1].counts.passed_bytes - end[0].counts.passed_bytes,
        queue_drops=sum(late.counts.dropped - early.counts.dropped for early, late in pairs),
        losses=sum(
            late.counts.lost + late.counts.outage - early.counts.lost - early.counts.outage
            for early, late in pairs
        ),
    )
