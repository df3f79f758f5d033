"""A byte stream is cut into STUN messages and ChannelData, whatever its chunks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.stun.samples import REQUEST, VECTORS
from tests.wire.stun.strategies import messages
from wirescope.errors import PacketError
from wirescope.wire.stun import StunMessage, build_stun, parse_stun
from wirescope.wire.turn import (
    CHANNEL_NUMBERS,
    MAX_MESSAGE_LENGTH,
    OLD_CHANNEL_NUMBERS,
    ChannelData,
    StreamDeframer,
    build_channel_data,
    pad_for_stream,
)

CHANNEL = bytes.fromhex("40010005 68656c6c6f 000000")
STREAM = REQUEST + CHANNEL + b"".join(VECTORS.values()) + CHANNEL


def wire(message):
    if isinstance(message, StunMessage):
        return build_stun(message)
    return build_channel_data(message)


def cut(pieces):
    deframer = StreamDeframer()
    return [message for piece in pieces for message in deframer.feed(piece)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 19, 20, 21, 1000])
def test_any_chunking_gives_the_same_messages(size):
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    found = cut(pieces)
    assert [wire(message) for message in found] == [REQUEST, CHANNEL, *VECTORS.values(), CHANNEL]
    assert found[0] == parse_stun(REQUEST)
    assert found[1] == ChannelData(0x4001, b"hello", bytes(3))


def test_a_message_waits_for_its_last_byte_and_its_padding():
    deframer = StreamDeframer()
    assert list(deframer.feed(CHANNEL[:-1])) == []
    assert deframer.pending_length == len(CHANNEL) - 1
    assert list(deframer.feed(CHANNEL[-1:])) == [ChannelData(0x4001, b"hello", bytes(3))]
    assert deframer.pending_length == 0


def test_messages_that_were_not_taken_come_with_the_next_call():
    deframer = StreamDeframer()
    assert next(deframer.feed(CHANNEL + CHANNEL)) is not None
    assert len(list(deframer.feed(CHANNEL))) == 2


@pytest.mark.parametrize(
    ("bad", "clause", "offset"),
    [
        (b"\x16\x03\x01\x00", "RFC 8656 12", 0),
        (b"POST", "RFC 8656 12", 0),
        (b"\x50\x00\x00\x00", "RFC 8656 12", 0),
        (b"\x80\x00\x00\x00", "RFC 8656 12", 0),
        (b"\x00\x01\x00\x00\x21\x13", "RFC 8489 5", 4),
        (b"\x00\x01\x00\x03" + REQUEST[4:20] + b"abc", "RFC 8489 14", 20),
    ],
)
def test_what_is_no_message_ends_the_stream_at_its_place(bad, clause, offset):
    deframer = StreamDeframer()
    found = []
    with pytest.raises(PacketError) as refused:
        found.extend(deframer.feed(CHANNEL + bad))
    assert refused.value.clause == clause
    assert refused.value.offset == len(CHANNEL) + offset
    held = deframer.pending_length
    with pytest.raises(PacketError) as again:
        list(deframer.feed(CHANNEL))
    assert again.value.offset == refused.value.offset
    assert deframer.pending_length == held


def test_the_messages_before_what_is_none_come_out():
    deframer = StreamDeframer()
    items = deframer.feed(CHANNEL + b"\x16\x03\x01\x00")
    assert isinstance(next(items), ChannelData)
    with pytest.raises(PacketError, match="this one begins with 22"):
        next(items)


@pytest.mark.parametrize("announced", ["0001 0100", "0001 0100 47455420", "4000 0200"])
def test_a_message_above_the_limit_is_refused_by_its_header(announced):
    deframer = StreamDeframer(max_length=256)
    with pytest.raises(PacketError, match="256 are taken at most"):
        list(deframer.feed(bytes.fromhex(announced)))


def test_the_longest_messages_are_taken():
    longest = bytes.fromhex("4000ffff") + bytes(0xFFFF + 1)
    assert [len(message.data) for message in cut([longest])] == [0xFFFF]
    assert len(longest) <= MAX_MESSAGE_LENGTH


channels = st.builds(ChannelData, st.sampled_from(CHANNEL_NUMBERS), st.binary(max_size=30))
in_range = messages.filter(lambda message: message.method <= 0xFF)  # the first byte is 0 to 3
streams = st.lists(in_range | channels.map(pad_for_stream), max_size=5)


@settings(deadline=None)
@given(streams, st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_what_was_sent_is_what_comes_out(sent, sizes):
    stream = b"".join(map(wire, sent))
    pieces, position = [], 0
    while position < len(stream):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(stream[position : position + size])
        position += size
    assert cut(pieces) == sent


def test_channels_of_the_older_specification_are_read_where_they_are_asked_for():
    old = bytes.fromhex("7ffe0001 61 000000")
    with pytest.raises(PacketError, match="64 to 79"):
        cut([old])
    deframer = StreamDeframer(channels=OLD_CHANNEL_NUMBERS)
    assert list(deframer.feed(old)) == [ChannelData(0x7FFE, b"a", bytes(3))]
    with pytest.raises(PacketError, match="64 to 127"):
        list(deframer.feed(b"\x80000"))
