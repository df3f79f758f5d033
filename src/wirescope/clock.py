"""The one place that reads the time.

Everything else is given a `Clock`, so that tests can hold time still. Durations, orders and
latencies come from the monotonic reading; the wall clock is read once a capture, to say when it
began, and compared again now and then to notice that somebody moved it.
"""

import re
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def monotonic_ns(self) -> int:
        """Nanoseconds on a clock that never goes back; its zero means nothing."""
        ...

    def wall_ns(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00Z, as the machine believes."""
        ...


class SystemClock:
    """The machine's clocks."""

    monotonic_ns = staticmethod(time.monotonic_ns)
    wall_ns = staticmethod(time.time_ns)


def rfc3339(wall_ns: int) -> str:
    """Write a wall-clock reading as RFC 3339 in UTC with nanoseconds.

    >>> rfc3339(1_700_000_000_123_456_789)
    '2023-11-14T22:13:20.123456789Z'
    """
    seconds, nanoseconds = divmod(wall_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"


_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")


def parse_rfc3339(text: str) -> int:
    """Read a date and time of RFC 3339; nanoseconds since 1970, ValueError if it is not one.

    >>> parse_rfc3339("2023-11-14T23:13:20.5+01:00")
    1700000000500000000
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date and time of RFC 3339")
    seconds, fraction, offset = match.groups()
    moment = datetime.fromisoformat(seconds + offset.upper())
    return int(moment.timestamp()) * 1_000_000_000 + int((fraction or "0")[:9].ljust(9, "0"))
