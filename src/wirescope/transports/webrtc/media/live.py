"""What a connection receives as a stream for who looks on: pieces of a container that never ends.

It begins with a key frame, which is asked for. Who takes too little is let go: what waits for one
viewer is bounded, and the connection does not wait for any.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from wirescope.errors import MediaFileError
from wirescope.transports.webrtc.media.lane import Lane
from wirescope.transports.webrtc.media.media import Media
from wirescope.transports.webrtc.media.mp4 import Mp4File
from wirescope.transports.webrtc.media.muxing import MuxedFile, TrackHead
from wirescope.transports.webrtc.media.remuxing import Remux, remuxing
from wirescope.transports.webrtc.media.webm import WebmFile

WAITING_BYTES = 8 << 20
"""Bytes that wait for one viewer before it is let go: some seconds of a large picture."""


class _LiveWebm(WebmFile):
    """WebM in short clusters, which says nothing of a length."""

    _options = (("cluster_time_limit", "200"), ("live", "1"))


class _LiveMp4(Mp4File):
    """MP4 in short fragments."""

    _options = (("movflags", "empty_moov+default_base_moof"), ("frag_duration", "200000"))


class _Pipe:
    """Takes what a container writes, on a thread; what it took is fetched afterwards."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def fetch(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class LiveStream(Remux):
    """A live stream for one viewer; `watch` makes it. Iterate over it for its pieces.

    Attributes:
        media_type: what it is.
        is_let_go: whether the viewer took too little.
    """

    def __init__(self, *, media_type: str, file_type: type[MuxedFile], waiting_bytes: int) -> None:
        super().__init__(file_type)
        self.media_type = media_type
        self.is_let_go = False
        self._waiting_bytes = waiting_bytes
        self._pipe = _Pipe()
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()  # bounded by its bytes
        self._waiting = 0
        self._is_over = False

    def _make(self, tracks: Sequence[TrackHead]) -> MuxedFile:
        return self._file_type(self._pipe, tracks)

    def _took(self, lane: Lane) -> None:
        if lane.codec and not lane.is_recordable:
            self._end_with(
                f"{self._file_type.container} does not hold {lane.codec}.",
                "Look on anew; what it is in is known by now.",
            )

    def _wrote(self) -> None:
        piece = self._pipe.fetch()
        if not piece or self._is_over:
            return
        if self._waiting + len(piece) > self._waiting_bytes:
            self.is_let_go = True
            self._end_with("The viewer took too little, so it was let go.", "Look on anew.")
            return
        self._waiting += len(piece)
        self._pieces.put_nowait(piece)

    def _end_with(self, message: str, hint: str) -> None:
        self._fail(MediaFileError(message, hint=hint))

    def _fail(self, error: MediaFileError) -> None:
        super()._fail(error)
        self.end()  # whoever reads would wait for ever

    def end(self) -> None:
        """End it: the viewer gets what waits, and then its end."""
        if not self._is_over:
            self._is_over = True
            self._pieces.put_nowait(b"")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._pieces.get():
            self._waiting -= len(piece)
            yield piece


@asynccontextmanager
async def watch(media: Media, *, waiting_bytes: int = WAITING_BYTES) -> AsyncIterator[LiveStream]:
    """Give what a connection receives as a stream while the context lasts.

    Args:
        media: of the connection; its tracks must be there.
        waiting_bytes: how many may wait before the viewer is let go.

    Raises:
        EngineMissingError: there is no FFmpeg for this machine.
    """
    pictures = [track for track in media.received if track.kind == "video"]
    codecs = {track.tap.agreed_codec() for track in pictures} - {""}  # unknown at the beginning
    file_type: type[MuxedFile] = _LiveWebm
    media_type = "video/webm" if pictures else "audio/webm"
    if codecs and not codecs & WebmFile.codecs:
        file_type, media_type = _LiveMp4, "video/mp4"
    stream = LiveStream(media_type=media_type, file_type=file_type, waiting_bytes=waiting_bytes)
    try:
        async with remuxing(media, stream):
            yield stream
    finally:
        stream.end()
