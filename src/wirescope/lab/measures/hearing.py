"""What was heard of a known sound: when each piece of it was played, and which pieces were not.

A piece is found by correlation with what was played, so it does not matter what carried the sound,
who concealed what was missing, or whether it was stretched in time: a piece that is not there as it
was sent counts as not heard. Nothing here knows of packets.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby
from math import sqrt
from operator import mul
from typing import Final, NamedTuple

from msgspec import Struct

from wirescope.lab.measures.percentiles import percentile

LIKE: Final = 0.6
"""The correlation from which a piece is what was sent.

Others reach 0.55 by chance in as much as is looked through. Those that went through Opus at
32 kbit/s and nothing else have 0.84 to 0.95; where the encoder spends bits on error correction, as
engines do under loss, it goes down to 0.65.
"""

MOST_MS: Final = 600.0
"""How late a piece is looked for."""

_NEAR_MS: Final = 40.0  # of where the last one was found, where it is looked for first
_THINNED: Final = 6  # to 8,000 samples in a second, which leaves all below 4 kHz


class Block(NamedTuple):
    """Where a clock was while sound was played.

    Attributes:
        at_ns: when the block's first sample was played, on the monotonic clock.
        first: that sample's place among all that were played.
    """

    at_ns: int
    first: int


class Hearing(Struct, frozen=True, kw_only=True):
    """What was heard of a sound.

    Attributes:
        latencies_ms: of each piece, from when it was said until it was played; None of one that was
            not played as it was sent.
        concealed: the share of those.
        p50_ms: mouth to ear, of the pieces that were heard; None where there are too few.
        p95_ms: likewise.
        max_ms: the longest.
        gaps: how often one piece or more in a row were missing.
        longest_gap_ms: the longest of these.
        longest_gap_at: the number of its first piece; 0 without one.
    """

    latencies_ms: tuple[float | None, ...]
    concealed: float
    p50_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    gaps: int
    longest_gap_ms: float
    longest_gap_at: int


def hear(
    sound: Sequence[int],
    played: Sequence[int],
    blocks: Sequence[Block],
    *,
    start_ns: int,
    rate: int,
    piece_samples: int,
) -> Hearing:
    """Find each piece of a sound in what was played.

    Args:
        sound: what was sent.
        played: what was played, one sample after the other.
        blocks: when; ascending, at least one.
        start_ns: when the first sample of the sound was said.
        rate: samples of both in a second.
        piece_samples: of a piece.
    """
    latencies = _latencies(sound, played, blocks, start_ns, rate, piece_samples)
    piece_ms = piece_samples / rate * 1_000
    found = sorted(each for each in latencies if each is not None)
    runs = [
        (len(numbers), numbers[0])
        for missing, each in groupby(range(len(latencies)), lambda n: latencies[n] is None)
        if missing and (numbers := list(each))
    ]
    longest, at = max(runs, key=lambda run: run[0], default=(0, 0))
    return Hearing(
        latencies_ms=tuple(latencies),
        concealed=1 - len(found) / len(latencies) if latencies else 0.0,
        p50_ms=percentile(found, 0.5),
        p95_ms=percentile(found, 0.95),
        max_ms=found[-1] if found else None,
        gaps=len(runs),
        longest_gap_ms=longest * piece_ms,
        longest_gap_at=at,
    )


def _latencies(
    sound: Sequence[int],
    played: Sequence[int],
    blocks: Sequence[Block],
    start_ns: int,
    rate: int,
    piece_samples: int,
) -> list[float | None]:
    times = PlayedTimes(blocks, rate)
    told, heard = thinned(sound, _THINNED), _Heard(thinned(played, _THINNED))
    size = piece_samples // _THINNED
    latencies: list[float | None] = []
    last_ms, after = 0.0, 0
    for number in range(len(told) // size):
        piece, two = (told[number * size : (number + more) * size] for more in (1, 2))
        said_ns = start_ns + round(number * piece_samples / rate * 1e9)
        near, near_end, far, far_end = (
            max(after, times.place(said_ns + round(ms * 1e6)) // _THINNED)
            for ms in (last_ms - _NEAR_MS, last_ms + _NEAR_MS, 0, MOST_MS)
        )
        at = heard.find(piece, near, near_end)
        if at is None and (there := heard.find(two, far, far_end)) is not None:
            # In so long a time another piece may be like it; two in a row are not.
            at = heard.find(piece, there - 2, there + 3)
        if at is None:
            latencies.append(None)
            continue
        last_ms = (times.at_ns(at * _THINNED) - said_ns) / 1e6
        after = at + size // 2  # the next one is not before it, though it may have been cut
        latencies.append(last_ms)
    return latencies


def thinned(samples: Sequence[int], factor: int) -> list[int]:
    """Leave one sample of so many, their mean, which keeps what is well below half of its rate."""
    end = len(samples) - len(samples) % factor
    parts = [samples[first:end:factor] for first in range(factor)]
    return [sum(each) // factor for each in zip(*parts, strict=True)]


class PlayedTimes:
    """Turns moments into places among the samples that were played, and back.

    Args:
        blocks: when which sample was played; ascending, at least one.
        rate: samples in a second.
    """

    def __init__(self, blocks: Sequence[Block], rate: int) -> None:
        self._blocks = blocks
        self._rate = rate
        self._moments = [each.at_ns for each in blocks]
        self._firsts = [each.first for each in blocks]

    def place(self, at_ns: int) -> int:
        """Tell which sample was played at a moment."""
        at, first = self._blocks[max(0, bisect_right(self._moments, at_ns) - 1)]
        return max(0, first + round((at_ns - at) * self._rate / 1e9))

    def at_ns(self, place: int) -> int:
        """Tell when a sample was played."""
        at, first = self._blocks[max(0, bisect_right(self._firsts, place) - 1)]
        return at + round((place - first) / self._rate * 1e9)


class _Heard:
    """Thinned sound in which pieces are looked for."""

    def __init__(self, samples: list[int]) -> None:
        self._samples = samples
        self._energies = [0, *accumulate(each * each for each in samples)]

    def find(self, piece: Sequence[int], begin: int, end: int) -> int | None:
        """Find where a piece begins, from one place to another; None where nothing is like it."""
        size = len(piece)
        power = sum(map(mul, piece, piece))
        least, found = LIKE, None
        for at in range(begin, min(end, len(self._samples) - size)):
            there = self._energies[at + size] - self._energies[at]
            if there * 50 < power:  # nothing but silence
                continue
            same = sum(map(mul, piece, self._samples[at : at + size]))
            like = same / sqrt(there * power)
            if like > least:
                least, found = like, at
        return found
