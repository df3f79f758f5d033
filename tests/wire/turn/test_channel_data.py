"""ChannelData is read and built as RFC 8656 section 12.4 draws it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import PacketError
from wirescope.wire.turn import (
    CHANNEL_NUMBERS,
    ChannelData,
    build_channel_data,
    check_channel_data,
    is_channel_data,
    pad_for_stream,
    parse_channel_data,
)

WIRE = bytes.fromhex("40010005 68656c6c6f")


def test_a_message_is_its_channel_its_length_and_its_data():
    message = ChannelData(0x4001, b"hello")
    assert parse_channel_data(WIRE) == message
    assert build_channel_data(message) == WIRE


def test_padding_is_kept_and_is_none_of_the_data():
    message = parse_channel_data(WIRE + b"\1\2\3")
    assert message == ChannelData(0x4001, b"hello", b"\1\2\3")
    assert build_channel_data(message) == WIRE + b"\1\2\3"


def test_data_may_be_empty():
    assert parse_channel_data(bytes.fromhex("4fff0000")) == ChannelData(0x4FFF, b"")


@pytest.mark.parametrize(("length", "padding"), [(0, 0), (1, 3), (2, 2), (3, 1), (4, 0)])
def test_a_stream_has_padding_up_to_four_bytes(length, padding):
    message = pad_for_stream(ChannelData(0x4000, bytes(length)))
    assert message.padding == bytes(padding)
    assert len(build_channel_data(message)) % 4 == 0
    assert check_channel_data(message, stream=True) == []


def test_every_truncation_is_refused():
    for end in range(len(WIRE)):
        with pytest.raises(PacketError) as refused:
            parse_channel_data(WIRE[:end])
        assert 0 <= refused.value.offset <= end


@pytest.mark.parametrize("number", [0, 0x3FFF, 0x5000, 0x7FFF, 0xFFFF])
def test_numbers_of_no_channel_are_refused(number):
    with pytest.raises(PacketError, match="from 0x4000 to 0x4fff") as refused:
        parse_channel_data(number.to_bytes(2, "big") + bytes(2))
    assert refused.value.clause == "RFC 8656 12.6"
    with pytest.raises(ValueError):
        build_channel_data(ChannelData(number, b""))


def test_data_that_is_too_long_is_not_built():
    with pytest.raises(ValueError):
        build_channel_data(ChannelData(0x4000, bytes(1 << 16)))


@pytest.mark.parametrize(
    ("first", "told"), [(0, False), (63, False), (64, True), (79, True), (80, False), (128, False)]
)
def test_it_is_told_from_what_else_comes_on_its_port(first, told):
    assert is_channel_data(bytes((first, 0, 0, 0))) is told
    assert not is_channel_data(bytes((first, 0, 0)))


def test_padding_that_is_too_long_or_missing_is_named():
    (breach,) = check_channel_data(ChannelData(0x4000, b"hello", bytes(4)))
    assert breach.clause == "RFC 8656 12.5"
    assert breach.offset == 9
    assert check_channel_data(ChannelData(0x4000, b"hello")) == []
    assert len(check_channel_data(ChannelData(0x4000, b"hello"), stream=True)) == 1


@given(st.sampled_from(CHANNEL_NUMBERS), st.binary(max_size=50), st.binary(max_size=5))
def test_what_was_built_is_read_back(channel, data, padding):
    message = ChannelData(channel, data, padding)
    assert parse_channel_data(build_channel_data(message)) == message
