"""RTCP datagrams are read packet by packet, and what is illegal about them is said."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wirescope.wire.rtcp import (
    ApplicationDefined,
    ExtendedReport,
    FirRequest,
    FullIntraRequest,
    GenericNack,
    Goodbye,
    NackEntry,
    OtherPacket,
    PictureLossIndication,
    ReceiverEstimatedMaximumBitrate,
    ReceiverReport,
    ReportBlock,
    SdesChunk,
    SdesItem,
    SenderReport,
    SourceDescription,
    build,
    build_compound,
    check_compound,
    is_rtcp,
    parse_compound,
)

BLOCK = ReportBlock(2, 64, -1, 0x1ABCD, 5, 6, 7)
BLOCK_WIRE = "00000002 40ffffff 0001abcd 00000005 00000006 00000007"

# each written down from the drawing in its RFC
KINDS = {
    "SR": (
        "81c8000c 00000001 8000000100000002 00000003 00000004 00000005" + BLOCK_WIRE,
        SenderReport(1, 0x8000000100000002, 3, 4, 5, (BLOCK,)),
    ),
    "SR with an extension": (
        "80c80007 00000001 0000000000000000 00000000 00000000 00000000 aabbccdd",
        SenderReport(1, 0, 0, 0, 0, (), b"\xaa\xbb\xcc\xdd"),
    ),
    "RR": ("81c90007 00000001" + BLOCK_WIRE, ReceiverReport(1, (BLOCK,))),
    "empty RR": ("80c90001 00000001", ReceiverReport(1)),
    "SDES": (
        "82ca0007 00000001 0103616263 020164 00000000 00000002 01026566 00000000",
        SourceDescription(
            (
                SdesChunk(1, (SdesItem(1, b"abc"), SdesItem(2, b"d"))),
                SdesChunk(2, (SdesItem(1, b"ef"),)),
            )
        ),
    ),
    "BYE": ("82cb0002 00000001 00000002", Goodbye((1, 2))),
    "BYE with a reason": (
        "81cb0003 00000001 05 6279652121 0000",
        Goodbye((1,), b"bye!!"),
    ),
    "APP": (
        "83cc0003 00000001 4e414d45 aabbccdd",
        ApplicationDefined(3, 1, b"NAME", b"\xaa\xbb\xcc\xdd"),
    ),
    "NACK": (
        "81cd0004 00000001 00000002 00058001 ffff0000",
        GenericNack(1, 2, (NackEntry(5, 0x8001), NackEntry(0xFFFF, 0))),
    ),
    "PLI": ("81ce0002 00000001 00000002", PictureLossIndication(1, 2)),
    "FIR": (
        "84ce0004 00000001 00000000 00000003 07000000",
        FullIntraRequest(1, (FirRequest(3, 7),)),
    ),
    "REMB": (
        # 2^17 + 1 times 2^3
        "8fce0005 00000001 00000000 52454d42 010e0001 00000003",
        ReceiverEstimatedMaximumBitrate(1, (2 << 16 | 1) << 3, (3,)),
    ),
    "XR": (
        "80cf0003 00000001 04000001 aabbccdd",
        ExtendedReport(1, bytes.fromhex("04000001aabbccdd")),
    ),
    "unknown kind": ("85d00001 aabbccdd", OtherPacket(208, 5, b"\xaa\xbb\xcc\xdd")),
    "unknown feedback": (
        "83cd0002 00000001 00000002",
        OtherPacket(205, 3, bytes.fromhex("0000000100000002")),
    ),
    "feedback of an application": (
        "8fce0003 00000001 00000002 41424344",
        OtherPacket(206, 15, bytes.fromhex("000000010000000241424344")),
    ),
}


def messages(wire):
    return [breach.message for breach in parse_compound(bytes.fromhex(wire)).breaches]


@pytest.mark.parametrize(("wire", "packet"), KINDS.values(), ids=KINDS)
def test_each_kind_is_read_as_its_format_says(wire, packet):
    found = parse_compound(bytes.fromhex(wire))
    assert found.packets == (packet,)
    assert found.breaches == ()
    assert found.rest == b""


@pytest.mark.parametrize(("wire", "packet"), KINDS.values(), ids=KINDS)
def test_each_kind_is_built_as_its_format_says(wire, packet):
    assert build(packet).hex() == bytes.fromhex(wire).hex()


def test_a_compound_packet_is_read_in_order():
    packets = tuple(packet for _, packet in KINDS.values())
    wire = build_compound(packets)
    found = parse_compound(wire)
    assert found.packets == packets
    assert [wire[start:end] for start, end in found.spans] == [build(each) for each in packets]


def test_the_middle_of_the_time_is_what_comes_back_in_reports():
    assert SenderReport(1, 0x1111222233334444, 0, 0, 0).middle_ntp_timestamp == 0x22223333


def test_padding_is_no_part_of_the_body():
    found = parse_compound(bytes.fromhex("a1cd0004 00000001 00000002 00050000 00000004"))
    assert found.packets == (GenericNack(1, 2, (NackEntry(5),)),)
    assert found.breaches == ()


@pytest.mark.parametrize("padding", ["00000000", "00000011"])
def test_padding_that_cannot_be_is_named_and_taken_for_the_body(padding):
    wire = "a5d00001" + padding
    assert parse_compound(bytes.fromhex(wire)).packets == (
        OtherPacket(208, 5, bytes.fromhex(padding)),
    )
    (message,) = messages(wire)
    assert "padding" in message


def test_padding_that_is_no_multiple_of_four_is_named():
    found = parse_compound(build(ReceiverReport(1, extension=b"a")))
    assert found.packets == (ReceiverReport(1, extension=b"a"),)
    (breach,) = found.breaches
    assert "3 bytes of padding, no multiple of four" in breach.message


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("80c9", "2 bytes are left"),
        ("40c90001 00000001", "version 1"),
        ("80c90002 00000001", "says that it has 12 bytes; 8 are left"),
    ],
)
def test_what_cannot_be_cut_any_further_is_the_rest(rest, says):
    found = parse_compound(bytes.fromhex("80c90001 00000001" + rest))
    assert found.packets == (ReceiverReport(1),)
    assert found.rest == bytes.fromhex(rest)
    (breach,) = found.breaches
    assert says in breach.message
    assert breach.offset >= 8


def test_an_empty_datagram_is_named():
    (message,) = messages("")
    assert "empty" in message


@pytest.mark.parametrize(
    "wire",
    [
        "81c80006" + "00" * 24,
        "81c90001 00000001",
        "80c90000",
        "81ca0000",
        "81ca0001 00000001",
        "81ca0002 00000001 01ff6162",
        "81cb0000",
        "80cb0001 05000000",
        "80cc0001 00000001",
        "80cf0000",
        "81cd0001 00000001",
        "8fcd0002 00000001 00000002",
        "81ce0001 00000001",
        "84ce0001 00000001",
        "8fce0003 00000001 00000000 52454d42",
        "8fce0004 00000001 00000000 52454d42 02000000",
    ],
)
def test_a_body_that_cannot_be_read_is_kept_as_it_is(wire):
    data = bytes.fromhex(wire)
    found = parse_compound(data)
    assert found.packets == (OtherPacket(data[1], data[0] & 31, data[4:]),)
    (breach,) = found.breaches
    assert 4 <= breach.offset <= len(data)
    assert build(found.packets[0]) == data


@pytest.mark.parametrize(
    ("wire", "many"),
    [
        ("81ce0003 00000001 00000002 00000003", 4),
        ("84ce0003 00000001 00000000 00000003", 4),
        ("80ca0001 00000000", 4),
        ("8fce0005 00000001 00000000 52454d42 00000000 00000000", 4),
    ],
)
def test_bytes_too_many_are_named(wire, many):
    (message,) = messages(wire)
    assert message == f"{many} bytes follow what the packet has to say."


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (0x80, 200, True),
        (0x80, 192, True),
        (0x80, 223, True),
        (0x80, 224, False),
        (0x80, 96, False),
        (0x16, 200, False),
    ],
)
def test_rtcp_is_told_from_what_else_comes_on_its_port(first, second, told):
    assert is_rtcp(bytes((first, second))) == told
    assert not is_rtcp(bytes((first,)))


REPORT = ReceiverReport(1)
NAMED = SourceDescription((SdesChunk(1, (SdesItem(1, b"x"),)),))
PLI = PictureLossIndication(1, 2)


def clauses(*packets, reduced_size=False):
    found = parse_compound(build_compound(packets))
    return [breach.clause for breach in check_compound(found, reduced_size=reduced_size)]


def test_a_compound_packet_begins_with_a_report_and_holds_a_name():
    assert clauses(REPORT, NAMED, PLI) == []
    assert clauses(NAMED, REPORT) == ["RFC 3550 6.1"]
    assert clauses(REPORT, PLI) == ["RFC 3550 6.1"]
    assert clauses(PLI) == ["RFC 3550 6.1"] * 2


def test_one_of_reduced_size_need_not():
    assert clauses(PLI, reduced_size=True) == []


def test_only_the_last_packet_may_have_padding():
    padded = bytes.fromhex("a0c90002 00000001 00000004")
    found = parse_compound(padded + build(NAMED))
    (breach,) = check_compound(found)
    assert breach.offset == 0
    assert check_compound(parse_compound(build(NAMED) + padded), reduced_size=True) == []


@pytest.mark.parametrize(
    ("packet", "clause"),
    [
        (GenericNack(1, 2), "RFC 4585 6.2.1"),
        (FullIntraRequest(1), "RFC 5104 4.3.1"),
        (FullIntraRequest(1, (FirRequest(1, 1),), media_ssrc=5), "RFC 5104 4.3.1"),
        (
            ReceiverEstimatedMaximumBitrate(1, 1, media_ssrc=5),
            "draft-alvestrand-rmcat-remb-03 2.2",
        ),
    ],
)
def test_feedback_that_must_not_be_is_named(packet, clause):
    assert clauses(packet, reduced_size=True) == [clause]


@pytest.mark.parametrize(
    "packet",
    [
        ReceiverReport(1 << 32),
        ReceiverReport(1, (BLOCK,) * 32),
        ReceiverReport(1, (ReportBlock(1, 256, 0, 0, 0),)),
        ReceiverReport(1, (ReportBlock(1, 0, 1 << 23, 0, 0),)),
        SourceDescription((SdesChunk(1, (SdesItem(0, b""),)),)),
        SourceDescription((SdesChunk(1, (SdesItem(1, bytes(256)),)),)),
        Goodbye((), bytes(256)),
        ApplicationDefined(32, 1, b"NAME"),
        ApplicationDefined(1, 1, b"NAMES"),
        ApplicationDefined(1, 1, b"NAME", bytes(1 << 18)),
        GenericNack(1, 2, (NackEntry(1 << 16),)),
        ReceiverEstimatedMaximumBitrate(1, 1 << 81),
        ReceiverEstimatedMaximumBitrate(1, -1),
        ReceiverEstimatedMaximumBitrate(1, 1, (1,) * 256),
        OtherPacket(256, 1, b""),
    ],
)
def test_what_does_not_fit_is_not_built(packet):
    with pytest.raises(ValueError):
        build(packet)


@given(st.integers(0, (1 << 81) - 1))
def test_a_bit_rate_is_written_with_18_significant_bits(bitrate):
    wire = build(ReceiverEstimatedMaximumBitrate(1, bitrate))
    (read,) = parse_compound(wire).packets
    assert isinstance(read, ReceiverEstimatedMaximumBitrate)
    assert read.bitrate_bps <= bitrate < read.bitrate_bps + max(1, bitrate >> 17)


u8, u16, u32 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32))
words = st.binary(max_size=24).map(lambda data: data[: len(data) & ~3])
blocks = st.lists(
    st.builds(ReportBlock, u32, u8, st.integers(-0x800000, 0x7FFFFF), u32, u32, u32, u32),
    max_size=31,
).map(tuple)
sources = st.lists(u32, max_size=31).map(tuple)
items = st.lists(st.builds(SdesItem, st.integers(1, 255), st.binary(max_size=255)), max_size=4)
chunks = st.lists(st.builds(SdesChunk, u32, items.map(tuple)), max_size=5)
packets = st.one_of(
    st.builds(SenderReport, u32, st.integers(0, (1 << 64) - 1), u32, u32, u32, blocks, words),
    st.builds(ReceiverReport, u32, blocks, words),
    st.builds(SourceDescription, chunks.map(tuple)),
    st.builds(Goodbye, sources, st.none() | st.binary(max_size=255)),
    st.builds(
        ApplicationDefined, st.integers(0, 31), u32, st.binary(min_size=4, max_size=4), words
    ),
    st.builds(GenericNack, u32, u32, st.lists(st.builds(NackEntry, u16, u16)).map(tuple)),
    st.builds(PictureLossIndication, u32, u32),
    st.builds(FullIntraRequest, u32, st.lists(st.builds(FirRequest, u32, u8)).map(tuple), u32),
    st.builds(ReceiverEstimatedMaximumBitrate, u32, st.integers(0, 0x3FFFF), sources, u32),
    st.builds(ExtendedReport, u32, words),
)


@settings(deadline=None)
@given(st.lists(packets, min_size=1, max_size=4))
def test_what_was_built_is_read_back(built):
    found = parse_compound(build_compound(built))
    assert list(found.packets) == built
    assert found.breaches == ()


headers = st.builds(
    lambda first, kind, body: bytes((first, kind)) + (len(body) // 4).to_bytes(2, "big") + body,
    st.integers(0x80, 0xBF),
    st.integers(199, 208),
    words,
)


@settings(deadline=None)
@given(st.binary(max_size=80) | st.lists(headers, max_size=4).map(b"".join))
@example(bytes.fromhex("8fcd0004 00000001 00000002 0000ffff 00000000"))
def test_any_bytes_are_read_and_judged_without_raising(data):
    found = parse_compound(data)
    check_compound(found)
    assert b"".join(data[start:end] for start, end in found.spans) + found.rest == data
    assert len(found.spans) == len(found.packets)
    assert all(0 <= breach.offset <= len(data) for breach in found.breaches)
    assert bool(found.rest or not data) <= bool(found.breaches)
    if not found.breaches:
        again = parse_compound(build_compound(found.packets))
        assert again.packets == found.packets
