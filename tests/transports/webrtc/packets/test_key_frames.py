"""Where key frames begin, and how often one is asked for."""

import pytest

from wirescope.transports.webrtc.packets.key_frames import (
    ASK_AGAIN_NS,
    WISHES,
    WISHES_PER_S,
    KeyFrameRequests,
    reader,
)


@pytest.mark.parametrize(
    ("codec", "payload", "begins"),
    [
        ("VP8", bytes.fromhex("10 00 0000 9d012a 4001 b400"), True),
        ("VP8", bytes.fromhex("10 01 0000 9d012a 4001 b400"), False),
        ("VP8", bytes.fromhex("00 00 0000"), False),
        ("VP9", bytes.fromhex("08 82 49 83"), True),
        ("VP9", bytes.fromhex("48 82 49 83"), False),
        ("H264", bytes.fromhex("65 88 84"), True),
        ("H264", bytes.fromhex("41 9a 00"), False),
        ("H264", bytes.fromhex("78 0004 67 42 e0 1f 0002 68 ce"), True),
        ("H264", bytes.fromhex("7c 85 88"), True),
        ("H264", bytes.fromhex("7c 05 88"), False),
        # an access unit delimiter, then SPS and PPS (RFC 6184 section 5.7.1)
        ("H264", bytes.fromhex("78 0002 0910 0004 6742e01f 0002 68ce"), True),
        # SEI and the first slice of an IDR picture
        ("H264", bytes.fromhex("78 0002 0605 0003 658884"), True),
        ("H264", bytes.fromhex("78 0002 0910 0003 419a00"), False),
        ("H264", bytes.fromhex("78 0002 0910 ffff"), False),
        ("H264", bytes.fromhex("78 0000 0003 658884"), True),
        # a later slice of an IDR picture, by itself and in pieces
        ("H264", bytes.fromhex("65 44 84"), False),
        ("H264", bytes.fromhex("7c 85 44"), False),
        ("AV1", bytes.fromhex("18 0a 0b"), True),
        ("AV1", bytes.fromhex("10 32 00"), False),
        ("VP8", b"", False),
        ("H264", b"\x78", False),
    ],
)
def test_a_payload_that_begins_a_key_frame_is_found(
    codec: str, payload: bytes, *, begins: bool
) -> None:
    found = reader(codec)
    assert found is not None
    assert found(payload)[0] is begins


def test_sound_has_no_key_frames() -> None:
    assert reader("opus") is None


def test_what_several_want_is_asked_once() -> None:
    requests = KeyFrameRequests()
    assert not requests.is_due(0)
    requests.want()
    requests.want()
    assert requests.is_due(0)
    assert not requests.is_due(ASK_AGAIN_NS)
    assert requests.asked == 1


def test_what_is_wanted_again_soon_is_asked_after_a_while_unless_a_key_frame_has_come() -> None:
    requests = KeyFrameRequests()
    requests.want()
    assert requests.is_due(0)
    requests.want()
    assert not requests.is_due(ASK_AGAIN_NS - 1)
    assert requests.is_due(ASK_AGAIN_NS)
    requests.want()
    requests.note_key_frame()
    assert not requests.is_due(3 * ASK_AGAIN_NS)
    assert requests.asked == 2


def test_a_stream_is_not_asked_for_key_frames_all_the_time() -> None:
    requests = KeyFrameRequests()
    for each in range(1000):
        requests.want()
        requests.is_due(each * 60_000_000)  # for a minute
        requests.note_key_frame()
    assert WISHES < requests.asked <= WISHES + 60 * WISHES_PER_S


def test_whoever_joins_waits_for_half_a_second_at_most_however_many_join() -> None:
    requests = KeyFrameRequests()
    now_ms = 0
    waited_ms = []
    for _ in range(30):
        requests.want()
        began_ms = now_ms
        while not requests.is_due(now_ms * 1_000_000):
            now_ms += 1
        waited_ms.append(now_ms - began_ms)
        requests.note_key_frame()
    assert max(waited_ms) <= 500
