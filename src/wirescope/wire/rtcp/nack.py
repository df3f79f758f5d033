"""Lists of lost packets, packed as a generic NACK packs them (RFC 4585 section 6.2.1)."""

from collections.abc import Iterable, Sequence

from wirescope.wire.rtcp.packets import NackEntry
from wirescope.wire.rtp import difference


def pack_nack(sequence_numbers: Sequence[int]) -> tuple[NackEntry, ...]:
    """Pack numbers, each of 16 bits, into the fewest entries, the oldest first.

    They may come in any order and more than once, and may wrap, but lie within half the circle.
    """
    if not sequence_numbers:
        return ()
    first = sequence_numbers[0]
    ahead = sorted({difference(number, first) for number in sequence_numbers})
    entries: list[NackEntry] = []
    begins, following = ahead[0], 0
    for place in ahead[1:]:
        if place - begins <= 16:
            following |= 1 << (place - begins - 1)
        else:
            entries.append(NackEntry((first + begins) & 0xFFFF, following))
            begins, following = place, 0
    entries.append(NackEntry((first + begins) & 0xFFFF, following))
    return tuple(entries)


def unpack_nack(entries: Iterable[NackEntry]) -> list[int]:
    """Give the numbers of the lost packets in the order of the entries."""
    return [
        (entry.packet_id + ahead) & 0xFFFF
        for entry in entries
        for ahead in range(17)
        if not ahead or entry.following >> (ahead - 1) & 1
    ]
