"""A publisher's stream: numbers, losses, clocks."""

import pytest

from wirescope.transports.webrtc.packets.inbound import ASK_AFTER_NS, ASK_AGAIN_NS, Inbound
from wirescope.wire.rtp import RtpPacket, build_rtp, parse_rtp

MS = 1_000_000


def stream(*, has_rtx: bool = True) -> Inbound:
    return Inbound(7, kind="video", clock_rate=90_000, has_rtx=has_rtx)


def packet(number: int, timestamp: int = 0) -> RtpPacket:
    return parse_rtp(
        build_rtp(
            b"payload",
            payload_type=96,
            sequence_number=number & 0xFFFF,
            timestamp=timestamp,
            ssrc=7,
        )
    )


def take(into: Inbound, *numbers: int, at_ns: int = 0) -> list[int | None]:
    return [into.take(packet(each), at_ns) for each in numbers]


def test_numbers_go_on_over_the_wrap() -> None:
    assert take(stream(), 65534, 65535, 0, 1) == [65534, 65535, 65536, 65537]


def test_a_packet_that_was_overtaken_is_taken_once() -> None:
    assert take(stream(), 10, 12, 11, 11) == [10, 12, 11, None]


def test_what_came_before_the_first_packet_is_not_taken() -> None:
    assert take(stream(), 10, 9) == [10, None]


def test_a_gap_is_asked_for_once_it_cannot_be_a_packet_that_was_overtaken() -> None:
    one = stream()
    take(one, 10, 13, at_ns=0)
    assert one.missing(ASK_AFTER_NS - 1) == []
    assert one.missing(ASK_AFTER_NS) == [11, 12]
    assert one.missing(ASK_AFTER_NS + 1) == []
    assert one.missing(ASK_AFTER_NS + ASK_AGAIN_NS) == [11, 12]


def test_what_does_not_come_is_given_up() -> None:
    one = stream()
    take(one, 10, 12)
    asked = [one.missing(each * ASK_AGAIN_NS) for each in range(1, 20)]
    assert sum(map(len, asked)) == one.asked == 8
    assert one.given_up == 1


def run(one: Inbound, round_trip_ms: int, *, first: int = 0) -> int:
    """Lose 20 packets one after the other; how often they were asked for altogether."""
    before = one.asked
    for each in range(first, first + 20):
        began_ns = each * 5000 * MS
        lost = 3 * each + 1
        take(one, lost - 1, lost + 1, at_ns=began_ns)
        asked_ns: int | None = None
        for tick in range(1, 250):
            now_ns = began_ns + tick * 20 * MS
            if asked_ns is not None and now_ns - asked_ns >= round_trip_ms * MS:
                assert one.take(packet(lost), now_ns, again=True) == lost
                break
            if one.missing(now_ns) and asked_ns is None:
                asked_ns = now_ns
    return one.asked - before


def test_a_packet_on_a_long_way_is_asked_for_once() -> None:
    one = stream()
    run(one, 400)
    assert run(one, 400, first=20) == 20
    assert one.given_up == 0


def test_a_way_that_becomes_longer_is_followed() -> None:
    one = stream()
    run(one, 20)
    run(one, 600, first=20)
    assert run(one, 600, first=40) == 20
    assert one.given_up == 0


@pytest.mark.parametrize("has_rtx", [True, False])
def test_what_comes_as_itself_says_how_long_the_way_is_where_all_come_so(has_rtx: bool) -> None:
    one = stream(has_rtx=has_rtx)
    take(one, 10, 12)
    assert one.missing(20 * MS) == [11]
    take(one, 11, at_ns=120 * MS)
    assert one.round_trip.ns == (None if has_rtx else 100 * MS)


def test_what_waits_to_be_read_is_not_asked_for_and_does_not_shorten_the_way() -> None:
    one = stream(has_rtx=False)
    one.take(packet(10), 100 * MS, waited_ns=90 * MS)
    one.take(packet(12), 100 * MS, waited_ns=80 * MS)
    assert one.missing(100 * MS) == []
    assert one.missing(100 * MS + ASK_AFTER_NS) == [11]
    one.take(packet(11), 110 * MS, waited_ns=85 * MS)
    assert one.round_trip.ns == 5 * MS


def test_jitter_is_that_of_the_arrivals_and_not_of_the_reading() -> None:
    calm, heaped = stream(), stream()
    for number in range(10):
        calm.take(packet(number, 3000 * number), number * 33_333_333)
        waited_ns = (9 - number) * 33_333_333
        heaped.take(packet(number, 3000 * number), 9 * 33_333_333, waited_ns=waited_ns)
    reports = [each.reception(10 * 33_333_333) for each in (calm, heaped)]
    assert None not in reports
    assert [each.jitter for each in reports if each] == [0, 0]


def test_what_is_lost_again_on_a_short_way_is_asked_for_again_soon() -> None:
    one = stream()
    run(one, 20)
    take(one, 60, 62, at_ns=100_000 * MS)
    asked = [tick for tick in range(1, 20) if one.missing((100_000 + tick * 20) * MS)]
    assert asked[1] - asked[0] <= 3  # ticks of 20 ms
    assert asked[-1] * 20 < 400


def test_a_packet_is_waited_for_through_a_long_burst_of_losses() -> None:
    one = stream()
    run(one, 20)
    take(one, 60, 62, at_ns=100_000 * MS)
    asked = [each * 20 for each in range(1, 100) if one.missing((100_000 + each * 20) * MS)]
    assert len(asked) == 8
    assert asked[-1] >= 400


def test_a_retransmission_is_taken_where_it_was_missed_and_nowhere_else() -> None:
    one = stream()
    take(one, 10, 12)
    assert one.take(packet(11), 0, again=True) == 11
    assert one.take(packet(11), 0, again=True) is None
    assert one.take(packet(13), 0, again=True) is None
    assert one.recovered == 1
    assert one.missing(ASK_AFTER_NS) == []


def test_a_great_step_is_a_new_beginning_and_no_loss() -> None:
    one = stream()
    take(one, 10, 11)
    assert take(one, 10_000) == [10_000]
    assert one.missing(ASK_AFTER_NS) == []
    report = one.reception(0)
    assert report is not None
    assert report.cumulative_lost == 0


def test_numbers_that_begin_anew_far_behind_are_taken_from_the_second_one_on() -> None:
    one = stream()
    take(one, 20_000, 20_001)
    assert take(one, 5, 6, 7) == [None, 65_536 + 6, 65_536 + 7]
    assert one.missing(ASK_AFTER_NS) == []
    assert take(one, 20_002) == [65_536 + 20_002]  # and so it is again a step forward


def test_a_single_packet_from_long_ago_changes_nothing() -> None:
    one = stream()
    take(one, 20_000)
    assert take(one, 5, 20_001, 9, 20_002) == [None, 20_001, None, 20_002]


def test_the_report_says_what_was_lost_since_the_last_one_and_altogether() -> None:
    one = stream()
    take(one, 1, 2, 4)
    first = one.reception(0)
    take(one, 5, 6, 7, 8)
    second = one.reception(0)
    assert first is not None
    assert second is not None
    assert (first.fraction_lost, first.cumulative_lost) == (64, 1)
    assert (second.fraction_lost, second.cumulative_lost) == (0, 1)
    assert second.highest_sequence_number == 8


def test_a_steady_stream_has_no_jitter_and_another_has() -> None:
    steady, uneven = stream(), stream()
    for each in range(200):
        steady.take(packet(each, each * 900), each * 10 * MS)
        uneven.take(packet(each, each * 900), (each * 10 + each % 2 * 4) * MS)
    for one, least, most in ((steady, 0, 1), (uneven, 300, 370)):
        report = one.reception(0)
        assert report is not None
        assert least <= report.jitter <= most


def test_the_report_names_the_last_sender_report_and_how_long_ago_it_came() -> None:
    one = stream()
    take(one, 1)
    one.note_report(0x1234_5678_9ABC_DEF0, 0, 1000 * MS)
    report = one.reception(1500 * MS)
    assert report is not None
    assert report.last_sr == 0x5678_9ABC
    assert report.delay_since_last_sr == 0x8000


def test_both_clocks_run_on_from_the_last_sender_report() -> None:
    one = stream()
    assert one.clocks(0) is None
    one.note_report(5 << 32, 1000, 0)
    assert one.clocks(500 * MS) == ((5 << 32) + (1 << 31), 1000 + 45_000)


def test_two_streams_of_a_publisher_are_compared_by_their_reports() -> None:
    one, other = stream(), stream()
    one.note_report(5 << 32, 1000, 0)
    assert one.ahead_of(other) is None
    other.note_report(6 << 32, 90_000, 700 * MS)
    assert one.ahead_of(other) == 1000
    assert other.ahead_of(one) == -1000
