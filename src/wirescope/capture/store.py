"""The writer's side of the file: what was taken in becomes rows, and these are committed.

`prepare` makes the rows of a commit, `commit` writes them in one transaction; it can be called
again with the same rows when the disk was full. Everything here runs in the writer's thread.
"""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

from wirescope.capture.block import Block
from wirescope.capture.intake import BLOCK_BYTES, Draft, WindowRow
from wirescope.capture.schema import connect, create_tables, prepare_for_writing, put_meta
from wirescope.events import PayloadChunk

CHUNK_BYTES = 256 << 10
"""Bytes of a long payload a row."""

ROWS_AT_ONCE = 64
"""SQLite takes 999 values a statement in any version; no row has more than eight."""

BYTES_AT_ONCE = 2 << 20
"""SQLite makes a copy of each value of a statement; with so many bytes it is given no more rows."""

IN_PLACE_BYTES = BLOCK_BYTES
"""Bytes of a block from which on they are written into a place that was made for them.

SQLite copies a value of a statement twice before it is on a page. That of blocks which are full of
payload costs more than the three further calls for which the interpreter's lock is given up.
"""

ChunkRow = tuple[int, int, int, memoryview]
Row = Block | ChunkRow | WindowRow


class Rows(NamedTuple):
    """What one transaction writes."""

    blocks: list[Block]
    chunks: list[ChunkRow]
    windows: list[WindowRow]


class Store:
    """A new capture file, open for writing.

    Attributes:
        last_seq: the highest number that is committed.
    """

    def __init__(self, path: Path, *, started_wall_ns: int) -> None:
        self.last_seq = 0
        self._chunk_offsets: dict[int, int] = {}
        self._database = connect(path)
        try:
            create_tables(self._database)
            prepare_for_writing(self._database)
            put_meta(self._database, "started_wall_ns", started_wall_ns)
        except BaseException:
            self._database.close()
            raise

    def prepare(self, draft: Draft) -> Rows:
        """Make the rows of what was taken in."""
        last = draft.last_block
        blocks = [*draft.blocks, last.finish()] if last else draft.blocks
        return Rows(blocks, self._chunk_rows(draft.chunks), draft.windows)

    def commit(self, rows: Rows) -> None:
        """Write the rows or none of them; sqlite3.Error when that fails."""
        execute = self._database.execute
        execute("BEGIN IMMEDIATE")
        try:
            for large, blocks in groupby(rows.blocks, _is_large):
                if large:
                    for block in blocks:
                        self._insert_in_place(block)
                else:
                    self._insert("block", list(blocks))
            self._insert("payload_chunk", rows.chunks)
            self._insert("inflate_window", rows.windows)
            execute("COMMIT")
        except sqlite3.Error:
            if self._database.in_transaction:
                execute("ROLLBACK")
            raise
        if rows.blocks:
            self.last_seq = rows.blocks[-1].last_seq

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows with as few statements as may be.

        The interpreter's lock is given up for each, and has to be won back from a thread that is
        parsing at full speed: that takes longer than to write the row.
        """
        for part in _statements(rows):
            marks = ", ".join([f"({', '.join('?' * len(part[0]))})"] * len(part))
            values = tuple(chain.from_iterable(part))
            self._database.execute(f"INSERT INTO {table} VALUES {marks}", values)  # noqa: S608

    def _insert_in_place(self, block: Block) -> None:
        """Insert a block with its events straight from where they are onto their pages."""
        numbers = (*block[:-1], len(block.events))
        self._database.execute(
            "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, zeroblob(?))", numbers
        )
        with self._database.blobopen("block", "events", block.first_seq) as place:
            place.write(block.events)

    def finish(self, *, ended_at_ns: int) -> None:
        """Note the end, bring everything into the one file if no reader is in the way, close it."""
        try:
            put_meta(self._database, "last_seq", self.last_seq)
            put_meta(self._database, "ended_at_ns", ended_at_ns)
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Another journal mode lets readers open the file without making files beside it.
            self._database.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            pass  # a reader follows, or the disk is full: all is there, in the WAL file
        finally:
            self.close()

    def close(self) -> None:
        """Close the file as it is."""
        self._database.close()

    def _chunk_rows(self, chunks: Sequence[PayloadChunk]) -> list[ChunkRow]:
        pieces: dict[int, list[bytes]] = {}
        for chunk in chunks:
            pieces.setdefault(chunk.payload_id, []).append(chunk.data)
        rows = []
        for payload_id, parts in pieces.items():
            whole = memoryview(b"".join(parts))
            offset = self._chunk_offsets.get(payload_id, 0)
            for start in range(0, len(whole), CHUNK_BYTES):
                data = whole[start : start + CHUNK_BYTES]
                rows.append((payload_id, offset + start, zlib.crc32(data), data))
            self._chunk_offsets[payload_id] = offset + len(whole)
        return rows


def _is_large(block: Block) -> bool:
    return len(block.events) >= IN_PLACE_BYTES


def _statements(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Cut rows, whose last column is the long one, into what one statement inserts."""
    part: list[Row] = []
    size = 0
    for row in rows:
        part.append(row)
        size += len(row[-1])
        if len(part) == ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part
