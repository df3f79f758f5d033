"""VP9's payload descriptor is read as RFC 9628 section 4.2 draws it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import PacketError
from wirescope.wire.rtp import Vp9Picture, parse_vp9

PICTURE = "86"


def parse(wire):
    return parse_vp9(bytes.fromhex(wire + PICTURE))


def test_the_shortest_descriptor_has_one_byte():
    found = parse("0c")
    assert found.length == 1
    assert (found.starts_frame, found.ends_frame) == (True, True)
    assert (found.picture_id, found.spatial_id, found.structure) == (None, None, None)


@pytest.mark.parametrize(
    ("wire", "starts"),
    [
        ("08", True),
        ("48", False),  # refers to earlier pictures
        ("04", False),  # no frame begins here
        ("28 00 00", True),
        ("28 03 00", False),  # an upper spatial layer of a key picture
    ],
)
def test_a_key_frame_starts_where_the_lowest_layer_refers_to_nothing(wire, starts):
    assert parse(wire).starts_key_frame == starts


def test_picture_id_and_layers_are_read():
    found = parse("a9 9234 57 99")
    assert (found.picture_id, found.picture_id_bits, found.picture_id_offset) == (0x1234, 15, 1)
    assert (found.temporal_id, found.switching_up) == (2, True)
    assert (found.spatial_id, found.inter_layer_predicted) == (3, True)
    assert (found.tl0_pic_idx, found.tl0_pic_idx_offset) == (0x99, 4)
    assert found.not_reference_for_upper
    assert found.length == 5


def test_a_picture_id_may_have_seven_bits():
    found = parse("80 12")
    assert (found.picture_id, found.picture_id_bits, found.length) == (0x12, 7, 2)


def test_in_flexible_mode_references_take_the_place_of_the_counter():
    found = parse("70 20 03 05 06")
    assert found.flexible
    assert found.tl0_pic_idx is None
    assert found.references == (1, 2, 3)
    assert found.length == 5


def test_more_than_three_references_are_refused():
    with pytest.raises(PacketError, match="more than three") as caught:
        parse("50 03 05 07 08")
    assert caught.value.offset == 4


def test_a_scalability_structure_is_read():
    # two spatial layers with sizes, three pictures in the group
    found = parse("0a 38 0140 00b4 0280 0168 03 00 54 01 28 02 01")
    structure = found.structure
    assert structure is not None
    assert structure.spatial_layers == 2
    assert structure.sizes == ((320, 180), (640, 360))
    assert structure.pictures == (
        Vp9Picture(0, switching_up=False, references=()),
        Vp9Picture(2, switching_up=True, references=(1,)),
        Vp9Picture(1, switching_up=False, references=(2, 1)),
    )
    assert found.length == 17


def test_a_scalability_structure_may_say_the_number_of_layers_only():
    structure = parse("0a 40").structure
    assert structure is not None
    assert (structure.spatial_layers, structure.sizes, structure.pictures) == (3, (), ())


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "08",
        "80",
        "8092",
        "8012",
        "20",
        "2000",
        "200000",
        "50",
        "5003",
        "02",
        "0218014001",
        "0208",
        "020801",
        "02080104",
        "0208010405",
    ],
)
def test_a_descriptor_without_a_picture_is_refused(wire):
    with pytest.raises(PacketError, match=f"ends after {len(wire) // 2} bytes"):
        parse_vp9(bytes.fromhex(wire))


@given(st.binary(max_size=40))
def test_any_bytes_have_a_descriptor_or_are_refused(payload):
    try:
        found = parse_vp9(payload)
    except PacketError as error:
        assert error.offset <= len(payload)  # noqa: PT017
    else:
        assert 0 < found.length < len(payload)
        assert len(found.references) <= 3
