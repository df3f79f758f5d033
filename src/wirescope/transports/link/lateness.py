"""How late packets left, kept as counts of microseconds so that a long run takes no more memory."""

from collections import Counter

from wirescope.transports.link.records import Lateness

_LONGEST_US = 1_000_000


class LatenessLog:
    """Takes batches, and sums them up when asked."""

    def __init__(self) -> None:
        self._packets: Counter[int] = Counter()
        self._latest_ns = 0

    def note(self, late_ns: int, packets: int) -> None:
        """Take a batch: how late it was, and how many packets it had."""
        self._packets[min(late_ns // 1000, _LONGEST_US)] += packets
        if late_ns > self._latest_ns:
            self._latest_ns = late_ns

    def summary(self) -> Lateness:
        """Sum up; all zero where nothing left."""
        ordered, packets = sorted(self._packets.items()), self._packets.total()

        def share(part: float) -> float:
            seen = 0
            for late_us, count in ordered:
                seen += count
                if seen >= part * packets:
                    return float(late_us)
            return 0.0

        return Lateness(
            packets=packets,
            p50_us=share(0.5),
            p99_us=share(0.99),
            p999_us=share(0.999),
            max_us=self._latest_ns / 1000,
        )
