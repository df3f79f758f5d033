"""A WebM file of encoded frames as they arrived, written by FFmpeg without coding anything anew.

Clusters are short and are written as they end, so that a file that is cut off, by a crash or a full
disk, can be played up to its last second. Pictures may change their size from one key frame to the
next. WebM holds VP8, VP9 and AV1 with Opus; other codecs are not for this file.

Blocking: callers run it on a thread.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media import ffmpeg

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

VIDEO_CODECS = {"VP8": b"VP80", "VP9": b"VP90", "AV1": b"AV01"}
"""Those that WebM holds, each with its name in an IVF file."""

OPUS = "opus"
ANNOUNCED = ("VP8", "VP9", OPUS)
"""Those that a file can be told of before their first frame; AV1 has a head of its own there."""

OPUS_RATE = 48_000
OPUS_LOOKAHEAD = 312
"""Samples that an encoder looks ahead by (RFC 7845 section 4.2); players skip them."""

COMMON_SIZE = (640, 360)

_MILLISECOND = Fraction(1, 1000)
_CONTAINER_OPTIONS = {
    "cluster_time_limit": "1000",
    "flush_packets": "1",
    "max_interleave_delta": "1000000",  # a track that has ended must not hold the other one back
}


@dataclass(frozen=True, slots=True)
class WebmTrack:
    """What a file is told of a track before its first frame.

    Attributes:
        codec: a key of `VIDEO_CODECS`, or `OPUS`.
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


class WebmFile:
    """One file that is written.

    Raises:
        MediaFileError: it cannot be written.
    """

    def __init__(self, path: Path, tracks: Sequence[WebmTrack]) -> None:
        self._path = path
        self._ends_ms = [-1] * len(tracks)
        try:
            self._container: OutputContainer = ffmpeg.load().open(
                f"file:{path}", "w", format="webm", container_options=_CONTAINER_OPTIONS
            )
        except (OSError, ValueError) as error:
            raise self._failed(error) from None
        try:
            self._streams = [self._add(each) for each in tracks]
            self._container.start_encoding()  # writes the head
        except (OSError, ValueError) as error:
            self._give_up()
            raise self._failed(error) from None

    def _add(self, track: WebmTrack) -> "Stream":
        if track.codec == OPUS:
            return self._container.add_stream("libopus", rate=OPUS_RATE, layout="stereo")
        if not track.key_frame:
            width, height = COMMON_SIZE  # players go by what the key frames say
            return self._container.add_mux_stream(track.codec.lower(), width=width, height=height)
        return self._container.add_stream_from_template(_template(track), opaque=True)

    def write(self, frames: Sequence[Written]) -> None:
        """Write frames, those of each track in order.

        Raises:
            MediaFileError: they could not be written; the file keeps what was.
        """
        try:
            for frame in frames:
                self._container.mux(self._packet(frame))
        except (OSError, ValueError) as error:
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
        """Write the file's end: its length and where its key frames are.

        Raises:
            MediaFileError: that could not be written; the file can be played all the same.
        """
        try:
            self._container.close()
        except (OSError, ValueError) as error:
            raise self._failed(error) from None

    def _give_up(self) -> None:
        """Close the file without asking for more."""
        try:
            self._container.close()
        except (OSError, ValueError):
            return  # it has been told already

    def _failed(self, error: Exception) -> MediaFileError:
        reason = getattr(error, "strerror", None) or str(error)
        return MediaFileError(
            f"{self._path} cannot be written any further: {reason}.",
            hint="What was written before can be played. See that there is room on the disk.",
        )


def _template(track: WebmTrack) -> "VideoStream":
    """Let FFmpeg read from a key frame what a container says about it: size, profile, headers.

    An IVF file of one frame is the least that it takes for that.
    """
    head = struct.pack(
        "<4sHH4sHHIIII", b"DKIF", 0, 32, VIDEO_CODECS[track.codec], 0, 0, 30, 1, 1, 0
    )
    frame = struct.pack("<IQ", len(track.key_frame), 0) + track.key_frame
    found: VideoStream = ffmpeg.load().open(io.BytesIO(head + frame), format="ivf").streams.video[0]
    return found
