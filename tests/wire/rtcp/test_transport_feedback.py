"""Transport-wide feedback is read, built and packed as section 3.1 of its draft says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.wire.rtcp import (
    OtherPacket,
    RunLength,
    StatusVector,
    TransportFeedback,
    build,
    check_compound,
    parse_compound,
    report_arrivals,
)

HEAD = "00000001 00000002"


def feedback(wire):
    body = bytes.fromhex(HEAD + wire)
    head = bytes((0x8F, 205)) + (len(body) // 4).to_bytes(2, "big")
    return parse_compound(head + body)


def one(wire):
    (packet,) = feedback(wire).packets
    assert isinstance(packet, TransportFeedback)
    return packet


def report(*arrivals_us, base=0):
    return report_arrivals(
        arrivals_us, sender_ssrc=1, media_ssrc=2, base_sequence_number=base, feedback_count=3
    )


def test_a_run_of_arrivals_is_read():
    # 3 packets from 65534 on, reference 2 times 64 ms, short deltas of 1, 0 and 2
    packet = one("fffe0003 00000205 2003 010002 000000")
    assert packet.chunks == (RunLength(1, 3),)
    assert packet.deltas == (1, 0, 2)
    assert packet.feedback_count == 5
    assert packet.arrivals == [(65534, 128_250), (65535, 128_250), (0, 128_750)]


def test_a_vector_of_one_bit_is_read_from_its_highest_bit_on():
    packet = one("00000003 00000000 a800 0102")
    assert packet.chunks == (StatusVector((1, 0, 1) + (0,) * 11),)
    assert packet.arrivals == [(0, 250), (1, None), (2, 750)]


def test_a_vector_of_two_bits_has_long_deltas_with_sign():
    # statuses 2, 0, 1; deltas -1 and 4
    packet = one("00000003 00000000 e100 ffff 04 000000")
    assert packet.chunks == (StatusVector((2, 0, 1, 0, 0, 0, 0)),)
    assert packet.deltas == (-1, 4)


def test_a_reference_time_may_be_negative():
    assert one("00000001 ffffff00 2001 00 00").arrivals == [(0, -64_000)]


def test_padding_of_zeros_need_not_be_counted():
    wire = "00000001 00000000 2001 00 00"
    assert feedback(wire).breaches == ()


def test_a_reserved_status_has_no_delta_and_is_named():
    found = feedback("00000002 00000000 6002 0000")
    (packet,) = found.packets
    assert packet.arrivals == [(0, None), (1, None)]
    (breach,) = check_compound(found, reduced_size=True)
    assert "reserved" in breach.message


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        ("00000001 00000000", "about 1 packets; its chunks cover 0"),
        ("00008000 00000000 3fff 3fff", "about 32768 packets; its chunks cover 16382"),
        ("00000001 00000000 0000 0000", "about 1 packets; its chunks cover 0"),
        ("00000007 00000000 2007 0000", "ends after 2 deltas"),
        ("00000002 00000000 4002 0000", "ends after 1 deltas"),
    ],
)
def test_feedback_that_is_too_short_for_its_count_is_kept_as_it_is(wire, says):
    found = feedback(wire)
    assert found.packets == (OtherPacket(205, 15, bytes.fromhex(HEAD + wire)),)
    (breach,) = found.breaches
    assert says in breach.message
    assert breach.offset == len(found.data)


def test_what_is_built_ends_in_counted_padding():
    packet = TransportFeedback(1, 2, 0, 1, 0, 0, (RunLength(1, 1),), (7,))
    wire = build(packet)
    assert wire.hex() == "afcd0005" + "0000000100000002" + "0000000100000000" + "20010701"
    assert parse_compound(wire).packets == (packet,)


def test_arrivals_close_together_take_one_run():
    packet = report(*(1000 + 250 * n for n in range(20)), base=65530)
    assert packet.chunks == (RunLength(1, 20),)
    assert packet.deltas == (4,) + (1,) * 19
    assert [number for number, _ in packet.arrivals][5:7] == [65535, 0]


def test_packets_that_did_not_come_take_one_bit_each():
    packet = report(0, None, 0, None, None, 0)
    assert packet.chunks == (StatusVector((1, 0, 1, 0, 0, 1) + (0,) * 8),)
    assert packet.deltas == (0, 0, 0)


def test_a_packet_that_came_before_its_forerunner_takes_a_long_delta():
    packet = report(64_000, 63_000)
    assert packet.deltas == (0, -4)
    assert packet.statuses == [1, 2]


def test_a_report_ends_before_a_gap_that_no_delta_can_span():
    packet = report(0, None, 250 * 0x7FFF, 250 * 0x10000)
    assert packet.packet_status_count == 3
    assert packet.arrivals == [(0, 0), (1, None), (2, 250 * 0x7FFF)]


def test_a_report_is_about_65535_packets_at_most():
    packet = report(*(None,) * 70_000)
    assert packet.packet_status_count == 65_535
    assert len(packet.chunks) == 9


def test_a_report_on_nothing_is_empty():
    assert report().packet_status_count == 0
    assert parse_compound(build(report())).packets == (report(),)


def test_the_reference_time_wraps():
    packet = report(64_000 * (1 << 23))
    assert packet.reference_time == -(1 << 23)


@pytest.mark.parametrize(
    "change",
    [
        {"packet_status_count": 2},
        {"deltas": ()},
        {"deltas": (256,)},
        {"deltas": (-1,)},
        {"chunks": (RunLength(4, 1),)},
        {"chunks": (RunLength(1, 1 << 13),)},
        {"chunks": (StatusVector((1,)),)},
        {"chunks": (StatusVector((1,) + (2,) * 13),)},
        {"reference_time": 1 << 23},
        {"feedback_count": 256},
    ],
)
def test_what_does_not_fit_together_is_not_built(change):
    fields = {"packet_status_count": 1, "reference_time": 0, "feedback_count": 0}
    rest = {"chunks": (RunLength(1, 1),), "deltas": (0,)}
    with pytest.raises(ValueError):
        build(TransportFeedback(1, 2, 0, **fields | rest | change))


chunks = st.lists(
    st.builds(RunLength, st.integers(0, 3), st.integers(0, 40))
    | st.builds(StatusVector, st.lists(st.integers(0, 3), min_size=7, max_size=7).map(tuple))
    | st.builds(StatusVector, st.lists(st.integers(0, 1), min_size=14, max_size=14).map(tuple)),
    max_size=6,
).map(tuple)


@st.composite
def feedbacks(draw):
    drawn = draw(chunks)
    # chunks end where the count is reached
    lengths = [len(list(chunk.symbols)) for chunk in drawn]
    while lengths and not lengths[-1]:
        lengths.pop()
    drawn = drawn[: len(lengths)]
    least = sum(lengths[:-1]) + 1 if lengths else 0
    count = draw(st.integers(least, sum(lengths))) if lengths else 0
    fields = (draw(st.integers(0, 0xFFFF)), count, draw(st.integers(-0x800000, 0x7FFFFF)), 9)
    whole = TransportFeedback(1, 2, *fields, drawn)
    deltas = [
        draw(st.integers(0, 255) if status == 1 else st.integers(-0x8000, 0x7FFF))
        for status in whole.statuses
        if status in (1, 2)
    ]
    return TransportFeedback(1, 2, *fields, drawn, tuple(deltas))


@settings(deadline=None)
@given(feedbacks())
def test_any_feedback_that_was_built_is_read_back(packet):
    found = parse_compound(build(packet))
    assert found.packets == (packet,)
    assert found.breaches == ()
    assert build(found.packets[0]) == build(packet)


@settings(deadline=None)
@given(
    st.lists(st.none() | st.integers(-500_000, 4_000_000), max_size=80),
    st.integers(0, 0xFFFF),
    st.integers(-(1 << 40), 1 << 38),
)
def test_arrivals_come_back_to_a_quarter_of_a_millisecond(offsets, base, start):
    arrivals = [None if each is None else start + each for each in offsets]
    packet = report(*arrivals, base=base)
    assert packet.packet_status_count == len(arrivals)
    assert parse_compound(build(packet)).packets == (packet,)
    circle = (1 << 24) * 64_000
    for (number, came), arrival, expected in zip(
        packet.arrivals, arrivals, range(base, base + len(arrivals)), strict=True
    ):
        assert number == expected & 0xFFFF
        if arrival is None:
            assert came is None
        else:
            assert came is not None
            assert 0 <= (arrival - came) % circle < 250
