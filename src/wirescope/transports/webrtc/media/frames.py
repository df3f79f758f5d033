"""Pictures and sound as values, and their way into the engine and out of it.

A picture is I420, sound is 16-bit PCM: what the engine's encoders take and its decoders give. The
names are those of W3C webcodecs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wirescope.errors import EngineError, UsageError
from wirescope.transports.webrtc.engine import load

if TYPE_CHECKING:
    import av
    import webrtc

MAX_SIDE = 8192
"""Pixels of a picture's longer side."""

MAX_CHANNELS = 2


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One picture (W3C webcodecs section 9.4, `VideoFrame` of the format `I420`).

    Attributes:
        width: in pixels.
        height: in pixels.
        data: the planes Y, U and V one after the other, without padding; U and V have half the
            width and height, rounded up.
        timestamp_us: when it was taken, in microseconds on a clock of its source's own.
    """

    width: int
    height: int
    data: bytes
    timestamp_us: int = 0

    def __post_init__(self) -> None:
        if not (0 < self.width <= MAX_SIDE and 0 < self.height <= MAX_SIDE):
            raise UsageError(f"A picture cannot have {self.width} by {self.height} pixels.")
        expected = i420_size(self.width, self.height)
        if len(self.data) != expected:
            raise UsageError(
                f"A picture of {self.width} by {self.height} pixels has {expected:,} bytes as I420,"
                f" not {len(self.data):,}."
            )


@dataclass(frozen=True, slots=True)
class AudioData:
    """A block of sound (W3C webcodecs section 9.2, `AudioData` of the format `s16`).

    Attributes:
        sample_rate: samples of a channel in a second.
        number_of_channels: 1 or 2.
        data: 16-bit samples in the machine's byte order, those of the channels in turn.
        timestamp_us: when its first sample was taken, on a clock of its source's own.
    """

    sample_rate: int
    number_of_channels: int
    data: bytes
    timestamp_us: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.number_of_channels <= MAX_CHANNELS:
            raise UsageError(f"Sound has 1 or 2 channels, not {self.number_of_channels}.")
        if not self.data or len(self.data) % (2 * self.number_of_channels):
            raise UsageError(f"{len(self.data)} bytes are no whole samples of 16 bits.")

    @property
    def number_of_frames(self) -> int:
        """Samples of each channel."""
        return len(self.data) // (2 * self.number_of_channels)


def i420_size(width: int, height: int) -> int:
    """Count the bytes of a picture."""
    return width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)


def to_engine(
    frame: VideoFrame | AudioData, timestamp_us: int
) -> "webrtc.VideoFrame | webrtc.AudioData":
    """Make the engine's own object of a frame, which was taken at `timestamp_us`."""
    engine = load()
    made: webrtc.VideoFrame | webrtc.AudioData
    if isinstance(frame, VideoFrame):
        made = engine.VideoFrame(
            frame.data,
            engine.VideoFrameBufferInit(
                format="I420",
                coded_width=frame.width,
                coded_height=frame.height,
                timestamp=timestamp_us,
            ),
        )
    else:
        made = engine.AudioData(
            engine.AudioDataInit(
                format="s16",
                sample_rate=frame.sample_rate,
                number_of_frames=frame.number_of_frames,
                number_of_channels=frame.number_of_channels,
                timestamp=timestamp_us,
                data=frame.data,
            )
        )
    return made


async def picture_of(native: "webrtc.VideoFrame") -> VideoFrame:
    """Copy a picture out of the engine, whose object is closed.

    Raises:
        EngineError: it is not I420.
    """
    with native:
        rect = native.visible_rect
        if native.format is None or native.format.value != "I420" or rect is None:
            raise EngineError(f"The engine gave a picture of the format {native.format}, not I420.")
        data = bytearray(native.allocation_size())
        await native.copy_to(data)
        return VideoFrame(int(rect.width), int(rect.height), bytes(data), native.timestamp)


def sound_of(native: "webrtc.AudioData") -> AudioData:
    """Copy a block of sound out of the engine, whose object is closed."""
    engine = load()
    with native:
        options = engine.AudioDataCopyToOptions(plane_index=0, format="s16")
        data = bytearray(native.allocation_size(options))
        native.copy_to(data, options)
        rate, channels = int(native.sample_rate), native.number_of_channels
        return AudioData(rate, channels, bytes(data), native.timestamp)


def packed_planes(frame: "av.VideoFrame") -> bytes:
    """Copy the planes of a picture of FFmpeg's, in I420, without the padding of their lines."""
    planes = []
    for plane, width, height in zip(
        frame.planes,
        (frame.width, (frame.width + 1) // 2, (frame.width + 1) // 2),
        (frame.height, (frame.height + 1) // 2, (frame.height + 1) // 2),
        strict=True,
    ):
        raw, stride = bytes(plane), plane.line_size
        if stride == width:
            planes.append(raw[: width * height])
        else:
            planes.extend(raw[y * stride : y * stride + width] for y in range(height))
    return b"".join(planes)
