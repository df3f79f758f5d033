"""Opus and VP8 as a program has them that carries media itself: a frame in, a packet out, and back.

Beside a connection of the engine, which codes by itself, this is what sends sound and pictures over
anything that carries messages. The encoders are FFmpeg's libopus and libvpx, by way of PyAV, told
what the engine tells its own for a call: no look ahead, one packet for each frame.
"""

from fractions import Fraction
from typing import TYPE_CHECKING

from wirescope.errors import MediaFileError, UsageError
from wirescope.transports.webrtc.media import ffmpeg
from wirescope.transports.webrtc.media.frames import AudioData, VideoFrame, packed_planes
from wirescope.transports.webrtc.media.sources import SAMPLE_RATE

if TYPE_CHECKING:
    import av

PACKET_S = 0.02
"""Seconds of sound in a packet of Opus."""

PACKET_SAMPLES = round(PACKET_S * SAMPLE_RATE)
VOICE_BPS = 32_000
"""What the engine's Opus takes for one channel."""


class OpusEncoder:
    """Makes packets of 20 ms of one channel at 48 kHz."""

    def __init__(self, *, bits_per_s: int = VOICE_BPS) -> None:
        self._context: av.AudioCodecContext = ffmpeg.load().CodecContext.create("libopus", "w")
        self._context.sample_rate = SAMPLE_RATE
        self._context.layout = "mono"
        self._context.format = "s16"
        self._context.options = {
            "b": f"{bits_per_s}",
            "application": "voip",
            "frame_duration": "20",
        }
        self._samples = 0

    def encode(self, sound: AudioData) -> bytes:
        """Encode the next 20 ms.

        Raises:
            UsageError: it is not 20 ms of one channel at 48 kHz.
        """
        frames = (sound.sample_rate, sound.number_of_channels, sound.number_of_frames)
        if frames != (SAMPLE_RATE, 1, PACKET_SAMPLES):
            raise UsageError("A packet of Opus is made of 20 ms of one channel at 48 kHz.")
        frame = ffmpeg.load().AudioFrame("s16", "mono", PACKET_SAMPLES)
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._samples
        frame.planes[0].update(sound.data)
        self._samples += PACKET_SAMPLES
        return b"".join(bytes(each) for each in self._context.encode(frame))


class OpusDecoder:
    """Makes sound of one channel at 48 kHz of packets; one that is missing is left out."""

    def __init__(self) -> None:
        self._context: av.AudioCodecContext = ffmpeg.load().CodecContext.create("libopus", "r")
        self._context.sample_rate = SAMPLE_RATE
        self._context.layout = "mono"

    def decode(self, packet: bytes) -> AudioData:
        """Decode a packet.

        Raises:
            MediaFileError: it is none of Opus.
        """
        try:
            frames = self._context.decode(ffmpeg.load().Packet(packet))
        except ffmpeg.failures() as error:
            raise MediaFileError(f"A packet of {len(packet)} bytes is no Opus: {error}.") from None
        data = b"".join(bytes(each.planes[0])[: 2 * each.samples] for each in frames)
        return AudioData(SAMPLE_RATE, 1, data)


class Vp8Encoder:
    """Makes a coded picture of each picture, the first a key frame and the others not.

    Args:
        width: of the pictures.
        height: of the pictures.
        frame_rate: pictures in a second, which decides how many bits each may take.
        bits_per_s: that all may take together.
    """

    def __init__(self, width: int, height: int, *, frame_rate: int, bits_per_s: int) -> None:
        self._context: av.VideoCodecContext = ffmpeg.load().CodecContext.create("libvpx", "w")
        self._context.width, self._context.height = width, height
        self._context.pix_fmt = "yuv420p"
        self._context.time_base = Fraction(1, frame_rate)
        self._context.options = {
            "b": f"{bits_per_s}",
            "g": f"{1 << 20}",
            "threads": "1",
            "deadline": "realtime",
            "cpu-used": "8",
            "lag-in-frames": "0",
        }
        self._count = 0

    def encode(self, picture: VideoFrame) -> bytes:
        """Encode the next picture; empty where the encoder leaves it out to keep to its rate."""
        frame = ffmpeg.load().VideoFrame(picture.width, picture.height, "yuv420p")
        taken = 0
        for plane in frame.planes:
            width, height, stride = plane.width, plane.height, plane.line_size
            lines = (
                picture.data[taken + y * width : taken + (y + 1) * width].ljust(stride, b"\0")
                for y in range(height)
            )
            plane.update(b"".join(lines).ljust(plane.buffer_size, b"\0"))
            taken += width * height
        frame.pts = self._count
        self._count += 1
        return b"".join(bytes(each) for each in self._context.encode(frame))


class Vp8Decoder:
    """Makes pictures of coded ones, given in their order."""

    def __init__(self) -> None:
        self._context: av.VideoCodecContext = ffmpeg.load().CodecContext.create("libvpx", "r")
        self._context.options = {"threads": "1"}

    def decode(self, packet: bytes) -> VideoFrame:
        """Decode a coded picture.

        Raises:
            MediaFileError: it is none of VP8, or what it builds upon is missing.
        """
        try:
            frames = self._context.decode(ffmpeg.load().Packet(packet))
        except ffmpeg.failures() as error:
            raise MediaFileError(f"{len(packet)} bytes are no picture of VP8: {error}.") from None
        if len(frames) != 1:
            raise MediaFileError(f"{len(packet)} bytes of VP8 gave {len(frames)} pictures.")
        return VideoFrame(frames[0].width, frames[0].height, packed_planes(frames[0]))
