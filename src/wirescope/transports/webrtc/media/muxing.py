"""Encoded frames as they arrived, written into a file by FFmpeg without coding anything anew.

What is here is common to the containers: tracks, the times of frames, what can go wrong. What a
container holds, how it is written in pieces and what it has to be told are in `webm` and `mp4`.

Blocking: callers run it on a thread.
"""

import io
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media import ffmpeg

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

OPUS = "opus"
OPUS_RATE = 48_000
OPUS_LOOKAHEAD = 312
"""Samples that an encoder looks ahead by (RFC 7845 section 4.2); players skip them."""

COMMON_SIZE = (640, 360)

_IVF_NAMES = {"VP8": b"VP80", "VP9": b"VP90", "AV1": b"AV01"}
_MILLISECOND = Fraction(1, 1000)
_OPTIONS = (
    ("flush_packets", "1"),
    ("max_interleave_delta", "1000000"),  # a track that has ended must not hold the other one back
)


@dataclass(frozen=True, slots=True)
class TrackHead:
    """What a file is told of a track before its first frame.

    Attributes:
        codec: one that the file holds.
        key_frame: the first frame of video, which has what a file says about it; empty where it
            has not come, and its size is announced as a common one.
    """

    codec: str
    key_frame: bytes = b""


@dataclass(frozen=True, slots=True)
class Written:
    """A frame that is to be written.

    Attributes:
        track: its track's place among those that the file was made with.
        time_s: seconds since the beginning of the file.
        data: the frame.
        is_key: whether it can be decoded without another one.
    """

    track: int
    time_s: float
    data: bytes
    is_key: bool


class Sink(Protocol):
    """Takes bytes one after the other, where no file is written."""

    def write(self, data: bytes) -> int:
        """Take some."""
        ...


class MuxedFile:
    """One file that is written; what is known of its container are class attributes.

    Args:
        target: the file's path, or what takes its bytes.
        tracks: what is in it.

    Attributes:
        container: the container's name.
        suffix: how such a file's name ends.
        codecs: those that it holds.
        announced: those of them that it can be told of before their first frame.

    Raises:
        MediaFileError: it cannot be written.
    """

    container: ClassVar[str]
    suffix: ClassVar[str]
    codecs: ClassVar[frozenset[str]]
    announced: ClassVar[frozenset[str]]
    _format: ClassVar[str]
    _options: ClassVar[tuple[tuple[str, str], ...]]

    def __init__(self, target: Path | Sink, tracks: Sequence[TrackHead]) -> None:
        self._target = target
        self._ends_ms = [-1] * len(tracks)
        self._is_closed = False
        try:
            self._output: OutputContainer = ffmpeg.load().open(
                f"file:{target}" if isinstance(target, Path) else target,
                "w",
                format=self._format,
                container_options=dict((*_OPTIONS, *self._options)),
            )
        except ffmpeg.failures() as error:
            raise self._failed(error) from None
        try:
            self._streams = [self._add(each) for each in tracks]
            self._output.start_encoding()  # writes the head
        except ffmpeg.failures() as error:
            self._give_up()
            raise self._failed(error) from None

    def _add(self, track: TrackHead) -> "Stream":
        if track.codec == OPUS:
            return self._output.add_stream("libopus", rate=OPUS_RATE, layout="stereo")
        if not track.key_frame:
            width, height = COMMON_SIZE  # players go by what the key frames say
            return self._output.add_mux_stream(track.codec.lower(), width=width, height=height)
        return self._output.add_stream_from_template(_template(track), opaque=True)

    def write(self, frames: Sequence[Written]) -> None:
        """Write frames, those of each track in order.

        Raises:
            MediaFileError: they could not be written; the file keeps what was.
        """
        try:
            for frame in frames:
                self._output.mux(self._packet(frame))
        except ffmpeg.failures() as error:
            self._give_up()
            raise self._failed(error) from None

    def _packet(self, frame: Written) -> "av.Packet[Stream]":
        packet: av.Packet[Stream] = ffmpeg.load().Packet(frame.data)
        packet.stream = stream = self._streams[frame.track]
        # Two frames of a track may not have the same time.
        time_ms = max(self._ends_ms[frame.track] + 1, round(frame.time_s * 1000))
        self._ends_ms[frame.track] = time_ms
        if stream.type == "audio":
            packet.time_base = Fraction(1, OPUS_RATE)
            packet.pts = packet.dts = time_ms * OPUS_RATE // 1000 - OPUS_LOOKAHEAD
        else:
            packet.time_base = _MILLISECOND
            packet.pts = packet.dts = time_ms
        packet.is_keyframe = frame.is_key
        return packet

    def close(self) -> None:
        """Write the file's end; again, or after a failure, it does nothing.

        Raises:
            MediaFileError: that could not be written; the file can be played all the same.
        """
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._output.close()
        except ffmpeg.failures() as error:
            raise self._failed(error) from None

    def _give_up(self) -> None:
        """Close the file without asking for more."""
        with suppress(MediaFileError):  # what failed has been told already
            self.close()

    @property
    def _name(self) -> str:
        return str(self._target) if isinstance(self._target, Path) else "The stream"

    def _failed(self, error: Exception) -> MediaFileError:
        reason = getattr(error, "strerror", None) or str(error)
        return MediaFileError(
            f"{self._name} cannot be written any further: {reason}.",
            hint="What was written before can be played. See that there is room on the disk.",
        )


def _template(track: TrackHead) -> "VideoStream":
    """Let FFmpeg read from a key frame what a container says about it: size, profile, headers.

    An IVF file of one frame is the least that it takes for that; H.264 needs none.
    """
    name = _IVF_NAMES.get(track.codec)
    frame, kind = track.key_frame, "h264"
    if name is not None:
        head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, name, 0, 0, 30, 1, 1, 0)
        frame, kind = head + struct.pack("<IQ", len(frame), 0) + frame, "ivf"
    found: VideoStream = ffmpeg.load().open(io.BytesIO(frame), format=kind).streams.video[0]
    return found
