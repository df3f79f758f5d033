"""Arithmetic on counters that wrap: sequence numbers of 16 bits, timestamps of 32, picture ids.

A counter is compared by the shorter way round the circle (RFC 1982 section 3.2). Where both ways
are equally long the RFC leaves the answer open; here the larger number is the newer one, so that
of two different numbers exactly one is newer.
"""


def difference(value: int, other: int, *, bits: int = 16) -> int:
    """Give by how much `value` is ahead of `other`; negative where it is behind.

    The result is from -2^(bits-1) to 2^(bits-1).
    """
    circle = 1 << bits
    half = circle >> 1
    ahead = (value - other) & (circle - 1)
    if ahead < half or (ahead == half and value > other):
        return ahead
    return ahead - circle


def is_newer(value: int, other: int, *, bits: int = 16) -> bool:
    """Tell whether `value` comes after `other`."""
    return difference(value, other, bits=bits) > 0


class Unwrapper:
    """Turns a counter that wraps into one that does not, by its distance from the last value.

    The first value stays what it is. One that comes late is placed before the last, so that what
    comes out can go down, and below zero just after the start.
    """

    __slots__ = ("_half", "_last", "_mask")

    def __init__(self, *, bits: int = 16) -> None:
        self._mask = (1 << bits) - 1
        self._half = 1 << (bits - 1)
        self._last: int | None = None

    def unwrap(self, value: int) -> int:
        """Place the next value of the counter."""
        last = self._last
        if last is None:
            self._last = value
            return value
        ahead = (value - last) & self._mask
        if ahead > self._half or (ahead == self._half and value < last & self._mask):
            ahead -= self._mask + 1
        self._last = unwrapped = last + ahead
        return unwrapped
