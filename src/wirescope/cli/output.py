"""What goes to stdout: data and nothing else, in one of three forms.

`text` is the payload of each received message: text one per line, binary as one line of hex, of
base64, or raw. `ndjson` is every event, a JSON object a line. `table` is every event, a row each.
On a terminal, text that a peer sent is escaped, so that it cannot steer the terminal.
"""

import codecs
from base64 import b64encode
from collections.abc import Callable
from typing import Literal, Protocol

from wirescope.capture import redact
from wirescope.cli.escape import escape_json, escape_lines
from wirescope.cli.layout import Layout
from wirescope.cli.rows import Row, RowBuilder
from wirescope.events import (
    CaptureGap,
    ConnectionFailed,
    ConnectionOpening,
    DataChannelMessage,
    Emission,
    Event,
    Full,
    MessageChunk,
    MessageKind,
    PayloadChunk,
    Transport,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    ndjson_line,
)

Write = Callable[[bytes], Full | None]
BinaryForm = Literal["hex", "base64", "raw"]

_MESSAGES: dict[Transport, type[WebSocketMessage | DataChannelMessage]] = {
    "websocket": WebSocketMessage,
    "webrtc": DataChannelMessage,
}
_UNITS: dict[Transport, tuple[type, ...]] = {
    "websocket": (WebSocketFrame, WebSocketMessage),
    "webrtc": (DataChannelMessage,),
}


def is_received(emission: Emission, transport: Transport) -> bool:
    """Whether it is a message that has come over this transport."""
    return isinstance(emission, _MESSAGES[transport]) and emission.direction == "received"


class Output(Protocol):
    """A form of stdout."""

    def feed(self, emission: Emission) -> Full | None:
        """Take what a producer emits, in order."""

    def finish(self) -> None:
        """Nothing more will come."""


class TextOutput:
    """Payloads of received messages.

    Args:
        write: takes the bytes.
        binary: how binary messages are written.
        safe: escape control characters, for a terminal.
        include: write the handshake's response head first, as curl's `-i`.
        body: write the body of a refused upgrade, unless another attempt follows.
        limit: write at most this many messages.
        transport: whose messages; those of others are signaling.
    """

    def __init__(
        self,
        write: Write,
        *,
        binary: BinaryForm = "hex",
        safe: bool = False,
        include: bool = False,
        body: bool = True,
        limit: int | None = None,
        transport: Transport = "websocket",
    ) -> None:
        self._write = write
        self._transport = transport
        self._binary: BinaryForm = binary
        self._safe = safe
        self._include = include
        self._body = body
        self._left = limit
        self._chunks: _Chunks | None = None
        self._refusal = b""

    def feed(self, emission: Emission) -> Full | None:
        """Write the payload of a received message."""
        if is_received(emission, self._transport):
            return self._message(emission)  # type: ignore[arg-type]
        if isinstance(emission, MessageChunk):
            is_own = emission.direction == "received" and self._transport == "websocket"
            return self._chunk(emission) if is_own else None
        if isinstance(emission, WebSocketHandshake) and self._include and emission.response:
            return self._write(self._http(_head(emission)))
        if isinstance(emission, ConnectionOpening):
            self._refusal = b""  # after a redirect, a challenge or a retry
        elif isinstance(emission, ConnectionFailed) and self._body:
            self._refusal = emission.body or b""
        return None

    def finish(self) -> None:
        """Write the body of the refusal that was the end."""
        if self._refusal:
            self._write(self._http(self._refusal.removesuffix(b"\n") + b"\n"))

    def _message(self, message: WebSocketMessage | DataChannelMessage) -> Full | None:
        if self._left is not None:
            if self._left == 0:
                return None
            self._left -= 1
        if self._chunks is not None:
            chunks, self._chunks = self._chunks, None
            return self._write(chunks.end())
        if message.kind == "text":
            return self._write(self._shown(message.payload) + b"\n")
        if self._safe and self._binary == "raw":
            return self._write(self._shown(message.payload) + b"\n")
        return self._write(_binary_line(message.payload, self._binary))

    def _chunk(self, chunk: MessageChunk) -> Full | None:
        # A message too long for memory goes out as it comes.
        if self._left == 0:
            return None
        if self._chunks is None:
            self._chunks = _Chunks(chunk.kind, self._binary, safe=self._safe)
        return self._write(self._chunks.feed(chunk.data))

    def _http(self, data: bytes) -> bytes:
        # CR is a part of HTTP's line ends and not of what a person wants to see.
        return self._shown(data.replace(b"\r\n", b"\n")) if self._safe else data

    def _shown(self, data: bytes) -> bytes:
        if not self._safe:
            return data
        return escape_lines(data.decode("utf-8", "backslashreplace")).encode()


class _Chunks:
    """A long message on its way out."""

    def __init__(self, kind: MessageKind, form: BinaryForm, *, safe: bool) -> None:
        self._form = "text" if kind == "text" or (form == "raw" and safe) else form
        self._safe = safe
        self._rest = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def feed(self, data: bytes) -> bytes:
        match self._form:
            case "text" if self._safe:
                return escape_lines(self._decoder.decode(data)).encode()
            case "text" | "raw":
                return data
            case "hex":
                return data.hex().encode()
        data = self._rest + data
        whole = len(data) - len(data) % 3
        self._rest = data[whole:]
        return b64encode(data[:whole])

    def end(self) -> bytes:
        if self._form == "raw":
            return b""
        rest = self._decoder.decode(b"", final=True)
        return b64encode(self._rest) + escape_lines(rest).encode() + b"\n"


def _binary_line(data: bytes, form: BinaryForm) -> bytes:
    if form == "raw":
        return data
    return (data.hex().encode() if form == "hex" else b64encode(data)) + b"\n"


def _head(handshake: WebSocketHandshake) -> bytes:
    shown = redact(handshake)
    assert isinstance(shown, WebSocketHandshake)
    return shown.response.encode("latin-1").rstrip(b"\r\n") + b"\r\n\r\n"


class NdjsonOutput:
    """Every event as a line of NDJSON, secrets redacted.

    Args:
        write: takes the bytes.
        started_wall_ns: the capture's start.
        safe: escape control characters that JSON allows, for a terminal.
        limit: after this many received messages, the data that still comes is left out, and one
            `capture.gap` says how much.
        transport: whose messages are counted.
    """

    def __init__(
        self,
        write: Write,
        *,
        started_wall_ns: int,
        safe: bool = False,
        limit: int | None = None,
        transport: Transport = "websocket",
    ) -> None:
        self._write = write
        self._transport = transport
        self._safe = safe
        self._started_wall_ns = started_wall_ns
        self._left = limit
        self._gap: CaptureGap | None = None

    def feed(self, emission: Emission) -> Full | None:
        """Write an event."""
        if isinstance(emission, PayloadChunk | MessageChunk):
            return None
        if self._left is not None and self._beyond_limit(emission):
            return None
        if self._gap is not None:
            self._line(self._gap)
            self._gap = None
        return self._line(emission)

    def finish(self) -> None:
        """Tell of events that were left out."""
        if self._gap is not None:
            self._line(self._gap)

    def _line(self, event: Emission) -> Full | None:
        assert isinstance(event, Event)
        line = ndjson_line(redact(event), started_wall_ns=self._started_wall_ns)
        return self._write(escape_json(line.decode()).encode() if self._safe else line)

    def _beyond_limit(self, event: Emission) -> bool:
        if not isinstance(event, _UNITS[self._transport]):
            return False
        assert isinstance(event, WebSocketFrame | WebSocketMessage | DataChannelMessage)
        if event.direction != "received":
            return False
        if self._left == 0:
            if isinstance(event, WebSocketFrame) and event.is_control:
                return False
            count = self._gap.count + 1 if self._gap else 1
            reason = "more came than -n asked for"
            self._gap = CaptureGap(event.seq, event.at_ns, event.connection, count, reason)
            return True
        if isinstance(event, _MESSAGES[self._transport]):
            assert self._left is not None
            self._left -= 1
        return False


class TableOutput:
    """Every event as a row of a table.

    Args:
        write: takes the bytes.
        layout: how rows are written.
        summary: says in a line what a message means; None shows its payload.
    """

    def __init__(
        self,
        write: Write,
        layout: Layout,
        summary: Callable[[WebSocketMessage], str | None] | None = None,
    ) -> None:
        self._write = write
        self._layout = layout
        self._rows = RowBuilder(summary)
        self._begun = False

    def feed(self, emission: Emission) -> Full | None:
        """Write the rows that an event completes."""
        if isinstance(emission, PayloadChunk | MessageChunk):
            return None
        return self._print(self._rows.feed(emission))

    def finish(self) -> None:
        """Write the row that was held back."""
        self._print(self._rows.flush())

    def _print(self, rows: list[Row]) -> Full | None:
        lines = [self._layout.line(row) for row in rows]
        if lines and not self._begun:
            self._begun = True
            lines.insert(0, self._layout.head())
        return self._write("".join(f"{line}\n" for line in lines).encode()) if lines else None
