"""What `wirescope show` reads: a capture, or NDJSON from a file or stdin."""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec

from wirescope.capture import (
    Capture,
    Filter,
    GroupKey,
    GroupStatistics,
    Statistics,
    open_capture,
    read_ndjson,
    recognise,
)
from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureError, CaptureFormatError, UsageError
from wirescope.events import (
    AnyEvent,
    CaptureGap,
    DataChannelMessage,
    WebSocketFrame,
    WebSocketMessage,
    opcode_name,
)

_SQLITE = b"SQLite format 3\x00"
_ZIP = b"PK\x03\x04"
_WHOLE_PAYLOAD = 1 << 30


class Source(Protocol):
    """Something that events can be read from.

    Attributes:
        name: how to call it.
        started_wall_ns: the wall clock at its start.
        last_seq: number of the last event; 0 when that is not known yet.
        live: whether more may come while it is read.
    """

    name: str
    started_wall_ns: int
    last_seq: int
    live: bool

    def events(
        self, wanted: Filter | None, *, after: int = 0, before: int | None = None
    ) -> Iterator[AnyEvent]:
        """Yield events in order, those with `after < seq < before` that the filter lets through."""

    def payload(self, seq: int) -> Iterator[bytes]:
        """Yield the whole payload of an event in pieces."""

    def statistics(self) -> Statistics:
        """Sum everything up."""

    def close(self) -> None:
        """Close the file."""


class CaptureSource:
    """A capture."""

    live = False

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.name = str(capture.path)
        self.started_wall_ns = capture.started_wall_ns
        self.last_seq = capture.last_seq

    def events(
        self, wanted: Filter | None, *, after: int = 0, before: int | None = None
    ) -> Iterator[AnyEvent]:
        """Yield events in order."""
        return self.capture.events(filter=wanted, after=after, before=before)

    def payload(self, seq: int) -> Iterator[bytes]:
        """Yield the whole payload of an event in pieces."""
        try:
            return self.capture.payload(seq, limit=_WHOLE_PAYLOAD)
        except CaptureFormatError:
            raise
        except CaptureError as error:  # there is no such event, or it has none
            raise UsageError(error.message, hint=error.hint) from None

    def statistics(self) -> Statistics:
        """Sum everything up."""
        return self.capture.statistics()

    def close(self) -> None:
        """Close the file."""
        self.capture.close()


class LinesSource:
    """NDJSON, read once from beginning to end."""

    last_seq = 0

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        self.live = name == "-"
        self._stream = stream
        first = next((line for line in stream if line.strip()), b"")
        self.started_wall_ns = _start_implied_by(first)
        self.lines: Iterator[bytes] = chain([first], stream)

    def events(
        self, wanted: Filter | None, *, after: int = 0, before: int | None = None
    ) -> Iterator[AnyEvent]:
        """Yield events in order."""
        for event in read_ndjson(self.lines):
            inside = event.seq > after and (before is None or event.seq < before)
            if inside and (wanted is None or wanted.matches(event)):
                yield event

    def payload(self, seq: int) -> Iterator[bytes]:
        """Yield the payload of an event; of a preview there is no more in NDJSON."""
        for event in read_ndjson(self.lines):
            if event.seq != seq:
                continue
            if not isinstance(event, WebSocketFrame | WebSocketMessage | DataChannelMessage):
                raise UsageError(f"Event {seq} is a {event.type}, which has no payload.")
            length = event.payload_length if isinstance(event, WebSocketFrame) else event.length
            if len(event.payload) < length:
                raise UsageError(
                    f"{self.name} has only the beginning of event {seq}'s payload.",
                    hint="The capture has it whole; NDJSON has a preview above 1 MiB.",
                )
            yield event.payload
            return
        raise UsageError(f"There is no event {seq} in {self.name}.")

    def statistics(self) -> Statistics:
        """Sum everything up."""
        statistics = Statistics()
        for event in read_ndjson(self.lines):
            _count(statistics, event)
        return statistics

    def close(self) -> None:
        """Close the file."""
        if not self.live:
            self._stream.close()


def open_source(name: str) -> Source:
    """Open what a person names: a capture, NDJSON, or `-` for NDJSON on stdin.

    Raises:
        UsageError: there is no such file.
        CaptureFormatError: it is neither.
    """
    if name == "-":
        return LinesSource("-", sys.stdin.buffer)
    path = Path(name)
    try:
        stream = path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{name} cannot be read: {reason}.") from None
    beginning = stream.peek(len(_SQLITE))
    if beginning.startswith(_ZIP) or _is_har(beginning):
        stream.close()
        raise CaptureFormatError(
            f"{name} is {'a zip file' if beginning.startswith(_ZIP) else 'a HAR'}, not a capture.",
            hint=f"Make a capture of it with `wirescope import {name}`.",
        )
    if beginning.lstrip()[:1] == b"{":
        return LinesSource(name, stream)
    stream.close()
    # A damaged capture need not begin as one, so the reader decides.
    return CaptureSource(open_capture(path))


def _is_har(beginning: bytes) -> bool:
    is_object = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return is_object and b'"log"' in beginning and recognise(beginning).name == "har"


def _start_implied_by(line: bytes) -> int:
    """Read the wall clock at a capture's start out of one of its events; 0 where it is not told."""
    try:
        record = msgspec.json.decode(line, type=dict[str, Any])
        return parse_rfc3339(record["time"]) - int(record["at_ns"])
    except (msgspec.DecodeError, KeyError, ValueError, TypeError):
        return 0  # whether the line is an event at all is told by who reads it


def _count(statistics: Statistics, event: AnyEvent) -> None:
    key = GroupKey(event.connection, event.type)
    length = wire_length = 0
    if isinstance(event, WebSocketFrame):
        key = GroupKey(event.connection, event.type, event.direction, opcode_name(event.opcode))
        length, wire_length = event.payload_length, event.wire_length
    elif isinstance(event, WebSocketMessage):
        key = GroupKey(event.connection, event.type, event.direction, event.kind, event.compressed)
        length, wire_length = event.length, event.wire_length
    elif isinstance(event, DataChannelMessage):
        key = GroupKey(event.connection, event.type, event.direction, event.kind)
        length = event.length
    figures = statistics.groups.setdefault(key, GroupStatistics(min_length=length))
    figures.count += 1
    figures.payload_bytes += length
    figures.wire_bytes += wire_length
    figures.min_length = min(figures.min_length, length)
    figures.max_length = max(figures.max_length, length)
    bits = length.bit_length()
    figures.histogram[bits] = figures.histogram.get(bits, 0) + 1
    if not statistics.events:
        statistics.first_seq, statistics.first_at_ns = event.seq, event.at_ns
    statistics.events += 1
    statistics.last_seq, statistics.last_at_ns = event.seq, event.at_ns
    if isinstance(event, CaptureGap):
        statistics.missing += event.count
