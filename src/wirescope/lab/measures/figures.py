"""From what came of each message to the figures of a run.

Messages that never came count in `delivered` and in the age of information, not in the latencies: a
transport that loses what is late would look quick, so both stand beside each other. Not here: what
several runs of a cell say together (`spreads`), how two cells compare (`comparing`).
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Final

from msgspec import Struct

from wirescope.lab.cells import Sample
from wirescope.lab.measures.ages import age_percentiles
from wirescope.lab.measures.percentiles import percentile

LATE_MS: Final = 5
"""How much longer than the link itself takes, from which on a message counts as late."""

PARTS: Final = 10
"""Into so many parts of equal length a run is cut, to see how much its goodput varies."""

_MS = 1_000_000
_SECOND = 1_000_000_000


class Figures(Struct, frozen=True, kw_only=True):
    """The figures of a run; latencies are one-way, in milliseconds, of the messages that came.

    A figure is None where nothing or too little came for it (`percentile`).

    Attributes:
        sent: messages.
        received: messages of these.
        mean_ms: the latencies' mean.
        p50_ms: their median, by rank.
        p95_ms: what 95 % do not exceed.
        p99_ms: what 99 % do not exceed.
        p999_ms: what 99.9 % do not exceed.
        max_ms: the longest.
        drift_ms: how much the median of the last third of the messages is above that of the first;
            where it grows all the time, so does a queue.
        delivered: share of what was sent that came.
        in_order: share of what came that was not overtaken by a later one of its side (RFC 4737
            section 3.3).
        late_share: share of what came that took `LATE_MS` longer than the link itself.
        in_time: share of what was sent that came while it was useful; None where it always is.
        goodput_bps: bits of messages that came, a second, from the first one sent to the last one
            received, or until no more would have been sent; both sides together.
        age_p50_ms: the age of information for half of the time; None where no state is sent.
        age_p99_ms: the same for 99 % of the time.
        answer_p50_ms: from a request until its answer came; None where nothing is answered.
        answer_p99_ms: the same of 99 % of the answers.
    """

    sent: int
    received: int
    mean_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    p999_ms: float | None = None
    max_ms: float | None = None
    drift_ms: float | None = None
    delivered: float | None = None
    in_order: float | None = None
    late_share: float | None = None
    in_time: float | None = None
    goodput_bps: float | None = None
    age_p50_ms: float | None = None
    age_p99_ms: float | None = None
    answer_p50_ms: float | None = None
    answer_p99_ms: float | None = None


def figures(
    samples: Sequence[Sample],
    *,
    floors_ms: Mapping[str, float],
    useful_for_ms: float | None = None,
    is_state: bool = False,
    is_answered: bool = False,
    least_s: float = 0,
) -> Figures:
    """Return the figures of a run.

    Args:
        samples: one for each message; those of the warm-up are left out by the caller.
        floors_ms: what the link alone takes one way, for what `a` and what `b` sends.
        useful_for_ms: after which a message is of no use any more.
        is_state: whether the age of information counts.
        is_answered: whether `b` answers what `a` sends, under the same number.
        least_s: seconds over which the goodput counts at least: a transfer that stands still until
            its time is over was not quick because little came early.
    """
    in_order_of_sending = sorted(samples, key=lambda each: (each.sent_ns, each.side, each.number))
    latencies = latencies_ms(in_order_of_sending)
    ordered = sorted(latencies)
    ages = age_percentiles(samples, (0.5, 0.99)) if is_state else [None, None]
    answers = sorted(_answer_times(samples)) if is_answered else []
    return Figures(
        sent=len(samples),
        received=len(ordered),
        mean_ms=fmean(ordered) if ordered else None,
        p50_ms=percentile(ordered, 0.5),
        p95_ms=percentile(ordered, 0.95),
        p99_ms=percentile(ordered, 0.99),
        p999_ms=percentile(ordered, 0.999),
        max_ms=ordered[-1] if ordered else None,
        drift_ms=_drift(latencies),
        delivered=_share(len(ordered), len(samples)),
        in_order=_share(_in_order(samples), len(ordered)),
        late_share=_share(_late(samples, floors_ms), len(ordered)),
        in_time=(
            None
            if useful_for_ms is None
            else _share(sum(each <= useful_for_ms for each in ordered), len(samples))
        ),
        goodput_bps=_goodput(samples, least_s),
        age_p50_ms=ages[0],
        age_p99_ms=ages[1],
        answer_p50_ms=percentile(answers, 0.5),
        answer_p99_ms=percentile(answers, 0.99),
    )


def latencies_ms(samples: Iterable[Sample]) -> list[float]:
    """Return how long each message took that came, in the order of the samples."""
    return [
        (each.received_ns - each.sent_ns) / _MS for each in samples if each.received_ns is not None
    ]


def goodputs_bps(samples: Sequence[Sample], *, least_s: float = 0) -> list[float]:
    """Return the goodput of each of the `PARTS` of a run; empty where nothing came.

    Args:
        samples: of the run.
        least_s: seconds that it counts over at least.
    """
    times = span_ns(samples, least_s)
    if times is None:
        return []
    first, last = times
    part_ns = (last - first) / PARTS
    sizes = [0] * PARTS
    for each in samples:
        if each.received_ns is not None:
            sizes[min(PARTS - 1, int((each.received_ns - first) / part_ns))] += each.size
    return [8 * size * _SECOND / part_ns for size in sizes]


def wire_bytes_per_byte(link_bytes: int, useful_bytes: int) -> float | None:
    """Return how many bytes went over the link for each byte of a message that came.

    Args:
        link_bytes: of whole IP packets, both ways, those that were lost and sent again included.
        useful_bytes: of the messages that came.
    """
    return link_bytes / useful_bytes if useful_bytes else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _drift(latencies: Sequence[float]) -> float | None:
    third = len(latencies) // 3
    return median(latencies[-third:]) - median(latencies[:third]) if third else None


def _in_order(samples: Iterable[Sample]) -> int:
    came = sorted((each for each in samples if each.received_ns is not None), key=_arrival)
    highest: dict[str, int] = {}
    count = 0
    for each in came:
        if each.number > highest.get(each.side, -1):
            highest[each.side] = each.number
            count += 1
    return count


def _arrival(sample: Sample) -> tuple[int, int]:
    return (sample.received_ns or 0, sample.number)


def _late(samples: Iterable[Sample], floors_ms: Mapping[str, float]) -> int:
    return sum(
        each.received_ns is not None
        and (each.received_ns - each.sent_ns) / _MS > floors_ms.get(each.side, 0) + LATE_MS
        for each in samples
    )


def span_ns(samples: Iterable[Sample], least_s: float = 0) -> tuple[int, int] | None:
    """Return when the first message was sent and the last one came; None where none came.

    Args:
        samples: of a run.
        least_s: seconds that are between the two at least.
    """
    came = [each.received_ns for each in samples if each.received_ns is not None]
    if not came:
        return None
    first = min(each.sent_ns for each in samples)
    last = max(*came, first + round(least_s * _SECOND))
    return (first, last) if last > first else None


def _goodput(samples: Sequence[Sample], least_s: float) -> float | None:
    times = span_ns(samples, least_s)
    if times is None:
        return None
    size = sum(each.size for each in samples if each.received_ns is not None)
    return 8 * size * _SECOND / (times[1] - times[0])


def _answer_times(samples: Iterable[Sample]) -> list[float]:
    """Return how long it took from each request until its answer came, in milliseconds."""
    asked: dict[int, int] = {}
    answered: dict[int, int] = {}
    for each in samples:
        if each.side == "a":
            asked[each.number] = each.sent_ns
        elif each.received_ns is not None:
            answered[each.number] = each.received_ns
    return [(answered[number] - at) / _MS for number, at in asked.items() if number in answered]
