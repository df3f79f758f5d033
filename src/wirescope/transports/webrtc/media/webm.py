"""A WebM file, which holds VP8, VP9 and AV1 with Opus.

Clusters are short and are written as they end, so that a file that is cut off, by a crash or a full
disk, can be played up to its last second. Pictures may change their size from one key frame to the
next. At its end it is told its length and where its key frames are.
"""

from typing import ClassVar

from wirescope.transports.webrtc.media.muxing import OPUS, MuxedFile


class WebmFile(MuxedFile):
    """One WebM file that is written."""

    container = "WebM"
    suffix = ".webm"
    codecs = frozenset({"VP8", "VP9", "AV1", OPUS})
    announced = frozenset({"VP8", "VP9", OPUS})  # AV1 has a head of its own there
    _format = "webm"
    _options: ClassVar[tuple[tuple[str, str], ...]] = (("cluster_time_limit", "1000"),)
