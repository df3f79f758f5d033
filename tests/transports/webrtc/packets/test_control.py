"""What is heard of a datagram of RTCP."""

from wirescope.transports.webrtc.packets import control
from wirescope.transports.webrtc.packets.arrivals import Row
from wirescope.wire.rtcp import (
    ReceiverEstimatedMaximumBitrate,
    RunLength,
    TransportFeedback,
    build,
)


def test_what_a_viewer_asks_for_is_heard() -> None:
    heard = control.read(control.nack(1, 7, [5, 6]) + control.picture_loss(1, 7))
    assert [(each.ssrc, each.missing, each.key_frame) for each in heard.asked] == [
        (7, [5, 6], False),
        (7, [], True),
    ]


def test_times_of_arrival_and_an_estimate_are_heard() -> None:
    feedback = control.arrival_times(1, 7, Row(5, [1_000_000, None, 2_000_000]), 0)
    heard = control.read(feedback + build(ReceiverEstimatedMaximumBitrate(1, 500_000, (7,))))
    assert [each.arrivals for each in heard.feedback] == [[(5, 1000), (6, None), (7, 2000)]]
    assert heard.limit_bps == 500_000


def test_feedback_that_claims_more_than_anybody_sends_is_not_read() -> None:
    runs = tuple(RunLength(0, 8191) for _ in range(8))
    claims = build(TransportFeedback(1, 7, 0, 65_528, 0, 0, runs))
    assert len(claims) < 50
    assert control.read(claims).feedback == []
    assert control.read(control.picture_loss(1, 7) + claims).asked == []


def test_no_more_numbers_are_read_of_a_request_than_can_be_kept() -> None:
    asked = control.read(control.nack(1, 7, range(60_000))).asked
    assert 900 < sum(len(each.missing) for each in asked) <= control.MAX_ASKED
