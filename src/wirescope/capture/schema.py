"""The file of a capture: its SQLite tables, its version, and how it is opened.

`docs/reference/capture-format.md` describes the format for readers in other languages. Nothing here
knows what an event is; see `block` for that.
"""

import sqlite3
from pathlib import Path

from wirescope.errors import CaptureFormatError

APPLICATION_ID = 0x57534350
"""`WSCP`, in the SQLite header at offset 68: tools such as `file` know a capture by it."""

FORMAT_VERSION = 1
"""In the SQLite header as `user_version`. A higher one is refused, a lower one is migrated."""

PAGE_SIZE = 16384
"""A block is some hundred kilobytes, so large pages mean fewer links to follow."""

_TABLES = """
CREATE TABLE meta(
    key TEXT PRIMARY KEY,
    value
);
CREATE TABLE block(
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    number INTEGER NOT NULL,
    first_at_ns INTEGER NOT NULL,
    last_at_ns INTEGER NOT NULL,
    summary BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    events BLOB NOT NULL
);
CREATE TABLE payload_chunk(
    payload_id INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (payload_id, offset)
);
CREATE TABLE inflate_window(
    connection TEXT NOT NULL,
    direction TEXT NOT NULL,
    after_seq INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    window BLOB NOT NULL,
    PRIMARY KEY (connection, direction, after_seq)
);
"""


def temporary() -> sqlite3.Connection:
    """Open an empty database that SQLite keeps in memory, or in a file that deletes itself."""
    return sqlite3.connect("", isolation_level=None, check_same_thread=False)


def connect(path: str | Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a database in autocommit mode; transactions are begun by name where they are meant.

    The connection may be used from any thread, by one at a time.
    """
    if read_only:
        uri = f"{Path(path).resolve().as_uri()}?mode=ro"
        database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        # Blocks are read once: pages that are reused are faster than pages that are kept (250 ms
        # against 50 ms for 150 MB), and the system keeps the file in memory anyway.
        database.execute("PRAGMA cache_size = 64")
        return database
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def create_tables(database: sqlite3.Connection) -> None:
    """Turn an empty database into an empty capture."""
    database.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    database.executescript(_TABLES)


def prepare_for_writing(database: sqlite3.Connection) -> None:
    """Let readers follow while one connection writes, and commits survive the process.

    With `synchronous = NORMAL` a commit outlives a killed process; a loss of power may take the
    last commits with it, but never damages the file.
    """
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA journal_size_limit = 67108864")


def check_version(database: sqlite3.Connection, path: str | Path) -> int:
    """Return the format version, CaptureFormatError when this program cannot read the file."""
    if _pragma(database, "application_id") != APPLICATION_ID:
        raise CaptureFormatError(
            f"{path} is a database, but not a capture.",
            hint="A capture is what `wirescope connect -o FILE` writes.",
        )
    version = _pragma(database, "user_version")
    if version > FORMAT_VERSION:
        raise CaptureFormatError(
            f"{path} has capture format {version}; this program reads up to {FORMAT_VERSION}.",
            hint="Open it with a newer Wirescope.",
        )
    return version


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


def get_meta(database: sqlite3.Connection, key: str) -> int | str | None:
    """Read one entry of the table `meta`; None when it is not there."""
    row = database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def put_meta(database: sqlite3.Connection, key: str, value: int | str) -> None:
    """Write one entry of the table `meta`."""
    database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
