"""Events made of what a HAR of another program tells: a handshake, and messages with their times.

Such a HAR has no frames, so each message becomes one frame that would have carried it: not
compressed, with the masking key 00 00 00 00 where the client sent it. Pings, pongs, Close frames
and the end are not known. A `capture.gap` at the beginning of each connection says all of this in
the capture itself.
"""

import heapq
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from itertools import count
from operator import itemgetter
from typing import Any

import msgspec

from wirescope.capture.formats.har_handshake import (
    Request,
    Response,
    failure,
    handshake,
    steps,
    websocket_url,
)
from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureFormatError
from wirescope.events import (
    BINARY,
    INLINE_LIMIT,
    MESSAGES_ONLY,
    PREVIEW_LENGTH,
    TEXT,
    AnyEvent,
    CaptureGap,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    Direction,
    Emission,
    PayloadChunk,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.wire.websocket import build_header

_LATEST_NS = 1 << 62
_FIRST_MS = 1e11  # as seconds it is in the year 5138, as milliseconds in 1973
_ROUNDED_NS = 2_000_000  # the beginning of an entry has milliseconds
_DIRECTIONS: dict[str, Direction] = {"send": "sent", "receive": "received"}

Draft = tuple[int, Callable[[Callable[[], int]], list[Emission]]]
"""When something happened, and what makes emissions of it, given numbers."""


class Message(msgspec.Struct):
    """An element of `_webSocketMessages`."""

    type: str
    time: float
    opcode: int
    data: str


class ForeignEntry(msgspec.Struct):
    """An entry of a HAR that is a WebSocket's."""

    startedDateTime: str  # noqa: N815 -- the name is HAR's
    request: Request
    response: Response
    timings: dict[str, Any] = {}
    messages: list[Message] = msgspec.field(name="_webSocketMessages", default_factory=list)


def emissions_of(entries: list[tuple[int, ForeignEntry]]) -> tuple[int, Iterator[Emission]]:
    """Give the wall clock at the start, and the emissions of all entries in the order of time."""
    begins = {at: _began(at, entry) for at, entry in entries}
    started_wall_ns = min(begins.values())
    payload_ids = count(1)
    streams = [
        _EntryReader(at, f"c{number}", entry, started_wall_ns, payload_ids).drafts(begins[at])
        for number, (at, entry) in enumerate(entries, 1)
    ]
    return started_wall_ns, _numbered(heapq.merge(*streams, key=itemgetter(0)))


def _began(at: int, entry: ForeignEntry) -> int:
    try:
        wall_ns = parse_rfc3339(entry.startedDateTime)
    except (ValueError, OverflowError) as error:
        raise CaptureFormatError(f"Entry {at}, `startedDateTime`: {error}.") from None
    if not 0 <= wall_ns < _LATEST_NS:
        raise CaptureFormatError(f"Entry {at} began at {entry.startedDateTime}, which cannot be.")
    return wall_ns


def _numbered(drafts: Iterator[Draft]) -> Iterator[Emission]:
    next_seq = count(1).__next__
    for _, make in drafts:
        yield from make(next_seq)


class _EntryReader:
    """Reads one entry; what it yields is in the order of time."""

    def __init__(
        self, at: int, name: str, entry: ForeignEntry, started_wall_ns: int, ids: Iterator[int]
    ) -> None:
        self._at = at
        self._name = name
        self._entry = entry
        self._started_wall_ns = started_wall_ns
        self._ids = ids
        self._offsets: dict[Direction, int] = {"sent": 0, "received": 0}

    def drafts(self, began_wall_ns: int) -> Iterator[Draft]:
        """Yield everything that the entry tells."""
        now_ns = began_wall_ns - self._started_wall_ns
        entry, response = self._entry, self._entry.response
        yield self._plain(now_ns, CaptureGap, 0, MESSAGES_ONLY)
        yield self._plain(now_ns, ConnectionOpening, websocket_url(entry.request.url), "websocket")
        for name, duration_ns in self._steps(began_wall_ns):
            now_ns = min(now_ns + duration_ns, _LATEST_NS)
            yield self._plain(now_ns, ConnectionPhase, name, duration_ns)
        yield self._plain(now_ns, WebSocketHandshake, *handshake(entry.request, response))
        if response.status == 101 or entry.messages:
            yield self._plain(now_ns, ConnectionOpened)
        else:
            yield self._plain(now_ns, ConnectionFailed, *failure(response))
        for number, message in self._numbered():
            where = f"Entry {self._at}, message {number}"
            now_ns = max(now_ns, _wall_ns(message, where) - self._started_wall_ns)
            yield now_ns, self._message(message, now_ns, where)

    def _numbered(self) -> Iterator[tuple[int, Message]]:
        for number, message in enumerate(self._entry.messages):
            if message.type != "error":  # Chrome's own words about a connection that broke
                yield number, message

    def _steps(self, began_wall_ns: int) -> list[tuple[str, int]]:
        """Give the steps of connecting; that of the upgrade is 0 where it is not known."""
        known = list(steps(self._entry.timings))
        upgraded_ns = began_wall_ns + sum(duration_ns for _, duration_ns in known)
        name, _ = known[-1]
        for number, message in self._numbered():
            at_ns = _wall_ns(message, f"Entry {self._at}, message {number}")
            # In Chrome's HAR the waiting for an answer ends with the last message that came.
            if at_ns < upgraded_ns + _ROUNDED_NS:
                return [*known[:-1], (name, 0)]
            break
        return known

    def _plain(self, at_ns: int, kind: Callable[..., AnyEvent], *fields: Any) -> Draft:
        return at_ns, lambda next_seq: [kind(next_seq(), at_ns, self._name, *fields)]

    def _message(
        self, message: Message, at_ns: int, where: str
    ) -> Callable[[Callable[[], int]], list[Emission]]:
        direction = _DIRECTIONS.get(message.type)
        if direction is None or message.opcode not in (TEXT, BINARY):
            raise CaptureFormatError(
                f"{where} is a {message.type!r} with opcode {message.opcode};"
                " a message is a `send` or `receive` with opcode 1 or 2."
            )
        data = _bytes_of(message, where)

        def make(next_seq: Callable[[], int]) -> list[Emission]:
            return self._emissions(next_seq, at_ns, direction, message.opcode, data)

        return make

    def _emissions(
        self,
        next_seq: Callable[[], int],
        at_ns: int,
        direction: Direction,
        opcode: int,
        data: bytes,
    ) -> list[Emission]:
        key = bytes(4) if direction == "sent" else None
        header = build_header(opcode, len(data), masking_key=key)
        is_long = len(data) > INLINE_LIMIT
        payload_id = next(self._ids) if is_long else 0
        shown = data[:PREVIEW_LENGTH] if is_long else data
        offset = self._offsets[direction]
        frame = WebSocketFrame(
            next_seq(), at_ns, self._name, direction, header, shown, offset, payload_id
        )
        self._offsets[direction] += frame.wire_length
        message = WebSocketMessage(
            next_seq(),
            at_ns,
            self._name,
            direction,
            "text" if opcode == TEXT else "binary",
            len(data),
            frame.wire_length,
            compressed=False,
            frames=(frame.seq,),
            payload=shown,
        )
        chunks = [PayloadChunk(payload_id, self._name, direction, data)] if is_long else []
        return [*chunks, frame, message]


def _wall_ns(message: Message, where: str) -> int:
    """Read a message's time: seconds since 1970, or milliseconds, which Playwright writes."""
    seconds = message.time / 1000 if message.time >= _FIRST_MS else message.time
    if not 0 <= seconds < _LATEST_NS / 1e9:
        raise CaptureFormatError(
            f"{where} has the time {message.time}, which is no number of seconds since 1970."
        )
    return round(seconds * 1e9)


def _bytes_of(message: Message, where: str) -> bytes:
    try:
        if message.opcode == TEXT:
            return message.data.encode()
        return b64decode(message.data, validate=True)
    except (Base64Error, ValueError) as error:
        raise CaptureFormatError(f"{where} has data that is none: {error}.") from None
