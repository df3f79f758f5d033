"""An MP4 file, which holds VP9, AV1 and H.264 with Opus.

It is fragmented (ISO/IEC 14496-12 section 8.8): its head is written at once, and then a piece a
second, each of which can be played without what follows. A file that is cut off, by a crash or a
full disk, ends with its last piece. Pictures may change their size from one key frame to the next.
"""

from wirescope.transports.webrtc.media.muxing import OPUS, MuxedFile


class Mp4File(MuxedFile):
    """One MP4 file that is written."""

    container = "MP4"
    suffix = ".mp4"
    codecs = frozenset({"VP9", "AV1", "H264", OPUS})
    announced = frozenset({OPUS})  # of pictures it says profile and level
    _format = "mp4"
    _options = (("movflags", "empty_moov+default_base_moof"), ("frag_duration", "1000000"))
