"""Frames are built as described, and masked as RFC 6455 section 5.3 says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.wire.websocket import apply_mask, build_header, frame_bytes

KEY = bytes.fromhex("37fa213d")

# RFC 6455 section 5.7
EXAMPLES = {
    "unmasked text": ("810548656c6c6f", 1, b"Hello", {}),
    "masked text": ("818537fa213d7f9f4d5158", 1, b"Hello", {"masking_key": KEY}),
    "first fragment": ("010348656c", 1, b"Hel", {"fin": False}),
    "last fragment": ("80026c6f", 0, b"lo", {}),
    "ping": ("890548656c6c6f", 9, b"Hello", {}),
    "masked pong": ("8a8537fa213d7f9f4d5158", 10, b"Hello", {"masking_key": KEY}),
}


@pytest.mark.parametrize(("wire", "opcode", "payload", "options"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_examples_of_section_5_7_come_out_to_the_byte(wire, opcode, payload, options):
    header = build_header(opcode, len(payload), **options)
    assert frame_bytes(header, payload).hex() == wire


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, "8200"),
        (125, "827d"),
        (126, "827e007e"),
        (256, "827e0100"),
        (65535, "827effff"),
        (65536, "827f0000000000010000"),
        ((1 << 63) - 1, "827f7fffffffffffffff"),
        ((1 << 64) - 1, "827fffffffffffffffff"),
    ],
)
def test_a_length_is_written_in_the_fewest_bytes(length, header):
    assert build_header(2, length).hex() == header


@pytest.mark.parametrize(
    ("encoding", "header"), [(7, "8105"), (16, "817e0005"), (64, "817f0000000000000005")]
)
def test_a_length_can_be_written_in_more_bytes_than_needed(encoding, header):
    assert build_header(1, 5, length_encoding=encoding).hex() == header


@pytest.mark.parametrize("opcode", range(16))
def test_any_opcode_and_any_bit_can_be_set(opcode):
    header = build_header(opcode, 0, fin=False, rsv1=True, rsv2=True, rsv3=True)
    assert header == bytes((0x70 | opcode, 0))


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (((16, 0), {}), "four bits"),
        (((-1, 0), {}), "four bits"),
        (((1, 0), {"masking_key": b"abc"}), "4 bytes"),
        (((1, 126), {"length_encoding": 7}), "7 bits"),
        (((1, 127), {"length_encoding": 7}), "7 bits"),
        (((1, 1 << 16), {"length_encoding": 16}), "16 bits"),
        (((1, 1 << 64), {}), "64 bits"),
        (((1, -1), {}), "7 bits"),
        (((1, -1), {"length_encoding": 16}), "16 bits"),
        (((1, -1), {"length_encoding": 64}), "64 bits"),
    ],
)
def test_what_does_not_fit_into_its_field_is_refused(arguments, what):
    positional, named = arguments
    with pytest.raises(ValueError, match=what):
        build_header(*positional, **named)


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_masking_is_what_section_5_3_says(data, key):
    assert apply_mask(data, key) == bytes(byte ^ key[i % 4] for i, byte in enumerate(data))


@pytest.mark.slow
@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4), st.integers(0, 300))
def test_masking_by_pieces_is_masking_at_once(data, key, cut):
    pieces = apply_mask(data[:cut], key) + apply_mask(data[cut:], key, position=len(data[:cut]))
    assert pieces == apply_mask(data, key)


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_masking_twice_gives_the_payload_back(data, key):
    assert apply_mask(apply_mask(data, key), key) == data
