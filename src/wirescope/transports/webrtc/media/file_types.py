"""What a recording may be, which the end of its name says."""

from pathlib import Path

from wirescope.errors import MediaFileError, UsageError
from wirescope.transports.webrtc.media.mp4 import Mp4File
from wirescope.transports.webrtc.media.muxing import MuxedFile
from wirescope.transports.webrtc.media.webm import WebmFile

FILE_TYPES: tuple[type[MuxedFile], ...] = (WebmFile, Mp4File)


def file_type_of(path: Path) -> type[MuxedFile]:
    """Tell what a file of this name is.

    Raises:
        UsageError: its name ends otherwise.
    """
    for each in FILE_TYPES:
        if path.suffix.lower() == each.suffix:
            return each
    kinds = " or ".join(f"{each.container} ({each.suffix})" for each in FILE_TYPES)
    raise UsageError(
        f"A recording is {kinds}, and {path.name} is neither.",
        hint=f"Name it {path.stem}{FILE_TYPES[0].suffix}.",
    )


def misplaced(codec: str, file_type: type[MuxedFile], path: Path) -> MediaFileError | None:
    """Say that a file of another type is needed; None where this one will do, or none does."""
    better = next((each for each in FILE_TYPES if codec in each.codecs), None)
    if codec in file_type.codecs or better is None:
        return None
    return MediaFileError(
        f"{file_type.container} does not hold {codec}.",
        hint=f"{better.container} does: record to {path.stem}{better.suffix}.",
    )
