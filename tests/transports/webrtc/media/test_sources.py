"""What is made here to be sent."""

from array import array

import pytest

from wirescope.errors import UsageError
from wirescope.transports.webrtc.media import (
    AudioData,
    ColourBars,
    Tone,
    VideoFrame,
    flash_level,
    read_number,
)
from wirescope.transports.webrtc.media.picture import Painter


@pytest.mark.parametrize("size", [(128, 128), (320, 180), (640, 360), (1280, 720), (1920, 1080)])
def test_the_number_of_a_frame_is_read_from_its_pixels(size: tuple[int, int]) -> None:
    paint = Painter(*size)
    for number in (0, 1, 12_345, (1 << 24) - 1):
        assert read_number(paint.frame(number, number / 30)) == number


def test_a_picture_without_a_number_gives_none() -> None:
    assert read_number(VideoFrame(320, 180, bytes(320 * 180 * 3 // 2))) is None


async def test_frames_are_due_at_multiples_of_their_rate_however_many_went_before() -> None:
    dues = ColourBars(width=128, height=128, frame_rate=30).begin(3600.01)
    first = await anext(dues)
    assert first.at_s == 108_001 / 30
    assert read_number(first.make()) == 108_001


async def test_flash_and_beep_mark_the_same_moment() -> None:
    bars = ColourBars(width=128, height=128, frame_rate=30, flash=True).begin(0.5)
    lit = [due.at_s for _ in range(60) if flash_level((due := await anext(bars)).make()) > 220]
    tone = Tone(frequency_hz=1000, beep=True).begin(0.5)
    heard = [
        block.timestamp_us / 1_000_000
        for _ in range(200)
        if any(array("h", (block := (await anext(tone)).make()).data))
    ]
    assert [lit[0], heard[0]] == [1.0, 1.0]
    assert len(lit) == 6
    assert len(heard) == 20


async def test_a_block_is_due_when_its_last_sample_would_have_been_taken() -> None:
    due = await anext(Tone().begin(2))
    assert due.at_s == 2.01
    assert due.make().timestamp_us == 2_000_000
    assert due.make().number_of_frames == 480


@pytest.mark.parametrize(
    "make",
    [
        lambda: ColourBars(width=321),
        lambda: ColourBars(height=64),
        lambda: ColourBars(frame_rate=0),
        lambda: Tone(frequency_hz=0),
        lambda: Tone(number_of_channels=3),
        lambda: Tone(level=1.5),
        lambda: VideoFrame(2, 2, bytes(5)),
        lambda: VideoFrame(0, 2, b""),
        lambda: AudioData(48_000, 2, bytes(3)),
        lambda: AudioData(48_000, 9, bytes(18)),
    ],
)
def test_what_cannot_be_is_refused(make) -> None:
    with pytest.raises(UsageError):
        make()
