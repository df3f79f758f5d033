"""VP8's payload descriptor is read as RFC 7741 section 4.2 draws it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wirescope.errors import PacketError
from wirescope.wire.rtp import parse_vp8, rewrite_counters

KEY_FRAME = "100200 9d012a 8002 6801"  # 640 by 360
INTER_FRAME = "110200"


def parse(wire):
    return parse_vp8(bytes.fromhex(wire))


def test_the_shortest_descriptor_has_one_byte():
    found = parse("10" + INTER_FRAME)
    assert found.length == 1
    assert found.starts_frame
    assert (found.picture_id, found.tl0_pic_idx, found.temporal_id) == (None, None, None)
    assert not found.starts_key_frame


def test_a_key_frame_tells_its_size():
    found = parse("10" + KEY_FRAME)
    assert found.starts_key_frame
    assert (found.width, found.height) == (640, 360)


def test_the_scaling_bits_are_no_part_of_the_size():
    found = parse("10 100200 9d012a 80c2 6841")
    assert (found.width, found.height) == (640, 360)


@pytest.mark.parametrize("frame", ["10", "100200 9d012b 8002 6801", "100200 9d012a 8002 68"])
def test_a_key_frame_may_not_tell_its_size(frame):
    found = parse("10" + frame)
    assert found.starts_key_frame
    assert (found.width, found.height) == (None, None)


def test_only_the_first_packet_of_a_frame_starts_a_key_frame():
    assert not parse("00" + KEY_FRAME).starts_key_frame
    assert not parse("11" + KEY_FRAME).starts_key_frame
    assert parse("11" + KEY_FRAME).partition == 1
    assert not parse("11" + KEY_FRAME).starts_frame


def test_everything_that_can_be_sent_is_read():
    found = parse("b0 f0 9234 56 a7 " + INTER_FRAME)
    assert found.non_reference
    assert (found.picture_id, found.picture_id_bits, found.picture_id_offset) == (0x1234, 15, 2)
    assert (found.tl0_pic_idx, found.tl0_pic_idx_offset) == (0x56, 4)
    assert (found.temporal_id, found.layer_sync, found.key_index) == (2, True, 7)
    assert found.length == 6


def test_a_picture_id_may_have_seven_bits():
    found = parse("90 80 12" + INTER_FRAME)
    assert (found.picture_id, found.picture_id_bits, found.length) == (0x12, 7, 3)


@pytest.mark.parametrize(
    ("flags", "temporal_id", "key_index"), [("20", 2, None), ("10", None, 7), ("30", 2, 7)]
)
def test_the_last_byte_holds_what_its_flags_say(flags, temporal_id, key_index):
    found = parse(f"90 {flags} a7 {INTER_FRAME}")
    assert (found.temporal_id, found.key_index) == (temporal_id, key_index)
    assert found.layer_sync == (temporal_id is not None)


@pytest.mark.parametrize("wire", ["", "90", "9080", "908092", "908012", "9040", "9020", "10"])
def test_a_descriptor_without_a_picture_is_refused(wire):
    with pytest.raises(PacketError, match=f"ends after {len(wire) // 2} bytes"):
        parse(wire)


def test_counters_are_written_where_they_stand():
    payload = bytes.fromhex("90 c0 9234 56" + INTER_FRAME)
    changed = rewrite_counters(payload, parse_vp8(payload), picture_id=0x8001, tl0_pic_idx=0x1FF)
    assert changed == bytes.fromhex("90 c0 8001 ff" + INTER_FRAME)


def test_a_short_picture_id_stays_short():
    payload = bytes.fromhex("90 80 12" + INTER_FRAME)
    assert rewrite_counters(payload, parse_vp8(payload), picture_id=0x85)[2] == 0x05


def test_counters_that_are_not_sent_are_not_made_up():
    payload = bytes.fromhex("10" + INTER_FRAME)
    assert rewrite_counters(payload, parse_vp8(payload), picture_id=1, tl0_pic_idx=1) == payload


@given(st.binary(max_size=20))
@example(bytes.fromhex("b0f0923456a7110200"))
def test_any_bytes_have_a_descriptor_or_are_refused(payload):
    try:
        found = parse_vp8(payload)
    except PacketError as error:
        assert error.offset == len(payload)  # noqa: PT017
        return
    assert 0 < found.length < len(payload)
    same = rewrite_counters(
        payload, found, picture_id=found.picture_id, tl0_pic_idx=found.tl0_pic_idx
    )
    assert same == payload
