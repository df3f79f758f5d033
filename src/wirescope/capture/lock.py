"""One writer a capture: a lock on a file beside it.

The lock belongs to the process, so a killed writer leaves the file but not the lock. SQLite's own
locks would let two writers take turns, and number their events twice.
"""

import sys
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from wirescope.errors import CaptureLockedError

if sys.platform != "win32":
    import fcntl

_GRACE_S = 0.1
"""Whoever only asks whether a capture is being written has its lock for a moment; a writer waits
that long."""

_POLL_S = 0.005


def lock_path(capture: Path) -> Path:
    """Name the lock file of a capture."""
    return capture.with_name(capture.name + ".lock")


class WriterLock:
    """Holds the right to write a capture from construction to `release`."""

    def __init__(self, capture: Path) -> None:
        self._path = lock_path(capture)
        self._lock = FileLock(self._path, thread_local=False)
        try:
            self._lock.acquire(timeout=_GRACE_S, poll_interval=_POLL_S)
        except Timeout:
            raise CaptureLockedError(
                f"{capture} is being recorded by another process.",
                hint=f"End that process or choose another file; the lock is {self._path}.",
            ) from None

    def release(self) -> None:
        """Give the right back and leave no file; a second call does nothing."""
        if self._lock.is_locked:
            # Unlinked while held: whoever waits on the old file finds the capture written.
            with suppress(
                OSError
            ):  # in a folder that became read-only the file stays, not the lock
                self._path.unlink()
            self._lock.release()


def is_being_written(capture: Path) -> bool:
    """Say whether a process records into this capture now; asking makes no file."""
    path = lock_path(capture)
    if sys.platform == "win32":
        return path.exists() and _is_held(path)
    try:
        with path.open("rb") as file:
            # Shared, so that those who ask do not take each other for a writer.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:  # held, or on a file system without locks, where the file itself is the lock
        return True
    return False


def _is_held(path: Path) -> bool:
    probe = FileLock(path, thread_local=False)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    return False
