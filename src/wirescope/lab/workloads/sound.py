"""A known sound: each 20 ms of it can be told from all the others, wherever and whenever it plays.

Three voices glide from one pseudo-random frequency to the next, 50 times a second, without a step
in phase. So it comes through a speech codec nearly as it was, and correlating finds a piece to a
fraction of a millisecond. It lies where speech has most of its energy, below 2 kHz.
"""

import math
import random
from array import array
from itertools import pairwise
from typing import Final

SOUND_RATE: Final = 48_000
"""Samples in a second."""

PIECE_S: Final = 0.02
PIECE_SAMPLES: Final = round(PIECE_S * SOUND_RATE)

_VOICES: Final = ((200.0, 600.0), (600.0, 1_200.0), (1_200.0, 2_000.0))
"""Between which frequencies in Hz each glides."""

_PEAK: Final = 4_000
"""Of each voice; all together are at a third of full scale."""


def known_sound(seconds: float, seed: int) -> "array[int]":
    """Make the sound, in samples of 16 bits of one channel at `SOUND_RATE`.

    Args:
        seconds: how long it is; a whole number of pieces.
        seed: what makes it another one.
    """
    count = round(seconds / PIECE_S)
    chance = random.Random(seed)
    samples = array("h", bytes(2 * count * PIECE_SAMPLES))
    for low, high in _VOICES:
        stops = [chance.uniform(low, high) for _ in range(count + 1)]
        phase = 0.0
        for piece, (begin_hz, end_hz) in enumerate(pairwise(stops)):
            turn = 2 * math.pi * begin_hz / SOUND_RATE
            more = 2 * math.pi * (end_hz - begin_hz) / SOUND_RATE / PIECE_SAMPLES
            first = piece * PIECE_SAMPLES
            for index in range(first, first + PIECE_SAMPLES):
                samples[index] += round(_PEAK * math.sin(phase))
                phase += turn
                turn += more
    return samples
