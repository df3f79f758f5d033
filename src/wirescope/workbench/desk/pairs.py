"""Which message answers which, and how long it took: pairs in columns, bounded.

They come from the analysis, in the order of the answers; a pong that answers a ping is one of them.
A pair takes 25 bytes; beyond a limit the oldest are forgotten, since what happens now is looked at
more often.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple

from wirescope.analysis import Pair

MOST = 400_000
"""Pairs that are kept of a capture."""

_LOOKED_AT = 50_000  # pairs among which the answer to a request is looked for


class Timed(NamedTuple):
    """A pair, when its answer came, and whether that is a pong."""

    at_ns: int
    pair: Pair
    is_pong: bool


class Chosen(NamedTuple):
    """Pairs of a part of the capture, or the slowest of them; how many all are, and the pongs."""

    timed: list[Timed]
    total: int
    pongs: int


class Pairs:
    """The pairs of one capture.

    Attributes:
        forgotten: how many were too many.
    """

    def __init__(self, most: int = MOST) -> None:
        self.forgotten = 0
        self._most = most
        self._responses = array("I")
        self._requests = array("I")
        self._latencies_ns = array("q")
        self._at_ns = array("q")
        self._is_pong = bytearray()

    def __len__(self) -> int:
        return len(self._responses)

    def add(self, pairs: Iterable[Timed]) -> None:
        """Take pairs of answers that came after those before, nearly all of them."""
        for at_ns, pair, is_pong in sorted(pairs, key=lambda each: each.pair.response):
            place = len(self)
            if place and pair.response < self._responses[-1]:  # a protocol was recognised late
                place = bisect_right(self._responses, pair.response)
            self._responses.insert(place, pair.response)
            self._requests.insert(place, pair.request)
            self._latencies_ns.insert(place, pair.latency_ns)
            self._at_ns.insert(place, at_ns)
            self._is_pong.insert(place, is_pong)
        if len(self) > self._most:
            self._forget(self._most // 4)

    def _forget(self, count: int) -> None:
        for column in (self._responses, self._requests, self._latencies_ns, self._at_ns):
            del column[:count]
        del self._is_pong[:count]
        self.forgotten += count

    def of_response(self, seq: int) -> Pair | None:
        """Return what a message answers; None if it answers none."""
        index = bisect_left(self._responses, seq)
        if index == len(self) or self._responses[index] != seq:
            return None
        return self._pair(index)

    def of_request(self, seq: int) -> Pair | None:
        """Return what answers a message; None if nothing does."""
        start = bisect_left(self._responses, seq)  # an answer comes after its request
        try:
            return self._pair(self._requests.index(seq, start, start + _LOOKED_AT))
        except ValueError:
            return None

    def between(
        self, from_ns: int, to_ns: int, *, most: int, bin_of: Callable[[int], int]
    ) -> "Chosen":
        """Return those whose answers came in a part of the capture, and how many they are.

        Of more than `most` the slowest of each bin is returned, of pongs and of all else.
        """
        start = bisect_left(self._at_ns, from_ns)
        end = bisect_right(self._at_ns, to_ns)
        chosen: Iterable[int] = range(start, end)
        if end - start > most:
            slowest: dict[tuple[int, int], int] = {}
            latencies_ns, at_ns, is_pong = self._latencies_ns, self._at_ns, self._is_pong
            for index in range(start, end):
                place = bin_of(at_ns[index]), is_pong[index]
                if latencies_ns[index] > latencies_ns[slowest.setdefault(place, index)]:
                    slowest[place] = index
            chosen = sorted(slowest.values())
        timed = [
            Timed(self._at_ns[index], self._pair(index), bool(self._is_pong[index]))
            for index in chosen
        ]
        return Chosen(timed, end - start, self._is_pong.count(1, start, end))

    def _pair(self, index: int) -> Pair:
        return Pair(self._requests[index], self._responses[index], self._latencies_ns[index])
