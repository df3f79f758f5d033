"""Events as Parquet, for captures that are asked by DuckDB, pandas, Polars and the like.

The columns are those of `columns`, with a type each; rows go out in groups, so that memory does not
grow with the capture. pyarrow writes the file; it is large, so it comes with the extra `parquet`.
"""

from typing import Any, BinaryIO

from wirescope.capture.formats.columns import COLUMNS, Kind, Value, row
from wirescope.capture.formats.selection import Selection
from wirescope.errors import UsageError

_GROUP_ROWS = 1 << 14
_GROUP_BYTES = 16 << 20

# RFC 6455 section 5.2: an announced length has 64 bits, all of which a peer may set.
_UNSIGNED = ("payload_length",)


class _Sink:
    """What pyarrow writes to: it asks where it is, which a pipe does not know."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0

    def write(self, data: Any) -> int:
        self._at += self._stream.write(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self.closed = True


def write_parquet(selection: Selection, stream: BinaryIO) -> None:
    """Write the chosen events; UsageError when pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UsageError(
            "Parquet is written with pyarrow, which is not installed.",
            hint="Install it with `pip install 'wirescope[parquet]'`.",
        ) from None
    schema = pa.schema([(name, _type(pa, name)) for name in COLUMNS])
    with parquet.ParquetWriter(_Sink(stream), schema, compression="zstd") as writer:
        rows: list[dict[str, Value]] = []
        size = 0
        for event in selection.events():
            rows.append(_fitting(row(event, selection)))
            size += 256 + len(getattr(event, "payload", b""))
            if len(rows) >= _GROUP_ROWS or size >= _GROUP_BYTES:
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))
                rows, size = [], 0
        writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))


def _type(pa: Any, name: str) -> Any:
    if name in _UNSIGNED:
        return pa.uint64()
    kinds = {
        Kind.WHOLE: pa.int64,
        Kind.TEXT: pa.string,
        Kind.TRUTH: pa.bool_,
        Kind.BYTES: pa.binary,
    }
    return kinds[COLUMNS[name]]()


def _fitting(values: dict[str, Value]) -> dict[str, Value]:
    """Leave out numbers that have no place in 64 bits: a frame of 2^64 - 1 bytes and its header."""
    return {name: value for name, value in values.items() if _fits(name, value)}


def _fits(name: str, value: Value) -> bool:
    if not isinstance(value, int):
        return True
    return 0 <= value < 1 << 64 if name in _UNSIGNED else -(1 << 63) <= value < 1 << 63
