"""Messages come out of fragments: joined, inflated, checked as UTF-8, never larger than allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.wire.websocket import Deflater, Inflater, MessageAssembler, MessageError

TEXT, BINARY = 1, 2
MIB = 1 << 20
SPLENDID = "aé€😀z".encode()


def assemble(assembler, parts, *, opcode=TEXT, compressed=False):
    """Feed each part as a frame; the message that comes of it."""
    assembler.begin(opcode, compressed=compressed)
    message = None
    for number, part in enumerate(parts, start=1):
        fin = number == len(parts)
        assembler.add(part, final=fin)
        message = assembler.end_frame(number, len(part) + 2, fin=fin)
    return message


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=6))
def test_fragments_are_joined(parts):
    message = assemble(MessageAssembler(), parts, opcode=BINARY)
    assert message.payload == b"".join(parts)
    assert message.kind == "binary"
    assert message.length == len(message.payload)
    assert message.wire_length == len(message.payload) + 2 * len(parts)
    assert message.frames == tuple(range(1, len(parts) + 1))
    assert not message.compressed


@pytest.mark.parametrize("cut", range(len(SPLENDID) + 1))
def test_a_character_may_be_split_between_fragments(cut):
    message = assemble(MessageAssembler(), [SPLENDID[:cut], SPLENDID[cut:]])
    assert (message.kind, message.payload) == ("text", SPLENDID)


BAD_TEXT = {
    "a byte that never occurs": (b"ab\xff", 2),
    "a lone continuation byte": (b"\x80", 0),
    "an overlong form": (b"a\xc0\xaf", 1),
    "a surrogate": (b"a\xed\xa0\x80", 1),
    "beyond U+10FFFF": (b"\xf4\x90\x80\x80", 0),
    "cut off at the end": (b"abc\xe2\x82", 3),
}


@pytest.mark.parametrize(("payload", "at"), BAD_TEXT.values(), ids=BAD_TEXT)
def test_text_that_is_not_utf_8_fails_at_the_byte(payload, at):
    for cut in range(len(payload) + 1):
        with pytest.raises(MessageError) as caught:
            assemble(MessageAssembler(), [payload[:cut], payload[cut:]])
        assert caught.value.breach.close_code == 1007
        assert caught.value.breach.clause == "RFC 6455 8.1"
        assert caught.value.breach.message.endswith(f"at byte {at}.")


@given(st.binary(max_size=30), st.integers(0, 30))
def test_text_is_accepted_exactly_when_python_decodes_it(payload, cut):
    try:
        payload.decode()
    except UnicodeDecodeError:
        with pytest.raises(MessageError):
            assemble(MessageAssembler(), [payload[:cut], payload[cut:]])
    else:
        assert assemble(MessageAssembler(), [payload[:cut], payload[cut:]]).payload == payload


def test_bad_text_fails_before_the_message_is_complete():
    assembler = MessageAssembler()
    assembler.begin(TEXT, compressed=False)
    with pytest.raises(MessageError):
        assembler.add(b"\xc3\x28", final=False)
    assert not assembler.under_way


def test_a_look_ahead_fails_on_bad_text_and_changes_nothing_on_good():
    assembler = MessageAssembler()
    assembler.begin(TEXT, compressed=False)
    assembler.add(b"\xe2\x82", final=False)
    assembler.check_ahead(b"\xac and \xf0\x9f")
    with pytest.raises(MessageError, match="at byte 0"):
        assembler.check_ahead(b"x")
    assembler.begin(TEXT, compressed=False)
    assembler.check_ahead(b"\xe2\x82")
    assembler.add(b"abc", final=True)
    assert assembler.end_frame(1, 5, fin=True).payload == b"abc"


def test_bad_text_can_be_noted_instead_once_a_message():
    noted = []
    assembler = MessageAssembler(on_bad_text=noted.append)
    message = assemble(assembler, [b"a\xff", b"\xff", b"\xfe"])
    assert message.payload == b"a\xff\xff\xfe"
    assert [breach.message for breach in noted] == ["The text is not UTF-8 at byte 1."]
    assert assemble(assembler, [b"fine"]).payload == b"fine"
    assert len(noted) == 1


def test_a_message_may_have_the_largest_size_and_no_byte_more():
    assert assemble(MessageAssembler(max_size=6), [b"abc", b"def"]).length == 6
    with pytest.raises(MessageError, match="limit of 6 bytes") as caught:
        assemble(MessageAssembler(max_size=6), [b"abc", b"defg"])
    assert caught.value.breach.close_code == 1009


def test_a_length_that_is_too_large_fails_when_it_is_announced():
    assembler = MessageAssembler(max_size=10)
    assembler.begin(BINARY, compressed=False)
    assembler.add(b"12345", final=False)
    assembler.expect(5)
    with pytest.raises(MessageError, match="limit of 10"):
        assembler.expect(6)


def test_a_message_may_have_65536_fragments():
    message = assemble(MessageAssembler(), [b"x"] * 65536, opcode=BINARY)
    assert message.length == len(message.frames) == 65536


def test_a_message_with_too_many_fragments_fails():
    with pytest.raises(MessageError, match="more than 100 fragments"):
        assemble(MessageAssembler(max_fragments=100), [b""] * 101, opcode=BINARY)


@pytest.mark.parametrize("hold_limit", [0, 1, 9, 10])
def test_a_message_goes_out_in_chunks_exactly_when_it_is_not_held_whole(hold_limit):
    chunks = []
    assembler = MessageAssembler(hold_limit=hold_limit, on_chunk=chunks.append)
    message = assemble(assembler, [b"01", b"234", b"", b"56789"], opcode=BINARY)
    assert message.length == 10
    if hold_limit == 10:
        assert (message.payload, chunks) == (b"0123456789", [])
    else:
        assert message.payload == b"0123456789"[:hold_limit]
        assert b"".join(chunks) == b"0123456789"


def test_of_a_message_beyond_the_hold_limit_one_mebibyte_is_kept():
    chunks = []
    assembler = MessageAssembler(hold_limit=2 * MIB, on_chunk=chunks.append)
    part = bytes(range(256)) * 2048  # half a mebibyte
    message = assemble(assembler, [part] * 5, opcode=BINARY)
    assert message.payload == part * 2
    assert b"".join(chunks) == part * 5
    assert message.length == len(part) * 5


def test_a_message_that_announces_more_than_is_held_goes_out_from_its_first_byte():
    chunks = []
    assembler = MessageAssembler(hold_limit=8, on_chunk=chunks.append)
    assembler.begin(BINARY, compressed=False)
    assembler.add(b"012", final=False)
    assert assembler.end_frame(1, 3, fin=False) is None
    assembler.expect(5)
    assert chunks == []
    assembler.expect(6)
    assert chunks == [b"012"]
    assembler.add(b"34", final=False)
    assert chunks == [b"012", b"34"]
    assembler.add(b"5678", final=True)
    message = assembler.end_frame(2, 6, fin=True)
    assert (message.payload, message.length) == (b"01234567", 9)
    assert b"".join(chunks) == b"012345678"


def test_compressed_fragments_are_inflated_and_checked():
    deflater = Deflater()
    whole = SPLENDID * 50
    packed = deflater.compress(whole)
    for cut in (0, 1, len(packed) // 2, len(packed)):
        assembler = MessageAssembler(inflater=Inflater())
        message = assemble(assembler, [packed[:cut], packed[cut:]], compressed=True)
        assert (message.payload, message.compressed) == (whole, True)


def test_compressed_text_that_is_not_utf_8_fails():
    packed = Deflater().compress(b"abc\xff")
    with pytest.raises(MessageError, match="at byte 3"):
        assemble(MessageAssembler(inflater=Inflater()), [packed], compressed=True)


def test_data_that_does_not_inflate_fails():
    with pytest.raises(MessageError) as caught:
        assemble(MessageAssembler(inflater=Inflater()), [b"\xff\xff\xff"], compressed=True)
    assert caught.value.breach.clause == "RFC 7692 7.2.2"
    assert caught.value.breach.close_code == 1007


def test_a_bomb_stops_at_the_limit():
    packed = Deflater().compress(bytes(8 * MIB))
    assembler = MessageAssembler(inflater=Inflater(), max_size=MIB)
    with pytest.raises(MessageError, match="limit of 1048576 bytes"):
        assemble(assembler, [packed], opcode=BINARY, compressed=True)
    assert not assembler.under_way


def test_after_a_bomb_nothing_is_made_up_from_its_window():
    deflater = Deflater()
    assembler = MessageAssembler(inflater=Inflater(), max_size=MIB)
    with pytest.raises(MessageError):
        assemble(assembler, [deflater.compress(bytes(4 * MIB))], opcode=BINARY, compressed=True)
    with pytest.raises(MessageError, match="because an earlier one was not"):
        assemble(assembler, [deflater.compress(b"abc")], opcode=BINARY, compressed=True)
    assert assemble(assembler, [b"plain"]).payload == b"plain"


def test_beginning_a_message_drops_the_one_under_way():
    assembler = MessageAssembler()
    assembler.begin(TEXT, compressed=False)
    assembler.add(b"ab\xe2", final=False)
    assert (assembler.under_way, assembler.length) == (True, 3)
    assert assemble(assembler, [b"new"]).payload == b"new"
    assert not assembler.under_way
