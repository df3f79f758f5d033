"""Lost packets are packed into a generic NACK as RFC 4585 section 6.2.1 says."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wirescope.wire.rtcp import NackEntry, pack_nack, unpack_nack


def test_sixteen_packets_after_the_first_go_into_its_bits():
    assert pack_nack([10, 11, 26]) == (NackEntry(10, 0x8001),)
    assert pack_nack([10, 27]) == (NackEntry(10, 0), NackEntry(27, 0))


def test_numbers_that_wrap_share_an_entry():
    assert pack_nack([1, 0xFFFE, 0xFFFF]) == (NackEntry(0xFFFE, 0b101),)


def test_nothing_lost_is_no_entry():
    assert pack_nack([]) == ()
    assert unpack_nack(()) == []


def test_the_lowest_bit_is_the_packet_after_the_first():
    assert unpack_nack([NackEntry(0xFFFF, 1), NackEntry(5, 0x8000)]) == [0xFFFF, 0, 5, 21]


@given(st.integers(0, 0xFFFF), st.lists(st.integers(0, 0x3FFF), max_size=60), st.randoms())
def test_what_was_packed_is_unpacked_oldest_first(first, ahead, random):
    expected = [(first + each) & 0xFFFF for each in sorted(set(ahead))]
    shuffled = [(first + each) & 0xFFFF for each in ahead]
    random.shuffle(shuffled)
    entries = pack_nack(shuffled)
    assert unpack_nack(entries) == expected
    # no two entries could be one
    for entry, after in pairwise(entries):
        assert (after.packet_id - entry.packet_id) & 0xFFFF > 16
