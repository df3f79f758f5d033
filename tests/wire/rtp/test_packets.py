"""RTP packets are read as RFC 3550 section 5.1 draws them, and built to the byte."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wirescope.errors import PacketError
from wirescope.wire.rtp import (
    HeaderExtension,
    build_extensions,
    build_rtp,
    parse_rtp,
)

# Version 2, marker, type 96, number 0x1234, timestamp 0x01020304, source 0xdeadbeef
PLAIN = "80e012340102 0304deadbeef"
EVERYTHING = bytes.fromhex(
    "b2 e0 1234 01020304 deadbeef"  # padding, extension, two CSRCs
    "00000001 00000002"
    "bede 0002 10 aa 21 bbcc 000000"
    "68656c6c6f"
    "000003"
)


def test_a_plain_header_is_read_field_by_field():
    packet = parse_rtp(bytes.fromhex(PLAIN) + b"hello")
    assert packet.marker
    assert packet.payload_type == 96
    assert packet.sequence_number == 0x1234
    assert packet.timestamp == 0x01020304
    assert packet.ssrc == 0xDEADBEEF
    assert packet.csrcs == ()
    assert packet.extension_profile is None
    assert packet.extensions == []
    assert packet.payload == b"hello"
    assert packet.padding_length == 0


def test_sources_extensions_and_padding_are_found_where_they_stand():
    packet = parse_rtp(EVERYTHING)
    assert packet.csrcs == (1, 2)
    assert packet.extension_profile == 0xBEDE
    assert packet.extension_offset == 24
    assert packet.payload_offset == 32
    assert packet.extensions == [
        HeaderExtension(1, b"\xaa", 0),
        HeaderExtension(2, b"\xbb\xcc", 2),
    ]
    assert packet.payload == b"hello"
    assert packet.padding_length == 3


def test_the_same_packet_is_built_to_the_byte():
    built = build_rtp(
        b"hello",
        payload_type=96,
        sequence_number=0x1234,
        timestamp=0x01020304,
        ssrc=0xDEADBEEF,
        marker=True,
        csrcs=(1, 2),
        extension=build_extensions([(1, b"\xaa"), (2, b"\xbb\xcc")]),
        padding_length=3,
    )
    assert built == EVERYTHING


def test_padding_of_a_protected_packet_is_part_of_its_payload():
    packet = parse_rtp(EVERYTHING, protected=True)
    assert packet.payload == b"hello\0\0\3"


@pytest.mark.parametrize("length", [0, 1, 11])
def test_fewer_than_twelve_bytes_are_no_packet(length):
    with pytest.raises(PacketError, match="takes 12") as caught:
        parse_rtp(bytes.fromhex(PLAIN)[:length])
    assert caught.value.offset == length
    assert caught.value.clause == "RFC 3550 5.1"


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_is_no_packet(version):
    with pytest.raises(PacketError, match=f"version {version}"):
        parse_rtp(bytes((version << 6,)) + bytes(11))


@pytest.mark.parametrize(
    ("cut", "needed"), [(16, 20), (23, 24), (28, 32)], ids=["sources", "announcement", "extension"]
)
def test_a_header_that_goes_on_beyond_the_end_is_refused(cut, needed):
    with pytest.raises(PacketError, match=f"has {cut} bytes; its RTP header takes {needed}"):
        parse_rtp(EVERYTHING[:cut] if cut != 16 else b"\x82" + EVERYTHING[1:16])


@pytest.mark.parametrize("end", ["", "00", "02"])
def test_padding_that_cannot_be_is_refused(end):
    with pytest.raises(PacketError, match="padding") as caught:
        parse_rtp(bytes.fromhex("a0" + PLAIN[2:] + end))
    assert caught.value.offset == 11 + len(end) // 2


def test_a_packet_may_be_all_padding():
    packet = parse_rtp(bytes.fromhex("a0" + PLAIN[2:] + "0002"))
    assert packet.payload == b""
    assert packet.padding_length == 2


@pytest.mark.parametrize(
    "change",
    [
        {"payload_type": 128},
        {"payload_type": -1},
        {"sequence_number": 1 << 16},
        {"timestamp": 1 << 32},
        {"ssrc": -1},
        {"csrcs": [0] * 16},
        {"csrcs": [1 << 32]},
        {"padding_length": 256},
        {"extension": (1 << 16, b"")},
        {"extension": (1, bytes(1 << 18))},
    ],
)
def test_what_does_not_fit_into_its_field_is_not_built(change):
    fields = {"payload_type": 0, "sequence_number": 0, "timestamp": 0, "ssrc": 0}
    with pytest.raises(ValueError, match="fit"):
        build_rtp(b"", **fields | change)


@given(
    payload=st.binary(max_size=40),
    payload_type=st.integers(0, 127),
    sequence_number=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    marker=st.booleans(),
    csrcs=st.lists(st.integers(0, 0xFFFFFFFF), max_size=15).map(tuple),
    extension=st.none() | st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)),
    padding_length=st.integers(0, 255),
)
def test_what_was_built_is_read_back(extension, padding_length, **fields):
    wire = build_rtp(extension=extension or b"", padding_length=padding_length, **fields)
    packet = parse_rtp(wire)
    assert packet.data is wire
    assert {name: getattr(packet, name) for name in fields} == fields
    assert packet.padding_length == padding_length
    if extension is None:
        assert packet.extension_profile is None
    else:
        profile, data = extension
        assert packet.extension_profile == profile
        assert packet.extension_data == data + bytes(-len(data) % 4)


@given(st.binary(max_size=60))
@example(b"\xbf" + bytes(75))
def test_any_bytes_are_a_packet_or_refused(data):
    try:
        packet = parse_rtp(data)
    except PacketError as error:
        assert 0 <= error.offset <= len(data)  # noqa: PT017
        assert error.clause.startswith("RFC 3550 5")  # noqa: PT017
    else:
        assert packet.payload_offset <= packet.payload_end <= len(data)
        assert len(packet.csrcs) == data[0] & 15
        assert all(element.data in packet.extension_data for element in packet.extensions)
