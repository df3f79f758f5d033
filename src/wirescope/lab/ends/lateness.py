"""How late an end was itself, over many moments."""

from collections.abc import Sequence
from math import ceil

from wirescope.lab.ends.orders import Late


def late_of(waits_ns: Sequence[int]) -> Late:
    """Sum up by how many nanoseconds each moment was missed."""
    if not waits_ns:
        return Late()
    ordered = sorted(waits_ns)
    return Late(
        p50_us=_rank(ordered, 0.5) / 1e3,
        p99_us=_rank(ordered, 0.99) / 1e3,
        max_us=ordered[-1] / 1e3,
    )


def _rank(ordered: Sequence[int], share: float) -> int:
    """Give the smallest value that so large a share of all is not above."""
    return ordered[ceil(share * len(ordered)) - 1]
