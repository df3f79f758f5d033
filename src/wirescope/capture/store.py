"""The writer's side of the file: turns what was handed over into rows and commits them.

`prepare` makes the rows of a commit, `commit` writes them in one transaction; it can be called
again with the same rows when the disk was full. Everything here runs in the writer's thread.
"""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from wirescope.capture.block import Block, pack_block
from wirescope.capture.inflate import Tail
from wirescope.capture.redaction import Secrets
from wirescope.capture.schema import connect, create_tables, prepare_for_writing, put_meta
from wirescope.events import AnyEvent, Direction, PayloadChunk, WebSocketMessage

BLOCK_EVENTS = 4096
"""Events a block at most: the least that a reader decodes to show one of them."""

BLOCK_BYTES = 1 << 20
"""Roughly the most payload a block is given, unless a single event is longer."""

CHUNK_BYTES = 256 << 10
"""Bytes of a long payload a row."""

WINDOW_INTERVAL = 256 << 10
"""Decoded bytes of compressed messages from one stored window to the next."""

_seq = attrgetter("seq")

ChunkRow = tuple[int, int, int, bytes]
WindowRow = tuple[str, str, int, int, bytes]


class Rows(NamedTuple):
    """What one transaction writes."""

    blocks: list[Block]
    chunks: list[ChunkRow]
    windows: list[WindowRow]
    last_seq: int


class Store:
    """A new capture file, open for writing.

    Attributes:
        last_seq: the highest number in any row that was prepared.
    """

    def __init__(
        self,
        path: Path,
        *,
        started_wall_ns: int,
        secrets: Secrets,
        whole_messages: bool = False,
    ) -> None:
        self.last_seq = 0
        self._whole_messages = whole_messages
        self._secrets = secrets
        self._next_number = 1
        self._chunk_offsets: dict[int, int] = {}
        self._tails: dict[tuple[str, Direction], _DirectionTail] = {}
        self._database = connect(path)
        try:
            create_tables(self._database)
            prepare_for_writing(self._database)
            put_meta(self._database, "started_wall_ns", started_wall_ns)
        except BaseException:
            self._database.close()
            raise

    def prepare(self, events: list[AnyEvent], chunks: Sequence[PayloadChunk]) -> Rows:
        """Make the rows for these events, in any order, and these chunks, in order."""
        events.sort(key=_seq)  # nearly always in order already, which costs next to nothing
        blocks: list[Block] = []
        windows: list[WindowRow] = []
        if events and events[0].seq <= self.last_seq:
            late = [event for event in events if event.seq <= self.last_seq]
            blocks += self._merge_late(late)
            events = events[len(late) :]
        for part in _parts(events):
            block, hidden = self._pack(part, self._next_number)
            blocks.append(block)
            if hidden:
                windows += self._note_windows(part)
            self._next_number += 1
            self.last_seq = part[-1].seq
        return Rows(blocks, self._chunk_rows(chunks), windows, self.last_seq)

    def commit(self, rows: Rows) -> None:
        """Write the rows or none of them; sqlite3.Error when that fails."""
        execute = self._database.execute
        many = self._database.executemany
        execute("BEGIN IMMEDIATE")
        try:
            many("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows.blocks)
            many("INSERT INTO payload_chunk VALUES (?, ?, ?, ?)", rows.chunks)
            many("INSERT OR REPLACE INTO inflate_window VALUES (?, ?, ?, ?, ?)", rows.windows)
            execute("COMMIT")
        except sqlite3.Error:
            if self._database.in_transaction:
                execute("ROLLBACK")
            raise

    def lose_windows(self) -> None:
        """Events were dropped: no window is known until the streams have gone on for a while."""
        for tail in self._tails.values():
            tail.lose()

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

    def _merge_late(self, late: list[AnyEvent]) -> list[Block]:
        """Put events whose numbers belong into blocks that are written already into those blocks.

        Happens when two threads number events at the same moment (a gap noted by the writer, a
        frame by the connection). The record goes where its number belongs.
        """
        by_block: dict[int, tuple[Block | None, list[AnyEvent]]] = {}
        for event in late:
            block = self._block_for(event.seq)
            by_block.setdefault(block.first_seq if block else 0, (block, []))[1].append(event)
        merged = []
        for block, events in by_block.values():
            kept = block.decode_events() if block else []
            number = block.number if block else 0
            everything = sorted({e.seq: e for e in [*events, *kept]}.values(), key=_seq)
            merged.append(self._pack(everything, number)[0])
        return merged

    def _pack(self, events: Sequence[AnyEvent], number: int) -> tuple[Block, bool]:
        return pack_block(
            events, number=number, secrets=self._secrets, whole_messages=self._whole_messages
        )

    def _block_for(self, seq: int) -> Block | None:
        row = self._database.execute(
            "SELECT * FROM block WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1", (seq,)
        ).fetchone()
        return Block(*row) if row else None

    def _chunk_rows(self, chunks: Sequence[PayloadChunk]) -> list[ChunkRow]:
        pieces: dict[int, list[bytes]] = {}
        for chunk in chunks:
            pieces.setdefault(chunk.payload_id, []).append(chunk.data)
        rows = []
        for payload_id, parts in pieces.items():
            whole = b"".join(parts)
            offset = self._chunk_offsets.get(payload_id, 0)
            for start in range(0, len(whole), CHUNK_BYTES):
                data = whole[start : start + CHUNK_BYTES]
                rows.append((payload_id, offset + start, zlib.crc32(data), data))
            self._chunk_offsets[payload_id] = offset + len(whole)
        return rows

    def _note_windows(self, events: Sequence[AnyEvent]) -> list[WindowRow]:
        rows: list[WindowRow] = []
        for event in events:
            if type(event) is WebSocketMessage and event.compressed:
                key = (event.connection, event.direction)
                tail = self._tails.get(key)
                if tail is None:
                    tail = self._tails[key] = _DirectionTail()
                window = tail.take(event)
                if window is not None:
                    rows.append((*key, event.seq, zlib.crc32(window), window))
        return rows


class _DirectionTail:
    """What the next compressed message of one direction may refer to, and when to store it."""

    def __init__(self) -> None:
        self._tail = Tail()
        self._since_stored = 0

    def take(self, message: WebSocketMessage) -> bytes | None:
        """Go on by a message; return the window after it when it is time to store one."""
        if message.truncated:
            self._tail.lose()
        else:
            self._tail.add(message.payload)
        self._since_stored += message.length
        if self._since_stored < WINDOW_INTERVAL or not self._tail.known:
            return None
        self._since_stored = 0
        return self._tail.window()

    def lose(self) -> None:
        """Forget all: messages went by that were not seen."""
        self._tail.lose()


def _parts(events: Sequence[AnyEvent]) -> Iterator[Sequence[AnyEvent]]:
    """Cut into what makes one block each; a sample says how long the payloads are."""
    sample = events[::16]
    sampled_bytes = sum(len(getattr(event, "payload", b"")) for event in sample)
    fitting = BLOCK_BYTES * len(sample) // max(1, sampled_bytes)
    step = max(1, min(BLOCK_EVENTS, fitting))
    for start in range(0, len(events), step):
        yield events[start : start + step]
