"""Forwarded packets are changed where they were asked to be, and nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import PacketError
from wirescope.wire.rtp import (
    ExtensionIds,
    build_extensions,
    build_rtp,
    parse_rtp,
    restore_original,
    rewrite,
    wrap_retransmission,
)

FIELDS = {"payload_type": 96, "sequence_number": 7, "timestamp": 9, "ssrc": 11, "marker": True}
elements = st.lists(
    st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)),
    max_size=6,
    unique_by=lambda element: element[0],
)


def packet_with(*elements, two_byte=None, payload=b"hello", **options):
    extension = build_extensions(elements, two_byte=two_byte)
    return parse_rtp(build_rtp(payload, extension=extension, **FIELDS, **options))


def pairs(wire):
    return [(element.id, element.data) for element in parse_rtp(wire).extensions]


@settings(deadline=None)
@given(
    elements=elements,
    csrcs=st.lists(st.integers(0, 0xFFFFFFFF), max_size=3),
    padding_length=st.integers(0, 9),
    change=st.fixed_dictionaries(
        {},
        optional={
            "payload_type": st.integers(0, 127),
            "sequence_number": st.integers(0, 0xFFFF),
            "timestamp": st.integers(0, 0xFFFFFFFF),
            "ssrc": st.integers(0, 0xFFFFFFFF),
            "marker": st.booleans(),
        },
    ),
)
def test_the_fields_asked_for_change_and_nothing_else(elements, csrcs, padding_length, change):
    options = {"csrcs": csrcs, "padding_length": padding_length}
    wire = rewrite(packet_with(*elements, **options), **change)
    extension = build_extensions(elements)
    assert wire == build_rtp(b"hello", extension=extension, **options, **FIELDS | change)


def test_a_packet_is_not_changed_by_a_rewrite():
    packet = packet_with((1, b"a"))
    before = bytes(packet.data)
    rewrite(packet, ssrc=1, extension_ids=ExtensionIds({1: 2}), extension_values={2: b"b"})
    assert packet.data == before


@pytest.mark.parametrize("two_byte", [False, True])
def test_extensions_are_renamed_and_those_without_a_name_left_out(two_byte):
    packet = packet_with((1, b"a"), (2, b"bb"), (3, b"ccc"), two_byte=two_byte, padding_length=4)
    wire = rewrite(packet, extension_ids=ExtensionIds({3: 1, 1: 5}))
    assert pairs(wire) == [(5, b"a"), (1, b"ccc")]
    assert parse_rtp(wire).extension_profile == packet.extension_profile
    assert parse_rtp(wire).payload == b"hello"
    assert parse_rtp(wire).padding_length == 4


def test_an_identifier_above_14_asks_for_two_bytes_of_header():
    wire = rewrite(packet_with((1, b"a")), extension_ids=ExtensionIds({1: 20}))
    assert parse_rtp(wire).extension_profile == 0x1000
    assert pairs(wire) == [(20, b"a")]


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (256, 1), (1, 256)])
def test_identifiers_out_of_range_are_refused(pair):
    with pytest.raises(ValueError, match="1 to 255"):
        ExtensionIds(dict([pair]))


@pytest.mark.parametrize("two_byte", [False, True])
@pytest.mark.parametrize("value", [b"xy", b"longer"])
def test_a_value_is_replaced_and_another_added(two_byte, value):
    packet = packet_with((1, b"a"), (2, b"bb"), two_byte=two_byte)
    wire = rewrite(packet, extension_values={2: value, 4: b"new"})
    assert pairs(wire) == [(1, b"a"), (2, value), (4, b"new")]
    assert parse_rtp(wire).payload == b"hello"


def test_a_value_of_the_same_length_moves_nothing():
    packet = packet_with((1, b"a"), (2, b"bb"), csrcs=[3])
    wire = rewrite(packet, extension_ids=ExtensionIds({2: 3}), extension_values={3: b"xy"})
    assert len(wire) == len(packet.data)
    assert pairs(wire) == [(3, b"xy")]


def test_a_packet_without_extensions_gets_those_that_are_set():
    wire = rewrite(packet_with(), extension_values={1: b"a"})
    assert pairs(wire) == [(1, b"a")]
    assert rewrite(packet_with(), extension_ids=ExtensionIds({})) == packet_with().data


@settings(deadline=None)
@given(st.lists(elements, max_size=3), st.dictionaries(st.integers(1, 14), st.integers(1, 14)))
def test_packets_before_do_not_matter(packets, ids):
    ids = {here: there for there, here in {there: here for here, there in ids.items()}.items()}
    remembering = ExtensionIds(ids)
    for each in packets:
        packet = packet_with(*each, two_byte=False)
        wire = rewrite(packet, extension_ids=remembering)
        assert wire == rewrite(packet, extension_ids=ExtensionIds(ids))
        assert pairs(wire) == [(ids[number], data) for number, data in each if number in ids]


def test_only_a_few_lengths_are_remembered():
    remembering = ExtensionIds({1: 2})
    for length in range(100):
        packet = parse_rtp(
            build_rtp(b"", extension=(0xBEDE, b"\x10a" + bytes(4 * length)), **FIELDS)
        )
        assert pairs(rewrite(packet, extension_ids=remembering)) == [(2, b"a")]
    assert len(remembering._layouts) <= 32


def test_an_extension_of_an_unknown_profile_stays():
    wire = build_rtp(b"hello", extension=(0xABAC, b"\x10abc"), **FIELDS)
    packet = parse_rtp(wire)
    assert rewrite(packet, extension_ids=ExtensionIds({1: 2}), extension_values={1: b"a"}) == wire


@pytest.mark.parametrize(
    "block", ["10aa f0bb 20cc 00 00", "10aa 2fbb 00000000", "10aa 01bb 20cc 0000"]
)
def test_elements_that_cannot_be_read_are_left_out(block):
    packet = parse_rtp(build_rtp(b"hello", extension=(0xBEDE, bytes.fromhex(block)), **FIELDS))
    assert pairs(rewrite(packet, extension_ids=ExtensionIds({1: 3, 2: 4}))) == [(3, b"\xaa")]
    assert pairs(rewrite(packet, extension_values={1: b"z"})) == [(1, b"z")]
    assert pairs(rewrite(packet, extension_values={7: b"z"})) == [(1, b"\xaa"), (7, b"z")]


def test_an_element_that_stands_twice_does_not_hide_that_another_is_to_be_added():
    packet = parse_rtp(build_rtp(b"", extension=(0xBEDE, b"\x10a\x10b"), **FIELDS))
    assert dict(pairs(rewrite(packet, extension_values={1: b"x", 2: b"y"}))) == {1: b"x", 2: b"y"}


def test_another_payload_takes_the_place_of_payload_and_padding():
    packet = packet_with((1, b"a"), padding_length=5)
    wire = rewrite(packet, payload=b"other")
    assert wire == packet_with((1, b"a"), payload=b"other").data


@settings(deadline=None)
@given(elements, st.dictionaries(st.integers(1, 255), st.integers(1, 255)), st.booleans())
def test_renaming_is_renaming_each_element(elements, ids, two_byte):
    packet = packet_with(*elements, two_byte=two_byte)
    expected = {ids[number]: data for number, data in elements if number in ids}
    assert dict(pairs(rewrite(packet, extension_ids=ExtensionIds(ids)))) == expected


def test_a_retransmission_carries_the_original_number_before_the_payload():
    packet = packet_with((1, b"a"), padding_length=3)
    wire = wrap_retransmission(packet, payload_type=97, ssrc=12, sequence_number=500)
    again = parse_rtp(wire)
    assert (again.payload_type, again.ssrc, again.sequence_number) == (97, 12, 500)
    assert again.payload == b"\0\x07hello"
    assert again.timestamp == packet.timestamp
    restored = restore_original(again, payload_type=96, ssrc=11)
    assert restored == packet_with((1, b"a")).data


def test_a_probe_of_padding_restores_nothing():
    probe = packet_with(payload=b"", padding_length=200)
    assert restore_original(probe, payload_type=96, ssrc=1) is None


@pytest.mark.parametrize("payload", [b"", b"a"])
def test_a_retransmission_without_a_number_is_refused(payload):
    with pytest.raises(PacketError, match=f"has {len(payload)} bytes of payload"):
        restore_original(packet_with(payload=payload), payload_type=96, ssrc=1)
