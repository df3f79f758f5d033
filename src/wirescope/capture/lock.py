"""One writer a capture: a lock on a file beside it.

The lock belongs to the process, so a killed writer leaves the file but not the lock. SQLite's own
locks would let two writers take turns, and number their events twice.
"""

from pathlib import Path

from filelock import FileLock, Timeout

from wirescope.errors import CaptureLockedError


def lock_path(capture: Path) -> Path:
    """Name the lock file of a capture."""
    return capture.with_name(capture.name + ".lock")


class WriterLock:
    """Holds the right to write a capture from construction to `release`."""

    def __init__(self, capture: Path) -> None:
        self._path = lock_path(capture)
        self._lock = FileLock(self._path, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise CaptureLockedError(
                f"{capture} is being recorded by another process.",
                hint=f"End that process or choose another file; the lock is {self._path}.",
            ) from None

    def release(self) -> None:
        """Give the right back and leave no file; a second call does nothing."""
        if self._lock.is_locked:
            # Unlinked while held: whoever waits on the old file finds the capture written.
            self._path.unlink(missing_ok=True)
            self._lock.release()


def is_being_written(capture: Path) -> bool:
    """Say whether a process records into this capture now."""
    path = lock_path(capture)
    if not path.exists():
        return False
    probe = FileLock(path, thread_local=False)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    return False
