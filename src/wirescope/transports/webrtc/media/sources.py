"""Where the media comes from that is sent: made here, or given frame by frame.

A source says for each frame when it is due and makes it when asked to, so that a frame that is too
late costs nothing. Times are seconds since the connection stood, on the loop's clock: whatever is
made for one connection is in step, and nothing drifts, since no time is the sum of many.

Colour bars and tones are functions of that clock. With `flash` and `beep` both mark each whole
second, which shows how far apart picture and sound are on the other side.
"""

import itertools
import math
from array import array
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

from wirescope.errors import UsageError
from wirescope.transports.webrtc.media.frames import AudioData, VideoFrame
from wirescope.transports.webrtc.media.picture import MIN_SIDE, Painter

Frame = VideoFrame | AudioData
F = TypeVar("F", bound=Frame)
F_co = TypeVar("F_co", bound=Frame, covariant=True)

BLOCKS_PER_S = 100
"""The engine takes sound in blocks of 10 ms."""

SAMPLE_RATE = 48_000
AUDIO_LATE_S = 1.0
"""Sound is sent late rather than left out: RTP counts its samples, so a gap shifts all after it."""

MARK_S = 0.1
"""Seconds that a flash and a beep last."""


class Due(NamedTuple, Generic[F_co]):
    """A frame that is to be sent.

    Attributes:
        at_s: when, in seconds since the connection stood; None for now.
        late_s: how late it may be before it is left out.
        make: makes it.
    """

    at_s: float | None
    late_s: float
    make: Callable[[], F_co]


class Source(Protocol[F_co]):
    """Frames and when they are due."""

    def begin(self, at_s: float) -> AsyncIterator[Due[F_co]]:
        """Give what is due from a time on, in order, until the source is at its end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourBars:
    """A test picture: colour bars, the time, the frame's number as figures and as cells.

    Attributes:
        width: in pixels; even.
        height: in pixels; even.
        frame_rate: frames in a second.
        flash: whether a white field lights up for 0.1 s at each whole second.
    """

    width: int = 640
    height: int = 360
    frame_rate: int = 30
    flash: bool = False

    def __post_init__(self) -> None:
        for side in (self.width, self.height):
            if not MIN_SIDE <= side <= 4096 or side % 2:
                raise UsageError(
                    f"Colour bars have an even number of pixels from {MIN_SIDE} to 4096 a side,"
                    f" not {side}."
                )
        if not 0 < self.frame_rate <= 240:
            raise UsageError(f"{self.frame_rate} frames in a second are not between 1 and 240.")

    async def begin(self, at_s: float) -> AsyncIterator[Due[VideoFrame]]:
        """Give frames for ever; their numbers count from the time 0."""
        paint = Painter(self.width, self.height)
        for number in itertools.count(max(0, math.ceil(at_s * self.frame_rate))):
            time_s = number / self.frame_rate
            flash = self.flash and number % self.frame_rate < MARK_S * self.frame_rate
            yield Due(
                time_s, 1 / self.frame_rate, partial(paint.frame, number, time_s, flash=flash)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A sine.

    Attributes:
        frequency_hz: whole hertz.
        number_of_channels: 1 or 2.
        level: the peak, from 0 to 1.
        beep: whether it sounds for 0.1 s at each whole second only.
    """

    frequency_hz: int = 440
    number_of_channels: int = 1
    level: float = 0.25
    beep: bool = False
    _second: bytes = field(init=False, repr=False)  # whole hertz: each second is like the other

    def __post_init__(self) -> None:
        if not 0 < self.frequency_hz <= SAMPLE_RATE // 2:
            raise UsageError(f"A tone of {self.frequency_hz} Hz cannot be sent.")
        if self.number_of_channels not in (1, 2) or not 0 <= self.level <= 1:
            raise UsageError("A tone has 1 or 2 channels and a level from 0 to 1.")
        sounding = round(MARK_S * SAMPLE_RATE) if self.beep else SAMPLE_RATE
        turn = 2 * math.pi * self.frequency_hz / SAMPLE_RATE
        peak = 32767 * self.level
        samples = array("h", bytes(2 * self.number_of_channels * SAMPLE_RATE))
        for index in range(sounding):
            for channel in range(self.number_of_channels):
                samples[index * self.number_of_channels + channel] = round(
                    peak * math.sin(turn * index)
                )
        object.__setattr__(self, "_second", samples.tobytes())

    async def begin(self, at_s: float) -> AsyncIterator[Due[AudioData]]:
        """Give blocks for ever; a block is due when its last sample would have been taken."""
        for number in itertools.count(max(0, math.ceil(at_s * BLOCKS_PER_S))):
            yield Due((number + 1) / BLOCKS_PER_S, AUDIO_LATE_S, partial(self.block, number))

    def block(self, number: int) -> AudioData:
        """Make the block of a number."""
        size = len(self._second) // BLOCKS_PER_S
        start = number % BLOCKS_PER_S * size
        data = self._second[start : start + size]
        time_us = number * 1_000_000 // BLOCKS_PER_S
        return AudioData(SAMPLE_RATE, self.number_of_channels, data, time_us)


class Given(Generic[F]):
    """Frames that somebody else makes, sent as they come."""

    def __init__(self, frames: AsyncIterable[F]) -> None:
        self._frames = frames

    async def begin(self, at_s: float) -> AsyncIterator[Due[F]]:
        """Give them."""
        async for frame in self._frames:
            yield Due(None, 0, partial(same, frame))


def same(frame: F) -> F:
    """Make a frame that is there already."""
    return frame
