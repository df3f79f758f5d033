"""Rows read out of an SQLite file page by page, for one that SQLite refuses to read.

A table's rows stand in leaf pages, each cell a row, long rows continued on overflow pages
(https://sqlite.org/fileformat2.html, sections 1.6 and 2.1). The tree above the leaves is not
needed to find them. Nothing is taken for granted: whatever does not add up is passed over, and who
reads decides by a row's checksum whether it is one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

RECORD_LIMIT = 256 << 20
"""A row longer than this is none: what claims to be one is damaged."""

_LEAF_OF_TABLE = 0x0D
_HEADER_SIZE = 100
_WAL_HEADER_SIZE = 32
_WAL_FRAME_HEADER_SIZE = 24
_WAL_MAGICS = (0x377F0682, 0x377F0683)

Value = int | float | bytes | str | None


class Row(NamedTuple):
    """A row: its rowid and its columns; text and blobs both are bytes."""

    rowid: int
    values: tuple[Value, ...]


class Pages:
    """The pages of a file, those that its write-ahead log replaces included."""

    def __init__(self, path: Path, *, default_page_size: int) -> None:
        self._file: BinaryIO = path.open("rb")
        header = self._file.read(_HEADER_SIZE)
        self.size = _page_size(header) or default_page_size
        self.count = -(-path.stat().st_size // self.size)
        self._log: dict[int, int] = {}
        self._log_file: BinaryIO | None = None
        log = path.with_name(path.name + "-wal")
        if log.is_file() and log.stat().st_size > _WAL_HEADER_SIZE:
            self._log_file = log.open("rb")
            self._log = _log_index(self._log_file, self.size)
            self.count = max(self.count, *self._log, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._file.close()
        if self._log_file is not None:
            self._log_file.close()

    def read(self, number: int) -> bytes:
        """Read page `number`, 1 being the first; shorter than `size` where the file ends."""
        if number in self._log and self._log_file is not None:
            self._log_file.seek(self._log[number])
            return self._log_file.read(self.size)
        self._file.seek((number - 1) * self.size)
        return self._file.read(self.size)

    def rows(self) -> Iterator[Row]:
        """Yield what looks like rows of any table."""
        for number in range(1, self.count + 1):
            page = self.read(number)
            start = _HEADER_SIZE if number == 1 else 0
            if len(page) < start + 8 or page[start] != _LEAF_OF_TABLE:
                continue
            cells = int.from_bytes(page[start + 3 : start + 5], "big")
            for index in range(min(cells, self.size // 4)):
                pointer = start + 8 + 2 * index
                offset = int.from_bytes(page[pointer : pointer + 2], "big")
                row = self._row(page, offset)
                if row is not None:
                    yield row

    def _row(self, page: bytes, offset: int) -> Row | None:
        try:
            length, at = _varint(page, offset)
            rowid, at = _varint(page, at)
            if length > RECORD_LIMIT:
                return None
            local = self._local_length(length)
            # The record's own header must add up before any overflow page is followed.
            types, body = _record_types(page, at, length)
        except (IndexError, ValueError):
            return None
        record = page[at : at + local]
        if length > local:
            first = int.from_bytes(page[at + local : at + local + 4], "big")
            record += self._overflow(first, length - local)
        if len(record) < length:
            return None
        return Row(rowid, _values(record, types, body))

    def _local_length(self, length: int) -> int:
        """Say how much of a record stands in its leaf (section 1.6)."""
        most = self.size - 35
        if length <= most:
            return length
        least = (self.size - 12) * 32 // 255 - 23
        fitting = least + (length - least) % (self.size - 4)
        return fitting if fitting <= most else least

    def _overflow(self, number: int, length: int) -> bytes:
        pieces = []
        while length > 0 and 0 < number <= self.count:
            page = self.read(number)
            if len(page) < 4:
                break
            pieces.append(page[4 : 4 + length])
            length -= len(pieces[-1])
            if len(page) < self.size:
                break
            number = int.from_bytes(page[:4], "big")
        return b"".join(pieces)


def _page_size(header: bytes) -> int | None:
    size = int.from_bytes(header[16:18], "big")
    size = 65536 if size == 1 else size
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else None


def _log_index(file: BinaryIO, page_size: int) -> dict[int, int]:
    """Say where in the write-ahead log each page stands last (section 4)."""
    header = file.read(_WAL_HEADER_SIZE)
    if int.from_bytes(header[:4], "big") not in _WAL_MAGICS:
        return {}
    salts = header[16:24]
    committed: dict[int, int] = {}
    waiting: dict[int, int] = {}
    at = _WAL_HEADER_SIZE
    while len(frame := file.read(_WAL_FRAME_HEADER_SIZE)) == _WAL_FRAME_HEADER_SIZE:
        if frame[8:16] != salts:  # left from before the log was begun anew
            break
        waiting[int.from_bytes(frame[:4], "big")] = at + _WAL_FRAME_HEADER_SIZE
        if frame[4:8] != b"\0\0\0\0":  # the last frame of a transaction
            committed |= waiting
            waiting.clear()
        at += _WAL_FRAME_HEADER_SIZE + page_size
        file.seek(at)
    return committed


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a variable-length integer and where it ends (section 1.6)."""
    value = 0
    for index in range(8):
        byte = data[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    value = value << 8 | data[at + 8]
    return (value - (1 << 64) if value >> 63 else value), at + 9


def _record_types(page: bytes, at: int, length: int) -> tuple[list[int], int]:
    """Read the types of a record's columns and where its body begins (section 2.1)."""
    header_length, position = _varint(page, at)
    types = []
    while position < at + header_length:
        kind, position = _varint(page, position)
        types.append(kind)
    if position - at != header_length or header_length + sum(map(_width, types)) != length:
        raise ValueError("not a record")
    return types, header_length


_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)


def _width(kind: int) -> int:
    if kind < 0 or kind in (10, 11):
        raise ValueError("no such type of column")
    return _WIDTHS[kind] if kind < 10 else (kind - 12) // 2


def _values(record: bytes, types: list[int], at: int) -> tuple[Value, ...]:
    values: list[Value] = []
    for kind in types:
        data = record[at : at + _width(kind)]
        at += len(data)
        if kind in (0, 7):  # NULL; a float, which no table of a capture has
            values.append(None)
        elif kind in (8, 9):
            values.append(kind - 8)
        elif kind < 7:
            values.append(int.from_bytes(data, "big", signed=True))
        else:
            values.append(data)
    return tuple(values)
