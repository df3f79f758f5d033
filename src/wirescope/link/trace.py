"""When a link can carry bytes: a trace in Mahimahi's form (Netravali et al., USENIX ATC 2015).

One whole number a line, in milliseconds from the start: at that time 1,500 bytes can go. The same
number on two lines means twice as many. At the last one the trace begins again. An opportunity that
finds nothing to send is gone; several short packets share one, and a long packet takes several.
Not here: sending by a trace (`sending`), files (who reads them hands over their bytes).
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from wirescope.errors import ForeignFormatError

OPPORTUNITY_BYTES = 1500
"""What goes at once, as in Mahimahi."""

MAX_OPPORTUNITIES = 1_000_000
"""The longest trace: 17 minutes at 12 Mbit/s, two minutes at 100 Mbit/s."""

MAX_TIME_MS = 86_400_000
"""The latest time in a trace, one day."""

_LONGEST_LINE = 20
_Time = Annotated[int, Meta(ge=0, le=MAX_TIME_MS)]


class Trace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When so many bytes can go as one opportunity has.

    Attributes:
        at_ms: the times of the opportunities from the start, in milliseconds, none before the one
            that it follows; at the last one the trace begins again, so that it must not be 0.
    """

    at_ms: Annotated[tuple[_Time, ...], Meta(min_length=1, max_length=MAX_OPPORTUNITIES)]

    def __post_init__(self) -> None:
        if not self.at_ms or self.at_ms[-1] <= 0:
            raise ValueError("a trace ends later than it begins: its last time is above 0 ms")
        if any(later < earlier for earlier, later in zip(self.at_ms, self.at_ms[1:], strict=False)):
            raise ValueError("a trace's times never go back")

    @property
    def period_ms(self) -> int:
        """After how long it begins again."""
        return self.at_ms[-1]

    @property
    def rate_bps(self) -> float:
        """What it carries on average, in bits a second."""
        return len(self.at_ms) * OPPORTUNITY_BYTES * 8000 / self.period_ms

    def first_from(self, at_ms: int) -> int:
        """Give the number of the first opportunity that is not before a time, counted for ever."""
        if at_ms <= 0:
            return 0
        # the last time of one round is the time at which the next begins
        rounds = (at_ms - 1) // self.period_ms
        return rounds * len(self.at_ms) + bisect_left(self.at_ms, at_ms - rounds * self.period_ms)

    def time_of(self, number: int) -> int:
        """Give the time of an opportunity, in milliseconds from the start."""
        rounds, index = divmod(number, len(self.at_ms))
        return rounds * self.period_ms + self.at_ms[index]


def parse_trace(data: bytes) -> Trace:
    """Read a trace file.

    Empty lines are passed over, as is what follows a `#`.

    Raises:
        ForeignFormatError: a line is no whole number of milliseconds, or is before the line above;
            there is none; there are more than `MAX_OPPORTUNITIES`.
    """
    times: list[int] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        text = line.partition(b"#")[0].strip()
        if not text:
            continue
        where = f"line {number}"
        time_ms = _read_time(text, where)
        if times and time_ms < times[-1]:
            message = f"{time_ms} ms comes after {times[-1]} ms; a trace's times never go back."
            raise ForeignFormatError(message, where=where, hint="Sort the lines by their number.")
        if len(times) == MAX_OPPORTUNITIES:
            message = f"The trace has more than {MAX_OPPORTUNITIES:,} lines, which are taken."
            raise ForeignFormatError(message, where=where, hint="Cut it: it begins again anyway.")
        times.append(time_ms)
    if not times or times[-1] == 0:
        message = "The trace has no line with a time above 0 ms."
        hint = "Each line is a time in milliseconds at which 1,500 bytes can go."
        raise ForeignFormatError(message, hint=hint)
    return Trace(at_ms=tuple(times))


def build_trace(trace: Trace) -> bytes:
    """Write a trace file, one time a line."""
    return b"".join(b"%d\n" % each for each in trace.at_ms)


def trace_of_rates(rates_bps: Sequence[float], *, step_s: float = 1.0) -> Trace:
    """Make a trace of rates that were recorded one after the other, each for so many seconds.

    Raises:
        ValueError: they carry less than one opportunity in all, a rate is negative, or the trace
            would be longer than one may be.
    """
    if any(rate < 0 for rate in rates_bps):
        raise ValueError("a rate is not negative")
    bits = OPPORTUNITY_BYTES * 8
    total = sum(rates_bps) * step_s / bits
    end_ms = round(len(rates_bps) * step_s * 1000)
    if not 1 <= total <= MAX_OPPORTUNITIES - 1 or not 1 <= end_ms <= MAX_TIME_MS:
        raise ValueError(f"these rates give {total:,.0f} opportunities in {end_ms:,} ms")
    times: list[int] = []
    carried, begins_ms = 0.0, 0.0
    for rate in rates_bps:
        more = carried + rate * step_s / bits
        times.extend(
            int(begins_ms + (number - carried) * bits / rate * 1000)
            for number in range(int(carried) + 1, int(more) + 1)
        )
        carried, begins_ms = more, begins_ms + step_s * 1000
    # the last one says when it begins again, also where nothing goes before
    times[-1] = end_ms
    return Trace(at_ms=tuple(times))


def _read_time(text: bytes, where: str) -> int:
    if not text.isdigit() or len(text) > _LONGEST_LINE or (time_ms := int(text)) > MAX_TIME_MS:
        shown = text[:_LONGEST_LINE].decode("ascii", "replace")
        message = f"{shown!r} is no time: a whole number from 0 to {MAX_TIME_MS:,} (milliseconds)."
        raise ForeignFormatError(message, where=where)
    return time_ms
