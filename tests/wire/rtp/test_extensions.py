"""Elements of header extensions are read and written as RFC 8285 sections 4.2 and 4.3 say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.wire.rtp import (
    ONE_BYTE_PROFILE,
    TWO_BYTE_PROFILE,
    HeaderExtension,
    build_extensions,
    check_extensions,
    read_extensions,
)


def pairs(profile, data):
    return [(element.id, element.data) for element in read_extensions(profile, bytes.fromhex(data))]


def said(profile, data):
    return [
        (breach.clause, breach.offset) for breach in check_extensions(profile, bytes.fromhex(data))
    ]


def test_one_byte_elements_may_have_padding_between_them():
    # section 4.2's example: lengths 1, 2 and 4, padding after the second
    found = pairs(ONE_BYTE_PROFILE, "10aa 21bbbb 0000 33cccccccc")
    assert found == [(1, b"\xaa"), (2, b"\xbb\xbb"), (3, b"\xcc" * 4)]


def test_two_byte_elements_may_be_empty():
    # section 4.3's example: lengths 0, 1 and 4, padding after the second
    found = pairs(TWO_BYTE_PROFILE, "0100 0201bb 00 0304cccccccc")
    assert found == [(1, b""), (2, b"\xbb"), (3, b"\xcc" * 4)]


def test_the_application_bits_do_not_change_how_elements_are_read():
    assert pairs(TWO_BYTE_PROFILE | 0xF, "0100") == [(1, b"")]


def test_another_profile_has_no_elements():
    assert read_extensions(0x1010, b"\x10\xaa") == []
    assert check_extensions(0xABAC, b"\xf0\xaa") == []


@pytest.mark.parametrize("reserved", ["f0aa", "01aa"], ids=["15", "0 with a length"])
def test_reading_stops_at_a_reserved_identifier(reserved):
    data = "10aa" + reserved + "20bb"
    assert pairs(ONE_BYTE_PROFILE, data) == [(1, b"\xaa")]
    assert said(ONE_BYTE_PROFILE, data) == [("RFC 8285 4.2", 2)]


@pytest.mark.parametrize(
    ("profile", "data", "clause"),
    [
        (ONE_BYTE_PROFILE, "10aa 22bbcc", "RFC 8285 4.2"),
        (TWO_BYTE_PROFILE, "1000 2203bbcc", "RFC 8285 4.3"),
        (TWO_BYTE_PROFILE, "1000 22", "RFC 8285 4.3"),
    ],
)
def test_an_element_that_is_cut_off_is_not_read(profile, data, clause):
    assert [number for number, _ in pairs(profile, data)] in ([1], [16])
    assert said(profile, data) == [(clause, 2)]


def test_an_identifier_that_stands_twice_is_named():
    assert said(ONE_BYTE_PROFILE, "10aa 10bb") == [("RFC 8285 4.1", 2)]


def test_elements_are_written_in_the_short_form_where_it_will_do():
    built = build_extensions([(1, b"\xaa"), HeaderExtension(14, bytes(16))])
    assert built == bytes.fromhex("bede 0005 10aa ef") + bytes(16 + 1)


@pytest.mark.parametrize("element", [(15, b"\xaa"), (1, b""), (1, bytes(17)), (255, bytes(255))])
def test_elements_are_written_in_the_long_form_where_the_short_will_not_do(element):
    built = build_extensions([element], application_bits=5)
    assert built[:2].hex() == "1005"
    assert pairs(0x1005, built[4:].hex()) == [element]


def test_nothing_is_no_extension():
    assert build_extensions([]) == b""


@pytest.mark.parametrize(
    ("element", "two_byte"),
    [((0, b"a"), None), ((256, b"a"), None), ((1, bytes(256)), None), ((15, b"a"), False)],
)
def test_what_does_not_fit_is_not_built(element, two_byte):
    with pytest.raises(ValueError, match="identifier from 1"):
        build_extensions([element], two_byte=two_byte)


@given(
    st.lists(st.tuples(st.integers(1, 255), st.binary(max_size=30)), min_size=1, max_size=10),
    st.sampled_from([None, True]),
)
def test_what_was_built_is_read_back(elements, two_byte):
    built = build_extensions(elements, two_byte=two_byte)
    profile, words = int.from_bytes(built[:2], "big"), int.from_bytes(built[2:4], "big")
    assert len(built) == 4 + 4 * words
    assert pairs(profile, built[4:].hex()) == elements


@given(st.sampled_from([ONE_BYTE_PROFILE, TWO_BYTE_PROFILE, 0x100F, 7]), st.binary(max_size=40))
def test_elements_of_any_bytes_lie_within_them_in_order(profile, data):
    elements = read_extensions(profile, data)
    head = 1 if profile == ONE_BYTE_PROFILE else 2
    after = 0
    for element in elements:
        assert element.offset >= after
        after = element.offset + head + len(element.data)
        assert data[element.offset + head : after] == element.data
    assert after <= len(data)
    assert all(0 <= breach.offset < len(data) for breach in check_extensions(profile, data))
