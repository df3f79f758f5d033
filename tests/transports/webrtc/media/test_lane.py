"""What arrived of a track waits to be written."""

import pytest

from wirescope.transports.webrtc.media.lane import HOLD_S, MAX_BYTES, Arrived, Lane
from wirescope.transports.webrtc.media.webm import WebmFile


def arrived(number: int, *, key: bool = False, codec: str = "VP8", late_s: float = 0) -> Arrived:
    data = f"{codec} {number}".encode()
    return Arrived(number * 3000, 1, 100 + number / 30 + late_s, codec, data, key)


def names(released: list[tuple[float, Arrived]]) -> list[str]:
    return [frame.data.decode() for _, frame in released]


def test_nothing_is_taken_before_a_key_frame() -> None:
    lane = Lane("video", "0", WebmFile)
    for number in range(3):
        lane.take(arrived(number))
    assert lane.needs_key
    assert not lane.has_begun
    lane.take(arrived(3, key=True))
    lane.take(arrived(4))
    assert names(lane.release(float("inf"))) == ["VP8 3", "VP8 4"]
    assert (lane.taken, lane.dropped) == (2, 3)


def test_a_frame_that_comes_late_is_put_in_its_place() -> None:
    lane = Lane("video", "0", WebmFile)
    for frame in (arrived(0, key=True), arrived(2), arrived(1, late_s=0.2), arrived(3)):
        lane.take(frame)
    lane.settle(0)
    now_s = 100 + 2 / 30 + HOLD_S
    assert names(lane.release(now_s - HOLD_S)) == ["VP8 0", "VP8 1", "VP8 2"]
    assert names(lane.release(float("inf"))) == ["VP8 3"]


def test_a_track_that_was_silent_shows_its_clock_before_it_is_written() -> None:
    lane = Lane("video", "0", WebmFile)
    lane.agreed = "VP8"
    assert lane.can_be_announced
    assert lane.settle(0).codec == "VP8"
    lane.take(arrived(0, key=True, late_s=0.1))  # a first frame takes longer to be made
    assert lane.release(100.2) == []
    for number in range(1, 20):
        lane.take(arrived(number))
    times = [time_s for time_s, _ in lane.release(100 + 19 / 30)]
    assert times[0] == pytest.approx(100)
    assert len(times) == 20


def test_a_frame_that_comes_again_is_no_frame() -> None:
    lane = Lane("video", "0", WebmFile)
    for number in (0, 1, 1, 1, 2):
        lane.take(arrived(number, key=number == 0))
    assert names(lane.release(float("inf"))) == ["VP8 0", "VP8 1", "VP8 2"]
    assert lane.dropped == 0


def test_another_codec_is_left_out_and_the_first_goes_on_at_a_key_frame() -> None:
    lane = Lane("video", "0", WebmFile)
    for frame in (
        arrived(0, key=True),
        arrived(1, codec="VP9", key=True),
        arrived(2),
        arrived(3, key=True),
    ):
        lane.take(frame)
    assert names(lane.release(float("inf"))) == ["VP8 0", "VP8 3"]
    assert lane.dropped == 2


def test_a_codec_that_webm_does_not_hold_is_not_kept() -> None:
    lane = Lane("audio", "0", WebmFile)
    lane.take(arrived(0, codec="PCMU", key=True))
    assert (lane.codec, lane.has_begun, lane.is_recordable) == ("PCMU", False, False)


def test_what_waits_is_bounded_and_goes_on_at_a_key_frame() -> None:
    lane = Lane("video", "0", WebmFile)
    half = bytes(MAX_BYTES // 2)
    for number in range(3):
        data = half + bytes([number])
        lane.take(Arrived(number * 3000, 1, 100 + number / 30, "VP8", data, number == 0))
    assert (lane.taken, lane.dropped) == (1, 2)
    lane.release(float("inf"))
    lane.take(arrived(4))
    lane.take(arrived(5, key=True))
    assert names(lane.release(float("inf"))) == ["VP8 5"]
