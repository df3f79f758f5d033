"""Numbers as a person reads them: durations, sizes, counts."""

_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))


def duration(ns: float) -> str:
    """Write a time with its unit, three digits or so.

    >>> duration(20_000_000_000), duration(1_234_567), duration(900)
    ('20.0 s', '1.2 ms', '0.9 µs')
    """
    for size, unit in _UNITS:
        if ns >= size or unit == "µs":
            value = ns / size
            return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    raise AssertionError("unreachable")


def size(count: float) -> str:
    """Write bytes with a unit.

    >>> size(999), size(4_170_000)
    ('999 B', '4.17 MB')
    """
    if count < 1000:
        return f"{count:,.0f} B"
    for unit in ("kB", "MB", "GB", "TB"):
        count /= 1000
        if count < 999.5 or unit == "TB":
            break
    return f"{count:.3g} {unit}"


def counted(count: int, noun: str) -> str:
    """Write a number and what it counts.

    >>> counted(1, "event"), counted(48_211, "event")
    ('1 event', '48,211 events')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
