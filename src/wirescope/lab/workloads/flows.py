"""Who sends what when: the flows that a workload is made of, and their messages.

A flow is one side's messages of one kind; the random ones come from a generator that is given, so
that a seed is a plan. Times are nanoseconds from the start of the run. Not here: what the workloads
are (`named`), what a message holds (`message`).
"""

import random
from collections.abc import Iterator
from itertools import count
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

Side = Literal["a", "b"]
"""`a` is the client, `b` the far side."""

SECOND_NS = 1_000_000_000

_Size = Annotated[int, Meta(ge=1, le=1 << 28)]
_PerSecond = Annotated[float, Meta(gt=0, le=1_000_000)]

_SPREAD_OF_LENGTHS = 0.8  # of the logarithm: a tenth of the messages are 2.8 times as long
_SPREAD_OF_FRAMES = 0.25


class Sending(NamedTuple):
    """One message to be sent.

    Attributes:
        side: who sends it.
        at_ns: when, from the start of the run.
        size: its bytes, head included.
    """

    side: Side
    at_ns: int
    size: int


class Regular(Struct, frozen=True, kw_only=True, tag_field="kind", tag="regular"):
    """Messages at a fixed pace, from a random point of the first period on.

    Attributes:
        side: who sends them.
        per_s: how many a second.
        size: in bytes, on average.
        size_spread: how far a size is from that at most, as a share of it; evenly distributed.
    """

    side: Side
    per_s: _PerSecond
    size: _Size
    size_spread: Annotated[float, Meta(ge=0, le=1)] = 0

    def sendings(self, duration_ns: int, chance: random.Random) -> Iterator[Sending]:
        """Yield the messages in order, none at the end or after it."""
        period_ns = SECOND_NS / self.per_s
        phase_ns = chance.random() * period_ns
        for index in count():
            at_ns = int(phase_ns + index * period_ns)
            if at_ns >= duration_ns:
                return
            factor = 1 + self.size_spread * chance.uniform(-1, 1)
            yield Sending(self.side, at_ns, round(self.size * factor))


class Irregular(Struct, frozen=True, kw_only=True, tag_field="kind", tag="irregular"):
    """Messages that do not know of each other: exponential gaps, log-normal lengths.

    Attributes:
        side: who sends them.
        per_s: how many a second, on average.
        size: the median of the lengths, in bytes.
        longest: what longer ones are cut to.
    """

    side: Side
    per_s: _PerSecond
    size: _Size
    longest: _Size

    def sendings(self, duration_ns: int, chance: random.Random) -> Iterator[Sending]:
        """Yield the messages in order, none at the end or after it."""
        at_s = chance.expovariate(self.per_s)
        while at_s * SECOND_NS < duration_ns:
            size = self.size * chance.lognormvariate(0, _SPREAD_OF_LENGTHS)
            yield Sending(self.side, int(at_s * SECOND_NS), min(round(size), self.longest))
            at_s += chance.expovariate(self.per_s)


class Frames(Struct, frozen=True, kw_only=True, tag_field="kind", tag="frames"):
    """Coded pictures at a fixed pace, one a message, with larger key frames in between.

    Attributes:
        side: who sends them.
        per_s: pictures a second.
        rate_bps: bits a second of all of them, on average.
        key_every: the first of so many pictures is a key frame (RFC 6386 section 3).
        key_times: how many times as large as the others a key frame is.
    """

    side: Side
    per_s: _PerSecond
    rate_bps: Annotated[int, Meta(ge=1_000, le=1_000_000_000)]
    key_every: Annotated[int, Meta(ge=1)]
    key_times: Annotated[float, Meta(ge=1)]

    def sendings(self, duration_ns: int, chance: random.Random) -> Iterator[Sending]:
        """Yield the pictures in order, none at the end or after it."""
        period_ns = SECOND_NS / self.per_s
        phase_ns = chance.random() * period_ns
        group = self.rate_bps / 8 / self.per_s * self.key_every
        other = group / (self.key_every - 1 + self.key_times)
        for index in count():
            at_ns = int(phase_ns + index * period_ns)
            if at_ns >= duration_ns:
                return
            size = other * (self.key_times if index % self.key_every == 0 else 1)
            factor = 1 + _SPREAD_OF_FRAMES * chance.uniform(-1, 1)
            yield Sending(self.side, at_ns, round(size * factor))


class Pieces(Struct, frozen=True, kw_only=True, tag_field="kind", tag="pieces"):
    """Pieces of one size, each as soon as the transport takes it; the plan has the first of them.

    Attributes:
        side: who sends them.
        size: of each, in bytes.
    """

    side: Side
    size: _Size

    def sendings(self, _duration_ns: int, _chance: random.Random) -> Iterator[Sending]:
        """Yield the first piece."""
        yield Sending(self.side, 0, self.size)


class Recorded(Struct, frozen=True, kw_only=True, tag_field="kind", tag="recorded"):
    """Messages with the times and sizes of a recording, the same with every seed.

    Attributes:
        messages: in the order of their times.
    """

    messages: tuple[Sending, ...]

    def sendings(self, duration_ns: int, _chance: random.Random) -> Iterator[Sending]:
        """Yield the messages in order, none at the end or after it."""
        for each in self.messages:
            if each.at_ns >= duration_ns:
                return
            yield each


Flow = Regular | Irregular | Frames | Pieces | Recorded
