"""Recording what a connection receives, as it arrived: nothing is decoded or coded anew.

Encoded frames are taken on their way to the decoder (W3C webrtc-encoded-transform) and go on to it,
so that pictures and sound can be watched meanwhile. A file begins when each track has shown how its
clock lies, or when one has been waited for long enough. What comes of a track later than that, or
in a codec that no file holds, is not in the file, and the recording says so.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wirescope.errors import MediaFileError, UsageError
from wirescope.events import MediaKind
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.media import ffmpeg
from wirescope.transports.webrtc.media.file_types import file_type_of, misplaced
from wirescope.transports.webrtc.media.lane import HOLD_S, SETTLE_S, Arrived, Lane
from wirescope.transports.webrtc.media.media import Media
from wirescope.transports.webrtc.media.muxing import MuxedFile, Written
from wirescope.transports.webrtc.media.receiving import ReceivedTrack
from wirescope.transports.webrtc.media.threads import uninterrupted

if TYPE_CHECKING:
    import webrtc

WRITE_INTERVAL_S = 0.1
WAIT_S = 3.0
"""Seconds after the first frame that a track without one is waited for."""

KEY_FRAME_INTERVAL_S = 1.0
"""Seconds after which a key frame is asked for again."""


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


class Recording:
    """A recording under way; `record` makes it.

    Attributes:
        path: the file.
        failed: why nothing more can be written; None while it can.
        length_s: seconds in the file so far.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._file_type = file_type_of(path)
        if path.exists() and not overwrite:
            raise UsageError(
                f"{path} exists already.",
                hint="Give another name, or delete it if it is not needed.",
            )
        ffmpeg.load()  # what is missing is told before anything is recorded
        self.path = path
        self.failed: MediaFileError | None = None
        self.length_s = 0.0
        self._arrivals_ahead_s = 0.0  # by how much the clock of arrivals is ahead of the loop's
        self._lanes: list[Lane] = []
        self._receivers: list[webrtc.RTCRtpReceiver] = []
        self._to_read: asyncio.Queue[tuple[Lane, Any]] = asyncio.Queue()
        self._file: MuxedFile | None = None
        self._file_lanes: list[Lane] = []
        self._zero_s = 0.0
        self._failed = asyncio.Event()

    @property
    def has_begun(self) -> bool:
        """Whether there is a file already."""
        return self._file is not None

    @property
    def tracks(self) -> list[RecordedTrack]:
        """Tell of each track what became of it so far."""
        return [
            RecordedTrack(
                lane.kind,
                lane.mid,
                lane.codec,
                lane.taken,
                lane.dropped,
                self._left_out(lane),
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

    # Frames, on their way to the decoder

    def attach(self, track: ReceivedTrack) -> None:
        """Take the frames of a track from now on."""
        engine = load()
        receiver = track.receiver
        lane = Lane(track.kind, track.mid, self._file_type)
        if receiver.transform is not None:
            raise UsageError(f"The track of {track.kind} is being recorded already.")
        if self._file_lanes:
            lane.leave_out()
        self._lanes.append(lane)
        self._receivers.append(receiver)
        receiver.transform = engine.RTCRtpScriptTransform(
            lambda event: self._to_read.put_nowait((lane, event.transformer))
        )

    def detach(self) -> None:
        """Let the frames of all tracks go on by themselves."""
        for receiver in self._receivers:
            with suppress(Exception):  # of a connection that is closed nothing is left to undo
                receiver.transform = None

    async def read(self) -> None:
        """Take frames, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                lane, transformer = await self._to_read.get()
                group.create_task(self._read_lane(lane, transformer))

    async def _read_lane(self, lane: Lane, transformer: "webrtc.RTCRtpScriptTransformer") -> None:
        engine, loop = load(), asyncio.get_running_loop()
        reader, writer = transformer.readable.get_reader(), transformer.writable.get_writer()
        asked_at_s = float("-inf")
        with suppress(engine.RTCException):  # the track has ended, or the connection is closed
            while True:
                if lane.needs_key and loop.time() - asked_at_s >= KEY_FRAME_INTERVAL_S:
                    asked_at_s = loop.time()
                    await transformer.send_key_frame_request()
                result = await reader.read()
                if result.done:
                    return
                frame = result.value
                if self.failed is None:
                    self._take(lane, self._arrived(lane, frame))
                await writer.write(frame)

    def _take(self, lane: Lane, frame: Arrived) -> None:
        lane.take(frame)
        if not lane.codec or lane.is_recordable:
            return
        error = misplaced(lane.codec, self._file_type, self.path)
        if error is not None:  # now rather than when the call is over
            self._fail(error)

    def _fail(self, error: MediaFileError) -> None:
        self.failed = error
        self._failed.set()

    def _arrived(self, lane: Lane, frame: Any) -> Arrived:
        known = frame.get_metadata()
        at_ms, loop_s = known.receive_time, asyncio.get_running_loop().time()
        at_s = loop_s if at_ms is None else at_ms / 1000
        self._arrivals_ahead_s = at_s - loop_s
        return Arrived(
            known.rtp_timestamp or 0,
            known.synchronization_source,
            at_s,
            (known.mime_type or "").partition("/")[2],
            bytes(frame.data),
            lane.kind == "audio" or frame.type == "key",
        )

    # The file

    async def write(self) -> None:
        """Write what is due, until cancelled or nothing more can be written."""
        while self.failed is None:
            await asyncio.sleep(WRITE_INTERVAL_S)
            now_s = asyncio.get_running_loop().time() + self._arrivals_ahead_s
            if self._file is not None or self._is_due(now_s):
                await self._write_until(now_s - HOLD_S)

    def _is_due(self, now_s: float) -> bool:
        """Whether the file can begin: all tracks have shown their clocks, or took too long."""
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
                await uninterrupted(partial(file.write, frames))
                self.length_s = max(self.length_s, max(each.time_s for each in frames))
        except MediaFileError as error:
            self._fail(error)

    async def _begin(self) -> MuxedFile:
        for lane, receiver in zip(self._lanes, self._receivers, strict=True):
            agreed = receiver.get_parameters().codecs
            lane.agreed = agreed[0].mime_type.partition("/")[2] if agreed else ""
        lanes = [lane for lane in self._lanes if lane.has_begun or lane.can_be_announced]
        self._zero_s = min(lane.begins_s() for lane in lanes if lane.has_begun)
        self._file_lanes = lanes
        for lane in self._lanes:
            if lane not in lanes:
                lane.leave_out()
        tracks = [lane.settle(place) for place, lane in enumerate(lanes)]

        def make() -> MuxedFile:
            self._file = self._file_type(self.path, tracks)  # before a cancellation can lose it
            return self._file

        return await uninterrupted(make)

    def _due(self, until_s: float) -> Iterable[Written]:
        found = [
            Written(place, time_s - self._zero_s, frame.data, frame.is_key)
            for place, lane in enumerate(self._file_lanes)
            for time_s, frame in lane.release(until_s)
        ]
        return sorted(found, key=lambda each: each.time_s)

    async def finish(self) -> None:
        """Write all that came, and the file's end."""
        if self.failed is None and any(lane.has_begun for lane in self._lanes):
            await self._write_until(float("inf"))
        if self._file is not None and self.failed is None:
            try:
                await uninterrupted(self._file.close)
            except MediaFileError as error:
                self._fail(error)


@asynccontextmanager
async def record(media: Media, path: Path, *, overwrite: bool = False) -> AsyncIterator[Recording]:
    """Record what a connection receives while the context lasts, tracks that come later as well.

    The file is made when the first frames have come. The connection may end before.

    Args:
        media: of the connection.
        path: the file; `.webm` makes it WebM, `.mp4` makes it MP4.
        overwrite: whether a file that is there may be replaced.

    Raises:
        UsageError: there is such a file, its name ends in neither, or a track is being recorded
            already.
        EngineMissingError: there is no FFmpeg for this machine.
        MediaFileError: at the end, where not all that came could be written, or nothing since a
            file of the other kind is needed.
    """
    recording = Recording(path, overwrite=overwrite)
    try:
        async with alongside(recording.read(), recording.write()):
            with media.watched(recording.attach):
                yield recording
            recording.detach()
    finally:
        recording.detach()
        await recording.finish()
    if recording.failed is not None:
        raise recording.failed
