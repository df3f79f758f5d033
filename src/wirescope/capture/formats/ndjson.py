"""A capture as NDJSON, one event a line, and NDJSON as a capture.

The lines are those of `wirescope.events.ndjson`. They carry payloads up to `INLINE_LIMIT`; of a
longer one they carry the beginning, so a capture made of them has no more of it either.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from wirescope.capture.filter import Filter
from wirescope.capture.formats.building import OnProgress, build_capture
from wirescope.capture.formats.selection import Selection
from wirescope.capture.reader import Capture
from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureFormatError
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


def write_ndjson(selection: Selection, stream: BinaryIO) -> None:
    """Write the chosen events as lines."""
    stream.writelines(
        ndjson_line(event, started_wall_ns=selection.started_wall_ns)
        for event in selection.events()
    )


def read_ndjson(lines: Lines) -> Iterator[AnyEvent]:
    """Yield the events of NDJSON lines; CaptureFormatError names the line that is not one."""
    return (event for event, _ in _numbered(lines))


def import_ndjson(
    source: str | Path | Lines, out: str | Path, *, on_progress: OnProgress = lambda _count: None
) -> int:
    """Make a capture of NDJSON lines, or of a file of them; return how many events it holds.

    CaptureFormatError names the line that is not an event, or not in order; CaptureExistsError
    when `out` exists. In either case nothing is left behind.
    """
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as file:
            return import_ndjson(file, out, on_progress=on_progress)
    numbered = _numbered(source)
    first = next(numbered, None)
    events = (event for event, _ in chain([first] if first else [], numbered))
    started_wall_ns = first[1] if first else 0
    return build_capture(
        Path(out), events, started_wall_ns=started_wall_ns, on_progress=on_progress
    )


def read_capture(
    file: BinaryIO, out: Path, *, on_progress: OnProgress = lambda _count: None
) -> tuple[int, list[str]]:
    """Make a capture of lines, as the registry of formats asks for it."""
    return import_ndjson(file, out, on_progress=on_progress), []


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
