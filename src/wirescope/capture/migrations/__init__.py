"""Captures of earlier format versions, brought up to the present one a step at a time.

A step is a function that changes the tables of version N to those of N + 1; it stands in `STEPS`
under N. A reader never changes the file: it migrates a copy in a temporary database, which SQLite
keeps in memory or in a file that is deleted by itself. There is no step yet: this is version 1.
"""

import sqlite3
from collections.abc import Callable, Mapping

from wirescope.capture.schema import FORMAT_VERSION, temporary

Step = Callable[[sqlite3.Connection], None]

STEPS: Mapping[int, Step] = {}


def migrated(
    database: sqlite3.Connection,
    version: int,
    *,
    steps: Mapping[int, Step] = STEPS,
    target: int = FORMAT_VERSION,
) -> sqlite3.Connection:
    """Return the database itself if it is of the target version, else a migrated copy.

    The original is closed once it is copied.
    """
    if version == target:
        return database
    copy = temporary()
    database.backup(copy)
    database.close()
    for number in range(version, target):
        steps[number](copy)
        copy.execute(f"PRAGMA user_version = {number + 1}")
    return copy
