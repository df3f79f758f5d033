"""A media file as a source: decoded by FFmpeg as it is sent.

Whatever PyAV's FFmpeg reads can be sent. Decoding runs on a thread beside the loop, a frame at a
time, and one that was begun is waited for, since FFmpeg cannot be interrupted.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media import ffmpeg
from wirescope.transports.webrtc.media.frames import AudioData, VideoFrame, packed_planes
from wirescope.transports.webrtc.media.sources import (
    AUDIO_LATE_S,
    BLOCKS_PER_S,
    SAMPLE_RATE,
    Due,
    same,
)
from wirescope.transports.webrtc.media.threads import SerialCalls

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

T = TypeVar("T")

VIDEO_LATE_S = 0.1


class MediaFile:
    """The first video and the first audio of a file.

    Attributes:
        video: its pictures; None where it has none.
        audio: its sound; None where it has none.

    Raises:
        MediaFileError: it cannot be read, or has neither.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MediaFileError(f"{path} is not a file.", hint="See that it is there.")
        try:
            with _open(path) as container:
                start_s = (container.start_time or 0) / ffmpeg.load().time_base
                has_video, has_audio = bool(container.streams.video), bool(container.streams.audio)
        except ffmpeg.failures() as error:
            raise _unreadable(path, error) from None
        if not has_video and not has_audio:
            raise MediaFileError(f"{path} has neither video nor audio.")
        self.video = FileVideo(path, start_s) if has_video else None
        self.audio = FileAudio(path, start_s) if has_audio else None


@dataclass(frozen=True, slots=True)
class FileVideo:
    """The pictures of a file, of which `start_s` is the first moment."""

    path: Path
    start_s: float

    async def begin(self, at_s: float) -> AsyncIterator[Due[VideoFrame]]:
        """Give them, from `at_s` on."""
        async for time_s, frame in _threaded(self.path, self._pictures):
            due_s = at_s + time_s
            yield Due(due_s, VIDEO_LATE_S, partial(same, frame))

    def _pictures(self) -> Iterator[tuple[float, VideoFrame]]:
        with _open(self.path) as container:
            for frame in container.decode(video=0):
                if frame.time is not None:
                    time_s = max(0.0, frame.time - self.start_s)
                    yield time_s, _picture(frame, round(time_s * 1_000_000))


@dataclass(frozen=True, slots=True)
class FileAudio:
    """The sound of a file."""

    path: Path
    start_s: float

    async def begin(self, at_s: float) -> AsyncIterator[Due[AudioData]]:
        """Give it in blocks of 10 ms, from `at_s` on."""
        async for time_s, block in _threaded(self.path, self._blocks):
            yield Due(at_s + time_s + 1 / BLOCKS_PER_S, AUDIO_LATE_S, partial(same, block))

    def _blocks(self) -> Iterator[tuple[float, AudioData]]:
        size = SAMPLE_RATE // BLOCKS_PER_S
        with _open(self.path) as container:
            channels = min(2, container.streams.audio[0].channels)
            layout = "stereo" if channels == 2 else "mono"
            resampler = ffmpeg.load().AudioResampler("s16", layout, SAMPLE_RATE, frame_size=size)
            first_s: float | None = None
            number = 0
            for frame in itertools.chain(container.decode(audio=0), (None,)):
                if first_s is None and frame is not None:
                    first_s = max(0.0, (frame.time or 0.0) - self.start_s)
                for block in resampler.resample(frame):
                    data = bytes(block.planes[0])[: 2 * channels * block.samples]
                    data += bytes(2 * channels * size - len(data))  # the last one is filled up
                    time_s = (first_s or 0.0) + number / BLOCKS_PER_S
                    yield time_s, AudioData(SAMPLE_RATE, channels, data, round(time_s * 1_000_000))
                    number += 1


def _open(path: Path) -> "InputContainer":
    """Open a file, and nothing but files: a playlist in it must not lead to the network."""
    options = {"protocol_whitelist": "file"}
    container: InputContainer = ffmpeg.load().open(f"file:{path}", container_options=options)
    return container


def _picture(frame: "av.VideoFrame", timestamp_us: int) -> VideoFrame:
    """Copy a picture as I420."""
    if frame.format.name != "yuv420p":
        frame = frame.reformat(format="yuv420p")
    return VideoFrame(frame.width, frame.height, packed_planes(frame), timestamp_us)


async def _threaded(path: Path, make: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """Iterate on a thread, one item ahead of nobody.

    Raises:
        MediaFileError: the file cannot be decoded.
    """
    items, calls = make(), SerialCalls()
    try:
        while (item := await calls.call(lambda: next(items, None))) is not None:
            yield item
    except ffmpeg.failures() as error:
        raise _unreadable(path, error) from None
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            with suppress(ValueError):  # a thread that hangs in it still has it
                close()


def _unreadable(path: Path, error: Exception) -> MediaFileError:
    return MediaFileError(
        f"{path} cannot be read as a media file: {error}.",
        hint="See that it is there and that ffprobe can read it.",
    )
