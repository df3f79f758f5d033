"""The transmitter of a link: when a packet's sending begins, and when it ends.

One goes by a rate, one by a trace, one sends at once; in an outage that holds packets each stands
still. Times are nanoseconds since the start of the link, so that outages and traces count from
there. What is being sent when an outage begins is sent to its end.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from wirescope.link.settings import Direction, Outage
from wirescope.link.trace import OPPORTUNITY_BYTES, Trace

_NS_PER_S = 1_000_000_000
_NS_PER_MS = 1_000_000
_MOST_TAKEN = 1000


class Outages:
    """Outages of one kind, on the clock of the link.

    Args:
        outages: those that hold packets, or those that do not.
    """

    def __init__(self, outages: Sequence[Outage]) -> None:
        self._spans = [
            (
                round(each.start_s * _NS_PER_S),
                round(each.length_s * _NS_PER_S),
                round(each.every_s * _NS_PER_S) if each.every_s is not None else 0,
            )
            for each in outages
        ]

    def __bool__(self) -> bool:
        return bool(self._spans)

    def end_of(self, since_ns: int) -> int | None:
        """Give the end of the outage that there is at a time; None without one."""
        for start_ns, length_ns, every_ns in self._spans:
            into_ns = since_ns - start_ns
            if into_ns < 0:
                continue
            if every_ns:
                into_ns %= every_ns
            if into_ns < length_ns:
                return since_ns - into_ns + length_ns
        return None

    def within(self, from_ns: int, to_ns: int) -> int:
        """Give how long there was one, in nanoseconds from one time to another."""
        took_ns, at_ns = 0, from_ns
        for begin_ns, end_ns in sorted(self._between(from_ns, to_ns)):
            took_ns += max(0, min(end_ns, to_ns) - max(begin_ns, at_ns))
            at_ns = max(at_ns, end_ns)
        return took_ns

    def _between(self, from_ns: int, to_ns: int) -> Iterator[tuple[int, int]]:
        for start_ns, length_ns, every_ns in self._spans:
            begin_ns = start_ns
            if every_ns and from_ns > start_ns:
                begin_ns += (from_ns - start_ns) // every_ns * every_ns
            while begin_ns < to_ns:
                yield begin_ns, begin_ns + length_ns
                if not every_ns:
                    break
                begin_ns += every_ns

    def after(self, since_ns: int) -> int:
        """Give the first time from this one on at which there is none."""
        while (end_ns := self.end_of(since_ns)) is not None:
            since_ns = end_ns
        return since_ns


class Transmitter(Protocol):
    """What sends one packet after the other."""

    def begin(self, ready_ns: int) -> int:
        """Say when it begins with a packet that is ready at a time."""

    def send(self, length: int, begin_ns: int) -> int:
        """Send a packet, beginning when `begin` said; give when its last bit is out."""


class AtOnce:
    """Sends whatever is ready, but in an outage."""

    def __init__(self, held: Outages) -> None:
        self._held = held

    def begin(self, ready_ns: int) -> int:
        """Say when it begins with a packet that is ready at a time."""
        return self._held.after(ready_ns)

    def send(self, length: int, begin_ns: int) -> int:
        """Send a packet; give when its last bit is out."""
        return begin_ns


class ByRate:
    """Sends so many bits a second, without rounding one packet after the other."""

    def __init__(self, rate_bps: int, held: Outages) -> None:
        self._rate_bps, self._held = rate_bps, held
        self._busy_since_ns = 0
        self._busy_bits = 0  # sent since then

    def begin(self, ready_ns: int) -> int:
        """Say when it begins with a packet that is ready at a time."""
        return self._held.after(max(ready_ns, self._free_ns()))

    def send(self, length: int, begin_ns: int) -> int:
        """Send a packet; give when its last bit is out."""
        if begin_ns > self._free_ns():
            self._busy_since_ns, self._busy_bits = begin_ns, 0
        self._busy_bits += length * 8
        return self._free_ns()

    def _free_ns(self) -> int:
        return self._busy_since_ns + self._busy_bits * _NS_PER_S // self._rate_bps


class ByTrace:
    """Sends when the trace has an opportunity; what is left of one goes to the next packet."""

    def __init__(self, trace: Trace, held: Outages) -> None:
        self._trace, self._held = trace, held
        self._use(0)

    def begin(self, ready_ns: int) -> int:
        """Say when it begins with a packet that is ready at a time."""
        first = self._trace.first_from(-(-ready_ns // _NS_PER_MS))
        if first > self._number:
            self._use(first)
        elif not self._left:
            self._use(self._number + 1)
        return self._now_ns()

    def send(self, length: int, begin_ns: int) -> int:
        """Send a packet; give when its last bit is out."""
        left = length
        while left > self._left:
            left -= self._left
            self._use(self._number + 1)
        self._left -= left
        return self._now_ns()

    def _use(self, number: int) -> None:
        """Go to an opportunity, or to the first behind it that no outage takes.

        Outages may come as regularly as opportunities and take them all; then it goes on to one
        that is `_MOST_TAKEN` outages later.
        """
        self._number, self._left = number, OPPORTUNITY_BYTES
        for _ in range(_MOST_TAKEN):
            end_ns = self._held.end_of(self._now_ns())
            if end_ns is None:
                break
            self._number = self._trace.first_from(-(-end_ns // _NS_PER_MS))

    def _now_ns(self) -> int:
        return self._trace.time_of(self._number) * _NS_PER_MS


def make_transmitter(direction: Direction) -> Transmitter | None:
    """Make what the settings ask for; None where nothing ever waits."""
    held = Outages([each for each in direction.outages if each.held])
    if direction.trace is not None:
        return ByTrace(direction.trace, held)
    if direction.rate_bps is not None:
        return ByRate(direction.rate_bps, held)
    return AtOnce(held) if held else None
