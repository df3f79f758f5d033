"""Recording what a connection receives into a file, as it arrived."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from wirescope.errors import MediaFileError, UsageError
from wirescope.transports.webrtc.media.file_types import file_type_of, misplaced
from wirescope.transports.webrtc.media.lane import Lane
from wirescope.transports.webrtc.media.media import Media
from wirescope.transports.webrtc.media.muxing import MuxedFile, TrackHead
from wirescope.transports.webrtc.media.remuxing import Remux, remuxing

_ANOTHER = "Give another name, or delete it if it is not needed."


class Recording(Remux):
    """A recording under way; `record` makes it.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        file_type = file_type_of(path)
        if path.exists() and not overwrite:
            raise UsageError(f"{path} exists already.", hint=_ANOTHER)
        super().__init__(file_type)
        self.path = path
        self._overwrite = overwrite

    def _make(self, tracks: Sequence[TrackHead]) -> MuxedFile:
        if self._overwrite:
            return self._file_type(self.path, tracks)
        self._claim()
        try:
            return self._file_type(self.path, tracks)
        except MediaFileError:
            self.path.unlink(missing_ok=True)  # nothing is in it
            raise

    def _claim(self) -> None:
        """Make the file, if nobody else has: FFmpeg would replace one that came meanwhile."""
        try:
            self.path.open("xb").close()
        except FileExistsError:
            raise MediaFileError(f"{self.path} exists by now.", hint=_ANOTHER) from None
        except OSError as error:
            raise MediaFileError(
                f"{self.path} cannot be written: {error.strerror}.",
                hint="See that its folder is there and may be written to.",
            ) from None

    def _took(self, lane: Lane) -> None:
        if not lane.codec or lane.is_recordable:
            return
        error = misplaced(lane.codec, self._file_type, self.path)
        if error is not None:  # now rather than when the call is over
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
        UsageError: there is such a file, or its name ends in neither.
        EngineMissingError: there is no FFmpeg for this machine.
        MediaFileError: at the end, where not all that came could be written, or nothing since a
            file of the other kind is needed or such a file has come meanwhile.
    """
    recording = Recording(path, overwrite=overwrite)
    async with remuxing(media, recording):
        yield recording
    if recording.failed is not None:
        raise recording.failed
