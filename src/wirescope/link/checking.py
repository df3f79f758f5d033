"""Whether a link did what it was told to, from what was sent and what arrived.

It is judged from outside, as a pair of ends sees it; whether that is the machine alone or one that
runs between network devices makes no difference. What has a distribution is compared within the
interval that holds in 99 of 100 cases, so that one check in a hundred misses where nothing is
wrong. Not here: the runs that make the samples.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, pstdev

from msgspec import Struct
from msgspec.structs import replace

from wirescope.link.bursts import agreement, burst_lengths
from wirescope.link.sending import Outages
from wirescope.link.settings import Direction, GilbertElliott, Outage, RandomLoss
from wirescope.link.waiting import limits, or_default

CONFIDENCE = 0.99
"""In how many cases a check of a share holds where nothing is wrong."""

NEAR_MS = 1.0
NEAR_SHARE = 0.02
"""How near a delay has to be, the wider of both; a rate by the share alone."""

JITTER_SHARE = 0.1
"""How near the deviation of a delay has to be, as it is known less well than its mean."""

_NS_PER_MS = 1_000_000
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

Sent = Sequence[tuple[int, int]]
"""Of each packet when it was sent, in nanoseconds, and its bytes."""

Received = Sequence[tuple[int, int]]
"""In the order of arrival: the index of a packet in what was sent, and when it arrived."""


class Check(Struct, frozen=True, kw_only=True):
    """One property, as it was asked for and as it was found.

    Attributes:
        name: the property.
        unit: of all three numbers; empty for a bare number.
        wanted: what the settings say.
        measured: what was found.
        tolerance: how far apart both may be; None where `measured` is to be `wanted` at least.
        ok: whether it holds.
    """

    name: str
    unit: str
    wanted: float
    measured: float
    tolerance: float | None
    ok: bool

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        bound = "at least" if self.tolerance is None else "wanted"
        within = "" if self.tolerance is None else f" ± {self.tolerance:.4g}"
        found = f"{self.name} {self.measured:.6g}{unit}, {bound} {self.wanted:.6g}{within}"
        return found if self.ok else f"{found}: missed"


def judge(
    direction: Direction, sent: Sent, received: Received, *, start_ns: int = 0
) -> list[Check]:
    """Judge delay, jitter, order, copies, loss and bursts by packets that did not wait.

    Packets that an outage meets say nothing and are left out, as are those that are sent so soon
    after one that the queue may not be empty.

    Args:
        direction: what the link was told.
        sent: evenly, and at no more than half of the rate, or the queue would be measured.
        received: all that arrived of it.
        start_ns: when the link began.
    """
    counted = _counted(direction, sent, start_ns)
    first: dict[int, int] = {}
    copies = overtaken = 0
    highest = -1
    for index, at_ns in received:
        if index in first:
            copies += 1
            continue
        first[index] = at_ns
        overtaken += index < highest
        highest = max(highest, index)
    delays = [(at_ns - sent[i][0]) / _NS_PER_MS for i, at_ns in first.items() if counted[i]]
    checks: list[Check] = []
    if delays:
        length = fmean(length for _, length in sent)
        checks += _delay_checks(direction, delays, length)
    if direction.keeps_order:
        checks.append(_near("overtaken", "packets", 0, overtaken, 0))
    share = _share_check("copies", direction.duplicate, copies, len(first))
    return [*checks, share, *_loss_checks(direction.loss, counted, first)]


def judge_rate(
    direction: Direction, sent: Sent, received: Received, *, start_ns: int = 0
) -> list[Check]:
    """Judge rate and queue by packets that were sent faster than the rate, all the time.

    Args:
        direction: what the link was told; without a rate or a trace there is nothing to judge.
        sent: at twice the rate or so.
        received: all that arrived of it, also after the last was sent.
        start_ns: when the link began.
    """
    if direction.mean_rate_bps is None or len(received) < 2:
        return []
    first: dict[int, int] = {}
    for index, at_ns in received:
        first.setdefault(index, at_ns)
    times = sorted((at_ns, sent[index][1]) for index, at_ns in first.items())
    begin_ns, end_ns = times[0][0], times[-1][0]
    measured = sum(length for _, length in times[1:]) * 8e9 / (end_ns - begin_ns)
    wanted = _rate_between(direction, begin_ns - start_ns, end_ns - start_ns)
    wanted *= 1 - (direction.loss.stationary if direction.loss is not None else 0)
    checks = [_near("rate", "bit/s", wanted, measured, wanted * NEAR_SHARE)]
    queue = or_default(direction.queue)
    is_plain = direction.jitter is None and direction.trace is None and not direction.reorder
    held = any(each.held for each in direction.outages)
    if queue.discipline == "drop-tail" and is_plain and not held:
        longest_ms = max((at_ns - sent[i][0]) / _NS_PER_MS for i, at_ns in first.items())
        checks.append(_wait_check(direction, sent, longest_ms))
    return checks


def variance_of_losses(loss: RandomLoss | GilbertElliott, count: int) -> float:
    """Give the variance of the number of losses among so many packets.

    Losses that come in bursts vary more: each pair of packets adds what the state keeps between.
    """
    share = loss.stationary
    independent = count * share * (1 - share)
    if isinstance(loss, RandomLoss) or count < 2:
        return independent
    memory = loss.memory
    # the sum of (count - k) memory^k over k from 1 to count - 1
    pairs = memory / (1 - memory) ** 2 * (count * (1 - memory) - (1 - memory**count))
    return independent + 2 * loss.spread * pairs


def _counted(direction: Direction, sent: Sent, start_ns: int) -> list[bool]:
    """Say of each packet whether no outage met it, or the queue that a held one leaves."""
    if not direction.outages:
        return [True] * len(sent)
    lossy = Outages([each for each in direction.outages if not each.held])
    held = Outages([_with_emptying(each) for each in direction.outages if each.held])
    return [
        lossy.end_of(at_ns - start_ns) is None and held.end_of(at_ns - start_ns) is None
        for at_ns, _ in sent
    ]


def _with_emptying(outage: Outage) -> Outage:
    """Lengthen an outage by the time in which the queue is emptied.

    At half of the rate that takes as long as filling it did.
    """
    length_s = 2 * outage.length_s
    if outage.every_s is not None:
        length_s = min(length_s, 0.999 * outage.every_s)
    return replace(outage, length_s=length_s)


def _delay_checks(direction: Direction, delays: list[float], length: float) -> list[Check]:
    if direction.trace is not None:
        wanted = direction.delay_ms
        return [_near("shortest delay", "ms", wanted, min(delays), _near_ms(wanted))]
    base = direction.delay_ms
    if direction.rate_bps is not None:
        base += length * 8000 / direction.rate_bps
    held_back, by_ms = direction.reorder, direction.reorder_by_ms
    wanted = base + held_back * by_ms
    checks = [_near("delay", "ms", wanted, fmean(delays), _near_ms(wanted))]
    if direction.jitter is None:
        late = sum(delay > base + by_ms / 2 for delay in delays)
        checks.append(_share_check("held back", held_back, late, len(delays)))
    deviation = sqrt(
        (direction.jitter.ms if direction.jitter is not None else 0) ** 2
        + held_back * (1 - held_back) * by_ms**2
    )
    tolerance = max(NEAR_MS, deviation * JITTER_SHARE)
    return [*checks, _near("deviation", "ms", deviation, pstdev(delays), tolerance)]


def _loss_checks(
    loss: RandomLoss | GilbertElliott | None, counted: list[bool], first: dict[int, int]
) -> list[Check]:
    is_lost = [index not in first if counts else None for index, counts in enumerate(counted)]
    count = sum(counted)
    lost = sum(each is True for each in is_lost)
    if loss is None:
        return [_share_check("loss", 0, lost, count)]
    tolerance = _Z * sqrt(variance_of_losses(loss, count)) / count if count else 0.0
    checks = [_near("loss", "", loss.stationary, lost / count if count else 0.0, tolerance)]
    agreed = agreement(burst_lengths(is_lost), loss)
    if agreed is not None:
        least, found = 1 - CONFIDENCE, agreed.p_value
        name = f"burst lengths of {agreed.bursts} in {agreed.classes} classes, p"
        checks.append(
            Check(
                name=name,
                unit="",
                wanted=round(least, 6),
                measured=found,
                tolerance=None,
                ok=found >= least,
            )
        )
    return checks


def _rate_between(direction: Direction, begin_ns: int, end_ns: int) -> float:
    """Give what could arrive between two times on the link's clock, in bits a second."""
    shift_ns = round(direction.delay_ms * _NS_PER_MS)
    begin_ns, end_ns = begin_ns - shift_ns, end_ns - shift_ns
    took_ns = end_ns - begin_ns
    out_ns = Outages(direction.outages).within(begin_ns, end_ns)
    rate = direction.mean_rate_bps or 0.0
    if (trace := direction.trace) is not None:
        first, last = (trace.first_from(each // _NS_PER_MS) for each in (begin_ns, end_ns))
        rate = (last - first) * 12_000 * 1e9 / took_ns
    return rate * (took_ns - out_ns) / took_ns


def _wait_check(direction: Direction, sent: Sent, longest_ms: float) -> Check:
    """Judge the longest wait in the queue by the time that its bytes take."""
    rate_bps = direction.mean_rate_bps or 1.0
    length = max(length for _, length in sent)
    packets, most_bytes = limits(or_default(direction.queue), rate_bps)
    one_ms = length * 8000 / rate_bps
    wanted = direction.delay_ms + one_ms + min(packets * length, most_bytes) * 8000 / rate_bps
    tolerance = max(_near_ms(wanted), 2 * one_ms)
    return _near("longest delay", "ms", wanted, longest_ms, tolerance)


def _share_check(name: str, wanted: float, had: int, count: int) -> Check:
    """Compare a share of independent cases within the interval of the binomial distribution."""
    tolerance = _Z * sqrt(wanted * (1 - wanted) / count) if count else 0.0
    return _near(name, "", wanted, had / count if count else 0.0, tolerance)


def _near(name: str, unit: str, wanted: float, measured: float, tolerance: float) -> Check:
    ok = abs(measured - wanted) <= tolerance + 1e-12
    return Check(name=name, unit=unit, wanted=wanted, measured=measured, tolerance=tolerance, ok=ok)


def _near_ms(wanted_ms: float) -> float:
    return max(NEAR_MS, wanted_ms * NEAR_SHARE)
