"""What was seen of numbered pictures: which were shown, how late, and where the picture froze.

A freeze is what W3C webrtc-stats calls one (section 8.4, `freezeCount`): between two pictures there
was more time than three times the mean of the 30 intervals before, and than that mean and 150 ms.
"""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import Final

from msgspec import Struct

from wirescope.lab.measures.percentiles import percentile

_INTERVALS: Final = 30
_TIMES: Final = 3.0
_BEYOND_MS: Final = 150.0


class Watching(Struct, frozen=True, kw_only=True):
    """What was seen of pictures.

    Attributes:
        made: how many there were.
        shown: the share of them that was shown.
        unread: pictures that were shown and whose number could not be read.
        p50_ms: from when a picture was made until it was shown; None where too few were.
        p95_ms: likewise.
        max_ms: the longest.
        freezes: how often the picture froze.
        frozen_ms: for how long, altogether.
        longest_freeze_ms: the longest; 0 without one.
    """

    made: int
    shown: float
    unread: int
    p50_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    freezes: int
    frozen_ms: float
    longest_freeze_ms: float


def watching(
    shown: Sequence[tuple[int, int | None]], *, start_ns: int, numbers: range, frame_rate: int
) -> Watching:
    """Say what was seen.

    Args:
        shown: when each picture was, in nanoseconds, and its number; ascending.
        start_ns: when the first of the numbers was made.
        numbers: of the pictures that were made.
        frame_rate: pictures that were made in a second.
    """
    first: dict[int, int] = {}
    for at_ns, number in shown:
        if number is not None and number in numbers:
            first.setdefault(number, at_ns)
    latencies = sorted(
        (at_ns - start_ns) / 1e6 - (number - numbers.start) * 1_000 / frame_rate
        for number, at_ns in first.items()
    )
    frozen = freezes_ms([at_ns for at_ns, _ in shown])
    return Watching(
        made=len(numbers),
        shown=len(first) / len(numbers),
        unread=sum(number is None for _, number in shown),
        p50_ms=percentile(latencies, 0.5),
        p95_ms=percentile(latencies, 0.95),
        max_ms=latencies[-1] if latencies else None,
        freezes=len(frozen),
        frozen_ms=sum(frozen),
        longest_freeze_ms=max(frozen, default=0.0),
    )


def freezes_ms(shown_ns: Sequence[int]) -> list[float]:
    """Give how long each freeze was.

    Args:
        shown_ns: when each picture was shown, ascending.
    """
    before: deque[float] = deque(maxlen=_INTERVALS)
    frozen = []
    for early_ns, late_ns in pairwise(shown_ns):
        interval_ms = (late_ns - early_ns) / 1e6
        if before:
            mean_ms = fmean(before)
            if interval_ms > max(_TIMES * mean_ms, mean_ms + _BEYOND_MS):
                frozen.append(interval_ms)
        before.append(interval_ms)
    return frozen
