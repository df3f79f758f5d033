"""A capture as one file: copied while it may still grow, or brought together after its end.

While a capture is written, and as long as somebody read it when the writer ended, a part of it
stands in SQLite's files beside it (`-wal`, `-shm`).
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from wirescope.capture.lock import is_being_written
from wirescope.capture.schema import connect
from wirescope.errors import CaptureError


def copy_capture(path: Path, out: Path) -> None:
    """Copy a capture, as far as it is saved, into a file that does not exist.

    CaptureError when it cannot be read or the copy cannot be written.
    """
    try:
        with closing(connect(path, read_only=True)) as source, closing(connect(out)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise CaptureError(f"{path.name} cannot be copied: {error}.") from None


def settle_capture(path: Path) -> bool:
    """Bring a capture that has ended into its one file; False where somebody is in the way."""
    if is_being_written(path):
        return False
    try:
        with closing(connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (mode,) = database.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error:  # a reader, a full disk, a folder that must not be written to
        return False
    return bool(mode == "delete")
