"""A plain mutator, for machines without `atheris`: no coverage, but quick and repeatable."""

import random
from collections.abc import Sequence

INTERESTING = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x7e",
    b"\x80",
    b"\xed\xa0\x80",
    b"\xf0\x90\x80",
    b"\r\n",
    b"\r\n\r\n",
    b'"',
    b",",
    b"\\",
    (2**63 - 1).to_bytes(8, "big"),
    b"\xff" * 8,
)
LONGEST = 1 << 16


def mutated(seeds: Sequence[bytes], random: random.Random) -> bytes:
    """Take a seed and change it in a few places; sometimes join two, or make one up."""
    if not seeds or random.random() < 0.05:
        return random.randbytes(random.randrange(64))
    data = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        _change(data, seeds, random)
    return bytes(data[:LONGEST])


def _change(data: bytearray, seeds: Sequence[bytes], random: random.Random) -> None:
    at = random.randrange(len(data) + 1)
    match random.randrange(6):
        case 0 if data:
            data[at % len(data)] ^= 1 << random.randrange(8)
        case 1 if data:
            data[at % len(data)] = random.randrange(256)
        case 2:
            data[at:at] = random.choice(INTERESTING)
        case 3:
            del data[at : at + random.randrange(1, 16)]
        case 4:
            data[at:at] = data[at : at + random.randrange(1, 32)] * random.randrange(1, 4)
        case _:
            data[at:] = random.choice(seeds)[random.randrange(8) :]
