"""When each packet of a publisher came, by the number of the whole transport.

A sender that numbers all its packets in one row (the extension `transport-wide-cc`) finds out from
the times of their arrival how much the path carries. This keeps them until they are told. Time is
an argument.
"""

from dataclasses import dataclass

from wirescope.wire.rtp import Unwrapper

KEPT = 1000
"""Numbers that are looked back; what comes later than that counts as lost."""

AT_ONCE = 512
"""Numbers that are told together at most; a feedback packet has to fit into a datagram. A longer
gap before the first that came is told with it, as it takes no more room than a short one."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is told at once.

    Attributes:
        base: the first number, 16 bits.
        times_ns: when each came, from `base` on; None for one that has not.
    """

    base: int
    times_ns: list[int | None]


class Arrivals:
    """Keeps the times of arrival of one transport."""

    def __init__(self) -> None:
        self._unwrapper = Unwrapper()
        self._times_ns: dict[int, int] = {}
        self._next: int | None = None  # the first that was not told yet
        self._highest = 0

    def note(self, number: int, now_ns: int) -> None:
        """Note that a packet came, which may be late."""
        unwrapped = self._unwrapper.unwrap(number)
        if self._next is None:
            self._next = self._highest = unwrapped
        if unwrapped < self._highest - KEPT or unwrapped in self._times_ns:
            return
        self._times_ns[unwrapped] = now_ns
        self._highest = max(self._highest, unwrapped)
        if len(self._times_ns) > 2 * KEPT:  # it may be that nobody is told
            self._forget()
        # a late one is told with all that came around it, as it was told to be lost
        self._next = min(self._next, unwrapped)

    def take(self) -> Row | None:
        """Give what has not been told yet; None when nothing came.

        A row begins where the one before has ended, also when its first numbers did not come: they
        would never be told to be lost otherwise (draft-holmer-rmcat-transport-wide-cc-extensions-01
        section 3.1). In each row there is one that came, since its times count from that.
        """
        first = self._next
        if first is None or first > self._highest:
            return None
        first = max(first, self._highest - KEPT)
        came = next(each for each in range(first, self._highest + 1) if each in self._times_ns)
        last = max(came, min(self._highest, first + AT_ONCE - 1))
        row = Row(first & 0xFFFF, [self._times_ns.get(each) for each in range(first, last + 1)])
        self._next = last + 1
        self._forget()
        return row

    def _forget(self) -> None:
        oldest = self._highest - KEPT
        for number in [each for each in self._times_ns if each < oldest]:
            del self._times_ns[number]
