"""Heartbeats of the application: small messages, alike but for a counter or a time, at a period.

Protocol pings are frames and are counted in `pings`; these are ordinary messages that only keep the
connection alive, as `{"type":"ping"}` or Engine.IO's `2`. Bounded: some hundred shapes are
followed. A shape is followed once it recurs among the new ones, or if it reads like a heartbeat.
"""

import re
from statistics import median

import msgspec

from wirescope.analysis.allowance import ENTRY_BYTES, MESSAGE_BYTES
from wirescope.events import Direction, WebSocketMessage

LONGEST = 160
"""Bytes that a heartbeat has at most; Phoenix's, the longest in wide use, has about 70."""

SHORTEST_PERIOD_NS = 500_000_000
"""What recurs faster than twice a second does more than keep a connection alive."""

LEAST = 4
"""How often it has to be seen: three gaps that agree are hardly chance."""

NEW = 64
"""Shapes that were seen once and are remembered until they recur, or others push them out."""

JITTER = 0.15
"""How far nine tenths of the gaps may be from the period, as a share of it."""

_SHAPES = 256
_SURE = 64
_KEPT = 256
_TELLING = re.compile(rb"ping|pong|beat|alive|\bhb\b|^.{0,8}$", re.IGNORECASE | re.DOTALL)
_DIGITS = b"0123456789"
_NUMBERS = re.compile(rb"\d+")

_Key = tuple[Direction, bytes]


class Heartbeat(msgspec.Struct, frozen=True):
    """A heartbeat of the application.

    Attributes:
        direction: which way it goes.
        example: the last one.
        length: its length in bytes.
        count: how many came.
        period_ns: the median from one to the next.
        jitter_ns: how far nine tenths of the gaps are from the period at most.
        longest_ns: the longest gap.
        first: the number of the first message.
        last: the number of the last message.
    """

    direction: Direction
    example: bytes
    length: int
    count: int
    period_ns: int
    jitter_ns: int
    longest_ns: int
    first: int
    last: int


class _Shape:
    """Messages of one direction that differ in their numbers at most."""

    __slots__ = ("count", "first", "gaps_ns", "last", "numbers", "rising", "too_fast")

    def __init__(self, message: WebSocketMessage) -> None:
        self.first = self.last = message
        self.count = 1
        self.gaps_ns: list[int] = []
        self.numbers = _numbers(message)
        self.rising = True
        self.too_fast = False

    def add(self, message: WebSocketMessage) -> None:
        if len(self.gaps_ns) < _KEPT:
            self.gaps_ns.append(message.at_ns - self.last.at_ns)
        else:
            self.gaps_ns[self.count % _KEPT] = message.at_ns - self.last.at_ns
        self.count += 1
        if self.count == _SURE:
            age_ns = message.at_ns - self.first.at_ns
            self.too_fast = age_ns < SHORTEST_PERIOD_NS * _SURE
        if self.rising and message.payload != self.last.payload:
            numbers = _numbers(message)
            self.rising = all(map(int.__le__, self.numbers, numbers))
            self.numbers = numbers
        self.last = message

    def heartbeat(self) -> Heartbeat | None:
        if self.count < LEAST or not self.rising or self.too_fast:
            return None
        period_ns = round(median(self.gaps_ns))
        off = sorted(abs(gap_ns - period_ns) for gap_ns in self.gaps_ns)
        jitter_ns = off[(len(off) * 9 + 9) // 10 - 1]
        if period_ns < SHORTEST_PERIOD_NS or jitter_ns > JITTER * period_ns:
            return None
        last = self.last
        return Heartbeat(
            last.direction,
            last.payload,
            last.length,
            self.count,
            period_ns,
            jitter_ns,
            max(self.gaps_ns),
            self.first.seq,
            last.seq,
        )


class Heartbeats:
    """Finds the heartbeats among the messages of one connection.

    Attributes:
        limit: how many shapes that were seen once are remembered.
    """

    __slots__ = ("_gaps", "_new", "_shapes", "limit")

    def __init__(self) -> None:
        self.limit = NEW
        self._shapes: dict[_Key, _Shape] = {}
        self._gaps = 0
        self._new: dict[_Key, WebSocketMessage] = {}

    def add(self, message: WebSocketMessage) -> None:
        """Take a message of at most `LONGEST` bytes."""
        key = message.direction, message.payload.translate(None, _DIGITS)
        known = self._shapes.get(key)
        if known is not None:
            if not known.too_fast:
                self._gaps += known.count <= _KEPT
                known.add(message)
        elif (before := self._new.pop(key, None)) is not None:
            self._follow(key, before).add(message)
        else:
            self._new[key] = message
            if len(self._new) >= self.limit:
                self._look_through_new()

    def _look_through_new(self) -> None:
        for key, message in self._new.items():
            if _TELLING.search(message.payload):
                self._follow(key, message)
        self._new.clear()

    def _follow(self, key: _Key, message: WebSocketMessage) -> _Shape:
        if len(self._shapes) >= _SHAPES:
            worth = sorted((_worth(shape), key) for key, shape in self._shapes.items())
            for _, least in worth[: _SHAPES // 2]:
                self._gaps -= len(self._shapes.pop(least).gaps_ns)
        shape = self._shapes[key] = _Shape(message)
        return shape

    @property
    def size(self) -> int:
        """About how many bytes all of it takes."""
        messages = len(self._new) + 3 * len(self._shapes)
        return messages * MESSAGE_BYTES + self._gaps * ENTRY_BYTES // 2

    def found(self) -> list[Heartbeat]:
        """The heartbeats so far, the most frequent first."""
        found = filter(None, (shape.heartbeat() for shape in self._shapes.values()))
        return sorted(found, key=lambda each: each.period_ns)


def _worth(shape: _Shape) -> tuple[bool, int, int]:
    age_ns = shape.last.at_ns - shape.first.at_ns
    slow = shape.count > 1 and age_ns >= SHORTEST_PERIOD_NS * (shape.count - 1)
    return slow, min(shape.count, LEAST), shape.last.at_ns


def _numbers(message: WebSocketMessage) -> list[int]:
    return [int(digits) for digits in _NUMBERS.findall(message.payload)]
