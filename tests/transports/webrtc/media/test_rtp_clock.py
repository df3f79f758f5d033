"""RTP timestamps become times on the receiver's clock."""

import itertools
import random

import pytest

from wirescope.transports.webrtc.media.rtp_clock import RtpClock, opus_length_s

RATE = 90_000


def times(clock: RtpClock, frames: list[tuple[int, float]], source: int = 1) -> list[float]:
    positions = [clock.note(stamp % (1 << 32), at_s, source=source) for stamp, at_s in frames]
    return [clock.time_of(each) for each in positions]


def test_the_least_delayed_frame_shows_how_the_clock_lies() -> None:
    jitter = random.Random(1)
    frames = [(1000 + n * 3000, 50 + n / 30 + jitter.random() * 0.08) for n in range(30)]
    frames[7] = (frames[7][0], 50 + 7 / 30)
    assert times(RtpClock(RATE), frames) == pytest.approx([50 + n / 30 for n in range(30)])


def test_timestamps_wrap() -> None:
    frames = [((1 << 32) - 6000 + n * 3000, n / 30) for n in range(6)]
    assert times(RtpClock(RATE), frames) == pytest.approx([n / 30 for n in range(6)])


def test_a_frame_that_comes_late_keeps_its_place() -> None:
    frames = [(0, 0.0), (6000, 2 / 30), (3000, 0.15), (9000, 0.15)]
    assert times(RtpClock(RATE), frames) == pytest.approx([0, 2 / 30, 1 / 30, 3 / 30])


def test_a_frame_that_is_sent_when_it_is_over_counts_from_its_beginning() -> None:
    clock = RtpClock(48_000)
    positions = [clock.note(n * 960, 10 + (n + 1) * 0.02, length_s=0.02) for n in range(5)]
    assert [clock.time_of(each) for each in positions] == pytest.approx(
        [10, 10.02, 10.04, 10.06, 10.08]
    )


def test_another_source_goes_on_where_the_first_one_was() -> None:
    clock = RtpClock(RATE)
    first = times(clock, [(n * 3000, n / 30) for n in range(10)])
    second = times(clock, [(77_000_000 + n * 3000, (10 + n) / 30) for n in range(10)], source=2)
    assert first + second == pytest.approx([n / 30 for n in range(20)])


def test_a_clock_that_is_set_anew_is_followed_at_once() -> None:
    clock = RtpClock(RATE)
    times(clock, [(n * 3000, n / 30) for n in range(10)])
    later = times(clock, [(2_000_000_000 + n * 3000, (10 + n) / 30) for n in range(10)])
    assert later == pytest.approx([(10 + n) / 30 for n in range(10)])


def test_a_clock_that_stood_still_is_caught_up_with() -> None:
    """An encoder that counts samples does not count those that it was never given."""
    clock = RtpClock(48_000)
    stood_s = 1.5
    frames = [(n * 960, n * 0.02 + (stood_s if n > 200 else 0)) for n in range(800)]
    found = times(clock, frames)
    assert found[200] == pytest.approx(4)
    assert found[-1] == pytest.approx(799 * 0.02 + stood_s)


def test_a_clock_that_runs_a_little_too_fast_is_not_touched() -> None:
    """Both streams of a machine drift alike; steps would only part them."""
    clock = RtpClock(RATE)
    frames = [(n * 3000, n / 30 * 1.0002) for n in range(30 * 600)]
    found = times(clock, frames)
    gaps = [b - a for a, b in itertools.pairwise(found)]
    assert max(gaps) == pytest.approx(1 / 30)
    assert min(gaps) == pytest.approx(1 / 30)


def test_what_is_settled_does_not_move_by_a_faster_frame() -> None:
    clock = RtpClock(RATE)
    times(clock, [(n * 3000, n / 30 + 0.05) for n in range(30)])
    clock.settle()
    assert times(clock, [(90_000, 1.0)]) == pytest.approx([1.05])


@pytest.mark.parametrize(
    ("packet", "length_ms"),
    [
        (b"\x08", 20),  # SILK, one frame of 20 ms
        (b"\x18", 60),
        (b"\x68", 20),  # hybrid
        (b"\x80", 2.5),  # CELT
        (b"\xf8", 20),
        (b"\xf9", 40),  # two frames of one size
        (b"\xfb\x03", 60),  # three
        (b"\xfb", 0),
        (b"", 0),
    ],
)
def test_the_length_of_an_opus_packet_is_read_from_its_head(
    packet: bytes, length_ms: float
) -> None:
    assert opus_length_s(packet) == pytest.approx(length_ms / 1000)
