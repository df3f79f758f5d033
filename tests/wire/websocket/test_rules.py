"""Each rule for frames is broken once, and named with its clause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.websocket.strategies import frames
from wirescope.wire.websocket import (
    Frame,
    FrameRules,
    build_header,
    check_close_payload,
)

KEY = b"abcd"


def header(opcode, length=0, **options):
    return Frame(build_header(opcode, length, **options), b"", 0)


TEXT, PING = header(1), header(9)

LEGAL = {
    "text": [header(1, 5)],
    "binary of 64 bits": [header(2, 1 << 20)],
    "the longest of 16 bits": [header(2, 0xFFFF)],
    "fragments with a ping between": [header(1, fin=False), PING, header(0, fin=False), header(0)],
    "the longest control frame": [header(9, 125)],
    "two messages": [TEXT, TEXT],
    "close": [PING, header(8)],
}


@pytest.mark.parametrize("sequence", LEGAL.values(), ids=LEGAL)
def test_what_is_legal_passes(sequence):
    rules = FrameRules(masked=False)
    assert [breach for frame in sequence for breach in rules.check_header(frame)] == []


ILLEGAL = {
    "masked by the server": ([header(1, masking_key=KEY)], ["5.1 The server sent a masked"]),
    "rsv1": ([header(1, rsv1=True)], ["5.2 RSV1"]),
    "rsv2": ([header(1, rsv2=True)], ["5.2 RSV2"]),
    "rsv3": ([header(1, rsv3=True)], ["5.2 RSV3"]),
    "all three": (
        [header(9, rsv1=True, rsv2=True, rsv3=True)],
        ["5.2 RSV1", "5.2 RSV2", "5.2 RSV3"],
    ),
    **{
        f"opcode {op:#x}": ([header(op)], [f"5.2 The opcode {op:#x}"])
        for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
    },
    "16 bits for 125": (
        [header(1, 125, length_encoding=16)],
        ["5.2 The length 125 is written in 16"],
    ),
    "64 bits for 65535": (
        [header(1, 65535, length_encoding=64)],
        ["5.2 The length 65535 is written in 64"],
    ),
    "highest bit": ([header(1, 1 << 63)], ["5.2 The length 9223372036854775808 has"]),
    "reserved opcode among fragments": (
        [header(1, fin=False), header(3), header(0)],
        ["5.2 The opcode 0x3"],
    ),
    "fragmented ping": ([header(9, fin=False)], ["5.5 A ping frame is fragmented"]),
    "long ping": ([header(9, 126)], ["5.5 A ping frame has 126"]),
    "short ping in 16 bits": ([header(9, 5, length_encoding=16)], ["5.2 The length 5"]),
    "long close": ([header(8, 126)], ["5.5 A close frame has 126"]),
    "continuation of nothing": ([header(0)], ["5.4 A continuation"]),
    "twice a continuation of nothing": (
        [header(0, fin=False), header(0), TEXT],
        ["5.4 A continuation", "5.4 A continuation"],
    ),
    "continuation after the last": ([TEXT, header(0)], ["5.4 A continuation"]),
    "a message inside another": ([header(1, fin=False), header(2)], ["5.4 A new message"]),
    "frames after close": ([header(8), PING, TEXT], ["5.5.1 A ping", "5.5.1 A text"]),
}


@pytest.mark.parametrize(("sequence", "expected"), ILLEGAL.values(), ids=ILLEGAL)
def test_what_is_illegal_is_named(sequence, expected):
    rules = FrameRules(masked=False)
    breaches = [breach for frame in sequence for breach in rules.check_header(frame)]
    assert len(breaches) == len(expected)
    for breach, beginning in zip(breaches, expected, strict=True):
        assert f"{breach.clause} {breach.message}".startswith(f"RFC 6455 {beginning}")
        assert breach.close_code == 1002


def test_a_client_has_to_mask():
    (breach,) = FrameRules(masked=True).check_header(TEXT)
    assert (breach.clause, breach.message) == (
        "RFC 6455 5.1",
        "The client sent a frame that is not masked.",
    )
    assert FrameRules(masked=True).check_header(header(1, masking_key=KEY)) == []


def test_with_deflate_rsv1_opens_messages_only():
    rules = FrameRules(masked=False, rsv1_allowed=True)
    assert rules.check_header(header(1, rsv1=True, fin=False)) == []
    assert [each.clause for each in rules.check_header(header(9, rsv1=True))] == ["RFC 7692 6.1"]
    assert [each.clause for each in rules.check_header(header(0, rsv1=True))] == ["RFC 7692 6.1"]
    assert rules.check_header(header(2, rsv1=True)) == []


CLOSES = {
    "empty": (b"", []),
    "1000": (b"\x03\xe8", []),
    "with a reason": (b"\x03\xe8" + "bye é".encode(), []),
    "one byte": (b"\x03", [("5.5.1", 1002)]),
    "bad UTF-8": (b"\x03\xe8\xff", [("5.5.1", 1007)]),
    "cut UTF-8": (b"\x03\xe8\xe2\x82", [("5.5.1", 1007)]),
    "both": (b"\x03\xed\xff", [("7.4", 1002), ("5.5.1", 1007)]),
}


@pytest.mark.parametrize(("payload", "expected"), CLOSES.values(), ids=CLOSES)
def test_the_payload_of_a_close_frame_is_checked(payload, expected):
    breaches = check_close_payload(Frame(build_header(8, len(payload)), payload, 0))
    assert [(each.clause, each.close_code) for each in breaches] == [
        (f"RFC 6455 {clause}", code) for clause, code in expected
    ]


@pytest.mark.slow
@given(st.lists(frames(max_size=130), max_size=5), st.booleans(), st.booleans())
def test_a_plain_frame_is_one_that_breaks_no_rule(described, masked, deflate):
    rules = FrameRules(masked=masked, rsv1_allowed=deflate)
    for each in described:
        header = each.header
        least = rules.least_lengths.get(len(header), 1 << 64)
        plain = header[0] in rules.plain_first_bytes and len(each.payload) >= least
        breaches = rules.check_header(Frame(each.header, each.payload, 0))
        if plain:
            assert not breaches
            assert not rules.fragmented
