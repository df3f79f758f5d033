"""Events made of what a HAR of another program tells: a handshake, and messages with their times.

Such a HAR has no frames, so each message becomes one frame that would have carried it: not
compressed, with the masking key 00 00 00 00 where the client sent it. Pings, pongs, Close frames
and the end are not known. A `capture.gap` at the beginning says all of this in the capture itself.
"""

import heapq
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from itertools import count
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

import msgspec

from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureFormatError
from wirescope.events import (
    BINARY,
    INLINE_LIMIT,
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

GAP_REASON = (
    "The HAR has whole messages only: each frame here is made of a message, with a masking key of"
    " zeros where one was sent; pings, pongs, Close frames and fragments are not known."
)
_LATEST_NS = 1 << 62
_DIRECTIONS: dict[str, Direction] = {"send": "sent", "receive": "received"}
_STEPS = {"dns": "dns", "connect": "tcp", "ssl": "tls", "wait": "upgrade"}

Draft = tuple[int, Callable[[Callable[[], int]], list[Emission]]]
"""When something happened, and what makes emissions of it, given numbers."""


class Message(msgspec.Struct):
    """An element of `_webSocketMessages`."""

    type: str
    time: float
    opcode: int
    data: str


class _Field(msgspec.Struct):
    name: str
    value: str


class _Request(msgspec.Struct):
    url: str
    method: str = "GET"
    headers: list[_Field] = []


class _Content(msgspec.Struct):
    text: str | None = None


class _Response(msgspec.Struct):
    status: int = 0
    statusText: str | None = ""  # noqa: N815 -- the name is HAR's
    headers: list[_Field] = []
    content: _Content | None = None


class ForeignEntry(msgspec.Struct):
    """An entry of a HAR that is a WebSocket's."""

    startedDateTime: str  # noqa: N815 -- the name is HAR's
    request: _Request
    response: _Response
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
    yield CaptureGap(next_seq(), 0, "", 0, GAP_REASON)
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
        yield self._plain(now_ns, ConnectionOpening, _websocket_url(entry.request.url), "websocket")
        for name, duration_ns in _steps(entry.timings):
            now_ns = min(now_ns + duration_ns, _LATEST_NS)
            yield self._plain(now_ns, ConnectionPhase, name, duration_ns)
        yield self._plain(now_ns, WebSocketHandshake, *_handshake(entry))
        if response.status == 101 or entry.messages:
            yield self._plain(now_ns, ConnectionOpened)
        else:
            yield self._plain(now_ns, ConnectionFailed, *_failure(response))
        for number, message in enumerate(entry.messages):
            if message.type == "error":
                continue  # Chrome's own words about a connection that broke
            where = f"Entry {self._at}, message {number}"
            now_ns = max(now_ns, self._time_of(message, where))
            yield now_ns, self._message(message, now_ns, where)

    def _plain(self, at_ns: int, kind: Callable[..., AnyEvent], *fields: Any) -> Draft:
        return at_ns, lambda next_seq: [kind(next_seq(), at_ns, self._name, *fields)]

    def _time_of(self, message: Message, where: str) -> int:
        if not 0 <= message.time < _LATEST_NS / 1e9:
            raise CaptureFormatError(
                f"{where} has the time {message.time}, which is no number of seconds since 1970."
            )
        return round(message.time * 1e9) - self._started_wall_ns

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


def _bytes_of(message: Message, where: str) -> bytes:
    try:
        if message.opcode == TEXT:
            return message.data.encode()
        return b64decode(message.data, validate=True)
    except (Base64Error, ValueError) as error:
        raise CaptureFormatError(f"{where} has data that is none: {error}.") from None


def _websocket_url(url: str) -> str:
    """Give the address its own scheme; mitmproxy writes that of HTTP."""
    for http, websocket in (("http:", "ws:"), ("https:", "wss:")):
        if url.lower().startswith(http):
            return websocket + url[len(http) :]
    return url


def _steps(timings: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the steps of connecting; `ssl` is a part of `connect` in HAR, and -1 is unknown."""
    ms = {
        name: float(value)
        for name, value in timings.items()
        if name in _STEPS and isinstance(value, int | float) and 0 <= value < _LATEST_NS / 1e6
    }
    if "connect" in ms and "ssl" in ms:
        ms["connect"] = max(0.0, ms["connect"] - ms["ssl"])
    ms.setdefault("wait", 0.0)  # that there was a request says that somebody asked
    for name, step in _STEPS.items():
        if name in ms:
            yield step, round(ms[name] * 1e6)


def _handshake(entry: ForeignEntry) -> tuple[str, str, int, str, list[str]]:
    """Write the two heads as they will have been, and what was agreed in them."""
    request, response = entry.request, entry.response
    try:
        parts = urlsplit(request.url)
    except ValueError:
        parts = urlsplit("")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    asked = _head(f"{request.method} {target} HTTP/1.1", request.headers)
    answered = ""
    if response.status:
        line = f"HTTP/1.1 {response.status} {response.statusText or ''}".rstrip()
        answered = _head(line, response.headers)
    values = {field.name.lower(): field.value for field in response.headers}
    extensions = values.get("sec-websocket-extensions", "")
    agreed = [part.strip() for part in extensions.split(",") if part.strip()]
    return asked, answered, response.status, values.get("sec-websocket-protocol", ""), agreed


def _head(first: str, fields: list[_Field]) -> str:
    lines = [first, *(f"{each.name}: {each.value}" for each in fields if each.name[:1] != ":")]
    # A head is bytes, each the character of the same number; a line break would end the field.
    clean = (" ".join(line.split()) for line in lines)
    text = "".join(f"{line}\r\n" for line in clean)
    return text.encode("utf-8", "replace").decode("latin-1").removesuffix("\r\n")


def _failure(response: _Response) -> tuple[str, str, str, str, int | None, bytes | None]:
    text = response.content.text if response.content else None
    body = text.encode("utf-8", "replace") if text else None
    if response.status:
        said = f"The server answered {response.status} instead of 101."
        return "upgrade", "status", said, "", response.status, body
    said = "No connection came about; the HAR does not say why."
    return "tcp", "unknown", said, "", None, None
