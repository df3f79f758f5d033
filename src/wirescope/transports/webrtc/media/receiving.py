"""One track that the other side sends: its pictures or its sound, decoded.

Whoever reads too slowly gets the newest: a bounded number waits, the oldest is dropped and counted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from wirescope.errors import UsageError
from wirescope.events import MediaKind
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.media.codecs import kind_of
from wirescope.transports.webrtc.media.frames import AudioData, VideoFrame, picture_of, sound_of
from wirescope.transports.webrtc.media.tapping import Spawn, Tap

if TYPE_CHECKING:
    import webrtc

F = TypeVar("F", bound=VideoFrame | AudioData)

FRAMES_WAITING = 4
BLOCKS_WAITING = 50
"""Half a second of sound."""


class Frames(Generic[F]):
    """The frames of a track from now on, until it ends; an asynchronous iterator."""

    def __init__(
        self,
        track: "webrtc.MediaStreamTrack",
        copy: Callable[[Any], Awaitable[F]],
        *,
        waiting: int,
    ) -> None:
        engine = load()
        self._copy = copy
        self._processor: webrtc.MediaStreamTrackProcessor = engine.MediaStreamTrackProcessor(
            engine.MediaStreamTrackProcessorInit(track=track, max_buffer_size=waiting)
        )
        self._reader = self._processor.readable.get_reader()

    @property
    def dropped(self) -> int:
        """Frames that were dropped because nobody read them in time."""
        return self._processor.discarded_frames

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> F:
        result = await self._reader.read()
        if result.done:
            raise StopAsyncIteration
        return await self._copy(result.value)

    async def aclose(self) -> None:
        """Read no more."""
        with suppress(Exception):  # of a track that has ended there is nothing to cancel
            await self._reader.cancel()


class ReceivedTrack:
    """A track of audio or video that the other side sends.

    Attributes:
        kind: audio or video.
        id: as the other side named it.
        mid: its media section.
        streams: ids of the streams that it belongs to; those of one stream are played in step.
        tap: its frames as they arrive, encoded.
    """

    def __init__(
        self, event: "webrtc.RTCTrackEvent", *, spawn: Spawn, on_media: Callable[[], None]
    ) -> None:
        self.kind: MediaKind = kind_of(event.track)
        self.id = event.track.id
        self.mid = event.transceiver.mid or ""
        self.streams = [each.id for each in event.streams]
        self._track = event.track
        self.tap = Tap(event.receiver, self.kind, spawn=spawn)
        self._ended = asyncio.Event()
        event.track.on("ended", lambda _: self._ended.set())
        # of a remote track: a packet has come (W3C webrtc section 5)
        event.track.on("unmute", lambda _: on_media())

    @property
    def native(self) -> "webrtc.MediaStreamTrack":
        """The engine's track."""
        return self._track

    def frames(self, *, waiting: int = FRAMES_WAITING) -> Frames[VideoFrame]:
        """Give the pictures from now on.

        Args:
            waiting: how many wait to be read before the oldest is dropped.

        Raises:
            UsageError: it is a track of audio.
        """
        self._check("video")
        return Frames(self._track, picture_of, waiting=waiting)

    def blocks(self, *, waiting: int = BLOCKS_WAITING) -> Frames[AudioData]:
        """Give the sound from now on, in blocks of 10 ms.

        Raises:
            UsageError: it is a track of video.
        """
        self._check("audio")
        return Frames(self._track, _sound_of, waiting=waiting)

    def _check(self, kind: MediaKind) -> None:
        if self.kind != kind:
            raise UsageError(f"The track {self.id} is one of {self.kind}, not of {kind}.")

    async def wait_ended(self) -> None:
        """Wait until nothing more comes of it."""
        await self._ended.wait()

    def end(self) -> None:
        """Take note that the connection is over."""
        self._ended.set()


async def _sound_of(native: "webrtc.AudioData") -> AudioData:
    return sound_of(native)
