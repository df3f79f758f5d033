"""What a connection receives, put into a container as it arrived: nothing is decoded or coded anew.

It begins when each track has shown how its clock lies, or when one has been waited for long enough.
What comes of a track later than that, or in a codec that the container does not hold, is not in it,
and that is said. Where it goes is not here: into a file (`recording`), to who looks on (`live`).
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from wirescope.errors import MediaFileError
from wirescope.events import MediaKind
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.media import ffmpeg
from wirescope.transports.webrtc.media.lane import HOLD_S, SETTLE_S, Lane
from wirescope.transports.webrtc.media.media import Media
from wirescope.transports.webrtc.media.muxing import MuxedFile, TrackHead, Written
from wirescope.transports.webrtc.media.receiving import ReceivedTrack
from wirescope.transports.webrtc.media.tapping import Arrived, Tap
from wirescope.transports.webrtc.media.threads import SerialCalls

WRITE_INTERVAL_S = 0.1
WAIT_S = 3.0
"""Seconds after the first frame that a track without one is waited for."""


@dataclass(frozen=True, slots=True)
class RecordedTrack:
    """What became of one track.

    Attributes:
        kind: audio or video.
        mid: its media section.
        codec: its codec; empty where nothing came.
        frames: frames in the file.
        dropped: frames that came and are not in it.
        left_out: why it is not in the file; empty where it is.
    """

    kind: MediaKind
    mid: str
    codec: str
    frames: int
    dropped: int
    left_out: str


class Remux(ABC):
    """Tracks on their way into a container.

    Args:
        file_type: the container.

    Attributes:
        failed: why nothing more can be written; None while it can.
        length_s: seconds in it so far.
    """

    def __init__(self, file_type: type[MuxedFile]) -> None:
        ffmpeg.load()  # what is missing is told before anything is begun
        self.failed: MediaFileError | None = None
        self.length_s = 0.0
        self._file_type = file_type
        self._arrivals_ahead_s = 0.0  # by how much the clock of arrivals is ahead of the loop's
        self._taking: list[tuple[Tap, _Take]] = []
        self._file: MuxedFile | None = None
        self._file_lanes: list[Lane] = []
        self._make_file: Callable[[], MuxedFile] | None = None
        self._calls = SerialCalls()  # all that touch the container
        self._zero_s = 0.0
        self._failed = asyncio.Event()

    @abstractmethod
    def _make(self, tracks: Sequence[TrackHead]) -> MuxedFile:
        """Make the container, on a thread."""

    def _wrote(self) -> None:  # noqa: B027 -- most have nothing to do then
        """Take note that something was written."""

    def _took(self, lane: Lane) -> None:  # noqa: B027
        """Take note of a frame of a lane."""

    @property
    def has_begun(self) -> bool:
        """Whether anything was written already."""
        return self._file is not None

    @property
    def _lanes(self) -> list[Lane]:
        return [take.lane for _, take in self._taking]

    @property
    def tracks(self) -> list[RecordedTrack]:
        """Tell of each track what became of it so far."""
        return [
            RecordedTrack(
                lane.kind, lane.mid, lane.codec, lane.taken, lane.dropped, self._left_out(lane)
            )
            for lane in self._lanes
        ]

    def _left_out(self, lane: Lane) -> str:
        if lane.codec and not lane.is_recordable:
            return f"{self._file_type.container} does not hold {lane.codec}"
        if lane.is_left_out:
            return "the file had begun before a frame of it came"
        return "" if lane.has_begun or lane.place is not None else "no frame of it came"

    async def wait_failed(self) -> MediaFileError:
        """Wait until nothing more can be written, which may never be; why."""
        await self._failed.wait()
        assert self.failed is not None
        return self.failed

    def _fail(self, error: MediaFileError) -> None:
        self.failed = error
        self._failed.set()

    # Frames

    def attach(self, track: ReceivedTrack) -> None:
        """Take the frames of a track from now on."""
        lane = Lane(track.kind, track.mid, self._file_type)
        if self._file_lanes:
            lane.leave_out()
        take = _Take(self, lane)
        self._taking.append((track.tap, take))
        track.tap.add(take)

    def detach(self) -> None:
        """Take no more frames."""
        for tap, take in self._taking:
            tap.remove(take)

    def take(self, lane: Lane, frame: Arrived) -> None:
        """Take a frame of a lane."""
        if self.failed is None:
            self._arrivals_ahead_s = frame.at_s - asyncio.get_running_loop().time()
            lane.take(frame)
            self._took(lane)

    def lose(self, lane: Lane, reason: str) -> None:
        """Take note that the engine gives no more frames of a track that has not ended."""
        if self.failed is None:
            self._fail(
                MediaFileError(
                    f"No more frames can be had of the {lane.kind}: {reason}.",
                    hint="What came before is kept. Begin anew.",
                )
            )

    # The container

    async def write(self) -> None:
        """Write what is due, until cancelled or nothing more can be written."""
        while self.failed is None:
            await asyncio.sleep(WRITE_INTERVAL_S)
            now_s = asyncio.get_running_loop().time() + self._arrivals_ahead_s
            if self._file is not None or self._is_due(now_s):
                await self._write_until(now_s - HOLD_S)

    def _is_due(self, now_s: float) -> bool:
        """Whether it can begin: all tracks have shown their clocks, or took too long."""
        begun = [lane for lane in self._lanes if lane.has_begun]
        if not begun:
            return False
        waited_s = now_s - min(lane.first_at_s for lane in begun)
        settled = all(now_s - lane.first_at_s >= SETTLE_S for lane in begun)
        missing = [lane for lane in self._lanes if not lane.has_begun and not lane.codec]
        return settled and (not missing or waited_s >= WAIT_S)

    async def _write_until(self, until_s: float) -> None:
        try:
            file = self._file or await self._begin()
            frames = list(self._due(until_s))
            if frames:
                await self._calls.call(partial(file.write, frames))
                self.length_s = max(self.length_s, max(each.time_s for each in frames))
            self._wrote()
        except MediaFileError as error:
            self._fail(error)

    async def _begin(self) -> MuxedFile:
        if self._make_file is None:
            self._make_file = self._settle()
        return await self._calls.call(self._make_file)

    def _settle(self) -> Callable[[], MuxedFile]:
        """Decide which tracks are in the container; what makes it, once."""
        for tap, take in self._taking:
            take.lane.agreed = tap.agreed_codec()
        lanes = [lane for lane in self._lanes if lane.has_begun or lane.can_be_announced]
        self._zero_s = min(lane.begins_s() for lane in lanes if lane.has_begun)
        self._file_lanes = lanes
        for lane in self._lanes:
            if lane not in lanes:
                lane.leave_out()
        tracks = [lane.settle(place) for place, lane in enumerate(lanes)]

        def make() -> MuxedFile:
            if self._file is None:  # whoever had it made may have been cancelled
                self._file = self._make(tracks)
            return self._file

        return make

    def _due(self, until_s: float) -> Iterable[Written]:
        found = [
            Written(place, time_s - self._zero_s, frame.data, frame.is_key)
            for place, lane in enumerate(self._file_lanes)
            for time_s, frame in lane.release(until_s)
        ]
        return sorted(found, key=lambda each: each.time_s)

    async def finish(self) -> None:
        """Write all that came, and the end."""
        try:
            if self.failed is None and any(lane.has_begun for lane in self._lanes):
                await self._write_until(float("inf"))
        finally:
            await self._close()
        self._wrote()

    async def _close(self) -> None:
        """Close the container, also one that nothing more could be written to."""
        if self._file is None:
            return
        try:
            await self._calls.call(self._file.close)
        except MediaFileError as error:
            if self.failed is None:
                self._fail(error)


class _Take:
    """Takes the frames of one track for a remux."""

    def __init__(self, remux: Remux, lane: Lane) -> None:
        self.lane = lane
        self._remux = remux

    @property
    def needs_key(self) -> bool:
        """Whether nothing can be written before a key frame has come."""
        return self.lane.needs_key and self._remux.failed is None

    def take(self, frame: Arrived) -> None:
        """Take a frame."""
        self._remux.take(self.lane, frame)

    def lose(self, reason: str) -> None:
        """Take note that no more frames come, though the track has not ended."""
        self._remux.lose(self.lane, reason)


@asynccontextmanager
async def remuxing(media: Media, remux: Remux) -> AsyncIterator[None]:
    """Put what a connection receives into a container, tracks that come later as well."""
    try:
        async with alongside(remux.write()):
            with media.watched(remux.attach):
                yield
            remux.detach()
    finally:
        remux.detach()
        await remux.finish()
