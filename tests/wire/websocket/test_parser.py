"""The parser gives every frame back as it was on the wire, however the bytes come."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.websocket.strategies import Described, chunkings, frames
from wirescope.wire.websocket import (
    Frame,
    FrameEnd,
    FrameParser,
    FramePayload,
    FrameStart,
    apply_mask,
    build_header,
    frame_bytes,
)

KEY = b"\x01\x02\x03\x04"


def parse(pieces, *, stream_above=1 << 20):
    parser = FrameParser(stream_above=stream_above)
    return [item for piece in pieces for item in parser.feed(piece)], parser


def joined(items):
    """Join streamed pieces, which depend on the chunking, so that two parses can be compared."""
    result, start, payload = [], None, b""
    for item in items:
        match item:
            case FrameStart():
                start, payload = item, b""
            case FramePayload(data=data):
                payload += data
            case FrameEnd():
                result.append(Frame(start.header, payload, start.offset))
            case _:
                result.append(item)
    return result


@pytest.mark.slow
@given(frames())
def test_a_built_frame_is_parsed_back_field_by_field(described: Described):
    (frame,), parser = parse([described.wire])
    for name in ("opcode", "fin", "rsv1", "rsv2", "rsv3", "masking_key", "length_encoding"):
        assert getattr(frame, name) == getattr(described, name), name
    assert (frame.header, frame.payload) == (described.header, described.payload)
    assert frame.payload_length == len(described.payload)
    assert frame.wire_length == len(described.wire) == parser.offset
    assert parser.peek() is None


@pytest.mark.slow
@given(st.data(), st.lists(frames(), max_size=6), st.sampled_from([0, 3, 50, 1 << 20]))
def test_any_chunking_gives_the_same_frames(data, described, stream_above):
    stream = b"".join(each.wire for each in described)
    items, parser = parse(data.draw(chunkings(stream)), stream_above=stream_above)
    whole = joined(items)
    assert [(frame.header, frame.payload) for frame in whole] == [
        (each.header, each.payload) for each in described
    ]
    at = 0
    for frame in whole:
        assert frame.offset == at
        at += frame.wire_length
    assert parser.offset == at == len(stream)


def test_a_byte_at_a_time_is_a_chunking_too():
    wire = b"".join(
        frame_bytes(build_header(2, size, masking_key=KEY), bytes(size))
        for size in (0, 5, 126, 300)
    )
    items, _ = parse(bytes((byte,)) for byte in wire)
    assert [len(item.payload) for item in items] == [0, 5, 126, 300]


@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("encoding", [7, 16, 64])
def test_a_look_at_every_cut_says_what_came_and_what_is_missing(key, encoding):
    payload = bytes(range(100))
    header = build_header(1, len(payload), masking_key=key, length_encoding=encoding)
    before = b"\x89\x00"
    wire = frame_bytes(header, payload)
    for cut in range(1, len(wire)):
        _, parser = parse([before + wire[:cut]])
        partial = parser.peek()
        assert partial.offset == len(before) == parser.offset
        if cut < len(header):
            assert (partial.header, partial.payload, partial.missing) == (header[:cut], b"", None)
        else:
            assert partial.header == header
            assert partial.payload == payload[: cut - len(header)]
            assert partial.missing == len(wire) - cut


def test_a_look_between_two_frames_shows_nothing():
    _, parser = parse([b"\x81\x00\x89\x00"])
    assert parser.peek() is None
    assert parser.pending_length == 0


def test_a_look_into_a_streamed_frame_says_how_much_is_missing():
    _, parser = parse([b"\x82\x0aabc"], stream_above=4)
    assert (parser.peek().header, parser.peek().payload, parser.peek().missing) == (
        b"\x82\x0a",
        b"",
        7,
    )


def test_a_frame_at_the_limit_is_whole_and_one_above_it_is_streamed():
    (frame,), _ = parse([b"\x82\x04abcd"], stream_above=4)
    assert frame == Frame(b"\x82\x04", b"abcd", 0)
    items, _ = parse([b"\x82\x05abcde"], stream_above=4)
    assert items == [FrameStart(b"\x82\x05", 0), FramePayload(b"abcde"), FrameEnd()]


def test_what_follows_a_streamed_frame_in_the_same_bytes_is_parsed():
    items, parser = parse([b"\x89\x00\x82\x05ab", b"cde\x8a\x01!\x81"], stream_above=4)
    assert items == [
        Frame(b"\x89\x00", b"", 0),
        FrameStart(b"\x82\x05", 2),
        FramePayload(b"ab"),
        FramePayload(b"cde"),
        FrameEnd(),
        Frame(b"\x8a\x01", b"!", 9),
    ]
    assert parser.peek().header == b"\x81"


@pytest.mark.parametrize("length", [(1 << 63) - 1, 1 << 63, (1 << 64) - 1])
@pytest.mark.parametrize("key", [None, KEY])
def test_a_length_beyond_all_memory_allocates_nothing(length, key):
    header = build_header(2, length, masking_key=key)
    parser = FrameParser()
    tracemalloc.start()
    try:
        items = [*parser.feed(header), *parser.feed(apply_mask(b"abc", key) if key else b"abc")]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert items == [FrameStart(header, 0), FramePayload(b"abc")]
    assert items[0].payload_length == length
    assert parser.peek().missing == length - 3
    assert peak < 10_000


def test_a_frame_that_comes_in_small_pieces_comes_out_once():
    wire = frame_bytes(build_header(2, 1 << 19), bytes(1 << 19))
    parser = FrameParser()
    items = [
        item for start in range(0, len(wire), 64) for item in parser.feed(wire[start : start + 64])
    ]
    assert len(items) == 1
    assert len(items[0].payload) == 1 << 19


@pytest.mark.slow
@given(st.data(), st.binary(max_size=400))
def test_garbage_is_cut_without_losing_a_byte(data, stream):
    items, parser = parse(data.draw(chunkings(stream)), stream_above=20)
    back = b""
    for item in items:
        match item:
            case Frame():
                back += frame_bytes(item.header, item.payload)
            case FrameStart():
                back += item.header
                start, position = item, 0
            case FramePayload():
                key = start.masking_key
                back += apply_mask(item.data, key, position=position) if key else item.data
                position += len(item.data)
    assert len(back) == parser.offset
    partial = parser.peek()
    if partial is not None and partial.missing is not None and partial.payload:
        back += frame_bytes(partial.header, partial.payload)
    elif partial is not None and len(back) < len(stream):
        back += partial.header
    assert back == stream
