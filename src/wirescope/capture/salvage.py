"""A damaged capture read as far as it is intact, and mended.

Every block, long payload and window has a checksum, so each is either as it was written or left
out. What is left out shows as a gap in the numbers of the blocks.
"""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from wirescope.capture.block import Block, BlockBuilder
from wirescope.capture.blocks import Blocks, missing_between
from wirescope.capture.lock import is_being_written
from wirescope.capture.pages import Pages, Row, Value
from wirescope.capture.schema import PAGE_SIZE, connect, create_tables, put_meta, temporary
from wirescope.errors import (
    CaptureError,
    CaptureExistsError,
    CaptureFormatError,
    CaptureLockedError,
    CaptureWriteError,
)
from wirescope.events import CaptureGap

_META_KEYS = (b"started_wall_ns", b"ended_at_ns", b"last_seq")


class RepairReport(NamedTuple):
    """What a mended copy holds.

    Attributes:
        events: how many events were kept.
        missing: how many are lost, as far as the numbers tell.
    """

    events: int
    missing: int


def salvage(path: Path) -> sqlite3.Connection:
    """Return a temporary database with all that is intact; CaptureFormatError if nothing is."""
    database = temporary()
    try:
        create_tables(database)
        with Pages(path, default_page_size=PAGE_SIZE) as pages:
            database.execute("BEGIN")
            for row in pages.rows():
                _take(database, row)
            database.execute("COMMIT")
        if database.execute("SELECT count(*) FROM block").fetchone()[0] == 0:
            raise CaptureFormatError(
                f"{path} is not a capture, or nothing in it is intact.",
                hint="A capture is what `wirescope connect -o FILE` writes.",
            )
    except OSError as error:
        database.close()
        raise CaptureError(f"{path} cannot be read: {error}.") from None
    except BaseException:
        database.close()
        raise
    return database


def repair_capture(path: str | Path, out: str | Path) -> RepairReport:
    """Write a mended copy of a damaged capture; the damaged file stays as it is.

    The copy holds every intact event and a `capture.gap` wherever some are missing.
    CaptureLockedError while the capture is being recorded, CaptureExistsError when `out` exists.
    """
    path, out = Path(path), Path(out)
    if is_being_written(path):
        raise CaptureLockedError(f"{path} is being recorded; it can be repaired afterwards.")
    if out.exists():
        raise CaptureExistsError(f"{out} exists already.", hint="Choose another name.")
    source = salvage(path)
    try:
        return _write_mended(source, out)
    except BaseException as error:
        for suffix in ("", "-wal", "-shm"):
            out.with_name(out.name + suffix).unlink(missing_ok=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise CaptureWriteError(f"{out} cannot be written: {error}.") from None
        raise
    finally:
        source.close()


def last_known_seq(database: sqlite3.Connection) -> int:
    """Return the last number that the writer noted when it ended; 0 when it did not."""
    row = database.execute("SELECT value FROM meta WHERE key = 'last_seq'").fetchone()
    return int(row[0]) if row else 0


def _write_mended(source: sqlite3.Connection, out: Path) -> RepairReport:
    target = connect(out)
    events = missing = 0
    try:
        create_tables(target)
        target.execute("BEGIN")
        for number, part in enumerate(_with_gaps(source), 1):
            if isinstance(part, CaptureGap):
                builder = BlockBuilder(number)
                builder.add([part])
                block = builder.finish()
                missing += part.count
            else:
                block = part.renumbered(number)
                events += len(block.decode_events())
            target.execute("INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?)", block)
        for table, columns in (("payload_chunk", 4), ("inflate_window", 5), ("meta", 2)):
            marks = ", ".join("?" * columns)
            rows = source.execute(f"SELECT * FROM {table}")  # noqa: S608
            target.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608
        target.execute("COMMIT")
    finally:
        target.close()
    return RepairReport(events, missing)


def _with_gaps(source: sqlite3.Connection) -> Iterator[Block | CaptureGap]:
    blocks = Blocks(source)
    earlier = None
    for head in blocks.heads():
        if (gap := missing_between(earlier, head)) is not None:
            yield gap
        block = blocks.raw(head.first_seq)
        assert block is not None
        yield block
        earlier = head
    lost = last_known_seq(source) - (earlier.last_seq if earlier else 0)
    if earlier is not None and lost > 0:
        reason = "The end of the file is missing."
        yield CaptureGap(earlier.last_seq + 1, earlier.last_at_ns, "", lost, reason)


def _take(database: sqlite3.Connection, row: Row) -> None:
    """Keep a row if it is one of a capture's, and whole."""
    taker = _TAKERS.get(len(row.values))
    if taker is not None:
        taker(database, row.rowid, row.values)


def _take_block(database: sqlite3.Connection, rowid: int, values: tuple[Value, ...]) -> None:
    block = Block(rowid, *values[1:])  # type: ignore[arg-type]
    if not block.intact:
        return
    # A block that was written again stands in the file twice: the fuller one is the later one.
    database.execute(
        "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " last_seq = excluded.last_seq, number = excluded.number,"
        " first_at_ns = excluded.first_at_ns, last_at_ns = excluded.last_at_ns,"
        " summary = excluded.summary, checksum = excluded.checksum, events = excluded.events"
        " WHERE length(excluded.events) > length(block.events)",
        block,
    )


def _take_chunk(database: sqlite3.Connection, _rowid: int, values: tuple[Value, ...]) -> None:
    *_, checksum, data = values
    if isinstance(data, bytes) and zlib.crc32(data) == checksum:
        database.execute("INSERT OR REPLACE INTO payload_chunk VALUES (?, ?, ?, ?)", values)


def _take_window(database: sqlite3.Connection, _rowid: int, values: tuple[Value, ...]) -> None:
    connection, direction, after_seq, checksum, window = values
    if not isinstance(window, bytes) or zlib.crc32(window) != checksum:
        return
    if isinstance(connection, bytes) and isinstance(direction, bytes) and after_seq is not None:
        names = (connection.decode("utf-8", "replace"), direction.decode("utf-8", "replace"))
        database.execute(
            "INSERT OR REPLACE INTO inflate_window VALUES (?, ?, ?, ?, ?)",
            (*names, after_seq, checksum, window),
        )


def _take_meta(database: sqlite3.Connection, _rowid: int, values: tuple[Value, ...]) -> None:
    key, value = values
    if isinstance(key, bytes) and key in _META_KEYS and isinstance(value, int):
        put_meta(database, key.decode(), value)


_TAKERS: dict[int, Callable[[sqlite3.Connection, int, tuple[Value, ...]], None]] = {
    8: _take_block,
    4: _take_chunk,
    5: _take_window,
    2: _take_meta,
}
