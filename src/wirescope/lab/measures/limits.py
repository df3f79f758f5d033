"""What a bulk transfer met on its way: processors, windows, the link's queue, its own beginning.

From what both ends and the link have noted of one run to the figures that can tell why its goodput
is not the link's rate. Not here: which of them is the reason, in words (`verdicts`).
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any, Final, NamedTuple

from msgspec import Struct

from wirescope.lab.cells import Sample
from wirescope.lab.measures.figures import span_ns

STEP_S: Final = 0.1
"""A transfer is looked at in steps of so many seconds."""

_RAMPED = 0.9  # of the later goodput, from which on a transfer has got going
_SECOND = 1_000_000_000


class Processors(NamedTuple):
    """Seconds of processor time that a run took.

    Attributes:
        sender_s: of the end that sent.
        receiver_s: of the other one.
        link_s: of what emulates the link.
        server_s: of the server in the middle; 0 without one.
        there: processors that the machine has.
    """

    sender_s: float
    receiver_s: float
    link_s: float
    server_s: float
    there: int


class Wire(NamedTuple):
    """What the link did with the packets that went the way of the messages.

    Attributes:
        packets: that were offered to it.
        passed_bytes: of those that arrived.
        queue_drops: packets that found no room in its queue.
        losses: packets that were lost by chance or in an outage.
    """

    packets: int
    passed_bytes: int
    queue_drops: int
    losses: int


class TcpLimits(NamedTuple):
    """What the sender's system says of TCP, after the run.

    Attributes:
        busy_s: for how long there was something to send.
        receive_window_s: for how much of that the receiver's window was full.
        send_buffer_s: for how much of that the system took too little.
        retransmits: segments that were sent again.
    """

    busy_s: float
    receive_window_s: float
    send_buffer_s: float
    retransmits: int


class Looks(NamedTuple):
    """What was seen at the sender, again and again, in the course of the run.

    Attributes:
        buffered_bytes: that waited in the process to go out.
        congestion_windows_bytes: of TCP; empty without it.
        round_trips_ms: as TCP smooths them; empty without it.
    """

    buffered_bytes: Sequence[int]
    congestion_windows_bytes: Sequence[int]
    round_trips_ms: Sequence[float]


class Limits(Struct, frozen=True, kw_only=True):
    """What a bulk transfer met; shares of the processors are of one of them and may be above 1.

    Attributes:
        seconds: from the first message to the last that came, or until no more would have been
            sent.
        ramp_s: until as much came in a step as nine tenths of the later goodput.
        ramp_share: of what could have come by the later goodput, what did not while it got going.
        later_bps: goodput of the second half of the time.
        best_bps: goodput of the best step.
        still_share: share of the time in steps in which nothing came.
        stood_s: the longest time without a message.
        sender_cpu: share of a processor that the sender took.
        receiver_cpu: the same of the receiver.
        link_cpu: the same of what emulates the link.
        server_cpu: the same of the server in the middle.
        processors: that there are.
        packets: offered to the link on the way of the messages.
        link_bps: of whole packets that arrived.
        wire_bytes_per_byte: of whole packets that arrived, for each of a message.
        queue_drops: packets that found no room in the link's queue.
        losses: packets that the link lost by chance or in an outage.
        buffered_bytes: that waited in the sender's process, the median.
        retransmits: segments of TCP that were sent again; None without it, as the next ones.
        busy_share: for how much of the time TCP had something to send.
        receive_window_share: for how much of that the receiver's window was full.
        send_buffer_share: for how much of that the system took too little.
        congestion_window_bytes: the largest that was seen.
        round_trip_ms: the median.
    """

    seconds: float
    ramp_s: float
    ramp_share: float
    later_bps: float
    best_bps: float
    still_share: float
    stood_s: float
    sender_cpu: float
    receiver_cpu: float
    link_cpu: float
    server_cpu: float
    processors: int
    packets: int
    link_bps: float
    wire_bytes_per_byte: float
    queue_drops: int
    losses: int
    buffered_bytes: int
    retransmits: int | None = None
    busy_share: float | None = None
    receive_window_share: float | None = None
    send_buffer_share: float | None = None
    congestion_window_bytes: int | None = None
    round_trip_ms: float | None = None


def limits(
    samples: Sequence[Sample],
    *,
    processors: Processors,
    wire: Wire,
    looks: Looks,
    tcp: TcpLimits | None = None,
    least_s: float = 0,
) -> Limits | None:
    """Return what a bulk transfer met; None where nothing came.

    Args:
        samples: of the run, from its beginning, of the one side that sends.
        processors: what the run took.
        wire: what the link did.
        looks: what was seen at the sender.
        tcp: what its system says; None where no TCP carries the messages.
        least_s: seconds that the transfer lasts at least, standing still or not.
    """
    times = span_ns(samples, least_s)
    if times is None:
        return None
    seconds = (times[1] - times[0]) / _SECOND
    steps = _steps(samples, times)
    later_bps = _later_bps(steps)
    ramp_steps, ramp_share = _ramp(steps, later_bps)
    return Limits(
        seconds=seconds,
        ramp_s=ramp_steps * STEP_S,
        ramp_share=ramp_share,
        later_bps=later_bps,
        best_bps=_bps(max(steps)),
        still_share=sum(not size for size in steps) / len(steps),
        stood_s=_stood_s(samples, times),
        sender_cpu=processors.sender_s / seconds,
        receiver_cpu=processors.receiver_s / seconds,
        link_cpu=processors.link_s / seconds,
        server_cpu=processors.server_s / seconds,
        processors=processors.there,
        packets=wire.packets,
        link_bps=8 * wire.passed_bytes / seconds,
        wire_bytes_per_byte=wire.passed_bytes / sum(steps),
        queue_drops=wire.queue_drops,
        losses=wire.losses,
        buffered_bytes=round(median(looks.buffered_bytes)) if looks.buffered_bytes else 0,
        **({} if tcp is None else _of_tcp(tcp, looks, seconds)),
    )


def _of_tcp(tcp: TcpLimits, looks: Looks, seconds: float) -> dict[str, Any]:
    return {
        "retransmits": tcp.retransmits,
        "busy_share": min(1.0, tcp.busy_s / seconds),
        "receive_window_share": _part(tcp.receive_window_s, tcp.busy_s),
        "send_buffer_share": _part(tcp.send_buffer_s, tcp.busy_s),
        "congestion_window_bytes": max(looks.congestion_windows_bytes, default=None),
        "round_trip_ms": median(looks.round_trips_ms) if looks.round_trips_ms else None,
    }


def _ramp(steps: Sequence[int], later_bps: float) -> tuple[int, float]:
    """Return the steps until it had got going, and the share of what could have come they cost."""
    begun = (n for n, size in enumerate(steps) if _bps(size) >= _RAMPED * later_bps)
    count = next(begun, len(steps))
    by_later = later_bps * STEP_S / 8
    missed = count * by_later - sum(steps[:count])
    return count, max(0.0, missed / (len(steps) * by_later)) if by_later else 0.0


def _steps(samples: Sequence[Sample], times: tuple[int, int]) -> list[int]:
    """Return the bytes that came in each step."""
    first, last = times
    sizes = [0] * max(1, ceil((last - first) / (STEP_S * _SECOND)))
    for each in samples:
        if each.received_ns is not None:
            index = int((each.received_ns - first) / (STEP_S * _SECOND))
            sizes[min(index, len(sizes) - 1)] += each.size
    return sizes


def _later_bps(steps: Sequence[int]) -> float:
    """Return the goodput of the second half, without the last step, which is not a whole one."""
    half = steps[len(steps) // 2 : -1] or steps
    return _bps(sum(half) / len(half))


def _bps(size: float) -> float:
    return 8 * size / STEP_S


def _stood_s(samples: Sequence[Sample], times: tuple[int, int]) -> float:
    came = sorted(each.received_ns for each in samples if each.received_ns is not None)
    marks = [times[0], *came, times[1]]
    return max(after - before for before, after in pairwise(marks)) / _SECOND


def _part(part_s: float, whole_s: float) -> float:
    return min(1.0, part_s / whole_s) if whole_s else 0.0
