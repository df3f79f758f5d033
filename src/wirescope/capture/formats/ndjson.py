"""A capture as NDJSON, one event a line, and NDJSON as a capture.

The lines are those of `wirescope.events.ndjson`. They carry payloads up to `INLINE_LIMIT`; of a
longer one they carry the beginning, so a capture made of them has no more of it either.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from wirescope.capture.filter import Filter
from wirescope.capture.intake import BLOCK_EVENTS, Intake
from wirescope.capture.lock import WriterLock
from wirescope.capture.reader import Capture
from wirescope.capture.store import Store
from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureExistsError, CaptureFormatError, CaptureWriteError
from wirescope.events import AnyEvent, RecordError, event_from_record, ndjson_line

Lines = Iterable[bytes | str]

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def ndjson_lines(
    capture: Capture,
    *,
    filter: Filter | str | None = None,  # noqa: A002
    after: int = 0,
) -> Iterator[bytes]:
    """Yield a capture's events as lines, line feeds included."""
    for event in capture.events(filter=filter, after=after):
        yield ndjson_line(event, started_wall_ns=capture.started_wall_ns)


def read_ndjson(lines: Lines) -> Iterator[AnyEvent]:
    """Yield the events of NDJSON lines; CaptureFormatError names the line that is not one."""
    return (event for event, _ in _numbered(lines))


def import_ndjson(source: str | Path | Lines, out: str | Path) -> int:
    """Make a capture of NDJSON lines, or of a file of them; return how many events it holds.

    CaptureFormatError names the line that is not an event, or not in order; CaptureExistsError
    when `out` exists. In either case nothing is left behind.
    """
    out = Path(out)
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as file:
            return import_ndjson(file, out)
    if out.exists():
        raise CaptureExistsError(f"{out} exists already.", hint="Choose another name.")
    lock = WriterLock(out)
    try:
        return _import(source, out)
    except BaseException as error:
        for suffix in ("", "-wal", "-shm"):
            out.with_name(out.name + suffix).unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise CaptureWriteError(f"{out} cannot be written: {error}.") from None
        raise
    finally:
        lock.release()


def _import(lines: Lines, out: Path) -> int:
    numbered = _numbered(lines)
    first = next(numbered, None)
    started_wall_ns = first[1] if first else 0
    count = at_ns = 0
    intake = Intake(whole_messages=True)
    store = Store(out, started_wall_ns=started_wall_ns)
    try:
        pending = [first[0]] if first else []
        while pending:
            count += len(pending)
            at_ns = pending[-1].at_ns
            intake.add(pending)
            store.commit(store.prepare(intake.take()))
            pending = [event for event, _ in islice(numbered, BLOCK_EVENTS)]
        store.finish(ended_at_ns=at_ns)
    finally:
        store.close()
    return count


def _numbered(lines: Lines) -> Iterator[tuple[AnyEvent, int]]:
    """Yield the events, each with the wall clock at the start of the capture by its own times."""
    last_seq = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = _decode(line)
            event = event_from_record(fields)
            started_wall_ns = parse_rfc3339(fields["time"]) - event.at_ns if "time" in fields else 0
        except (msgspec.DecodeError, RecordError, ValueError, TypeError) as error:
            what = error.message if isinstance(error, RecordError) else str(error)
            raise CaptureFormatError(f"Line {number} is not an event: {what}.") from None
        if not last_seq < event.seq < 1 << 63:
            raise CaptureFormatError(
                f"Line {number} has the number {event.seq} after {last_seq}.",
                hint="The numbers (`seq`) of a capture rise from line to line.",
            )
        last_seq = event.seq
        yield event, started_wall_ns
