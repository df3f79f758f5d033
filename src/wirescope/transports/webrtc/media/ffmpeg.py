"""FFmpeg, by way of PyAV: found here, missed here.

It reads and writes media files; nothing that is live goes through it. It is loaded when a file is
first touched, since that takes a while. PyAV's wheels bring encoders along whose licence asks more
of who passes them on (x264, x265); none of them is used here.
"""

from functools import cache
from types import ModuleType

from wirescope.errors import EngineMissingError


@cache
def load() -> ModuleType:
    """Return PyAV.

    Raises:
        EngineMissingError: there is none for this machine.
    """
    try:
        import av
    except ImportError as error:
        raise EngineMissingError(
            "There is no FFmpeg for this machine, so media files cannot be read or written.",
            hint=f"Install PyAV (pip install av) if there is one for it. ({error})",
        ) from None
    return av


def failures() -> tuple[type[Exception], ...]:
    """Return what can be raised where FFmpeg fails; some of its errors are of no built-in kind."""
    return OSError, ValueError, load().FFmpegError
