"""A capture as HAR 1.2 with WebSocket messages, in the shape that Chrome writes.

An entry is a connection: its opening handshake is the request and the response, its messages stand
in `_webSocketMessages`. What HAR has no place for, which is every frame, the close, violations and
exact times, stands as records of the event contract under `_wirescope`, so that a capture made of
the HAR has each event as it was. A message's bytes stand once: its record names their place.
"""

import codecs
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from wirescope.capture.formats.har_exchange import exchange
from wirescope.capture.formats.selection import Outline, Selection
from wirescope.clock import rfc3339
from wirescope.errors import CaptureError
from wirescope.events import (
    AnyEvent,
    DataChannelMessage,
    WebSocketFrame,
    WebSocketMessage,
    record,
)

VERSION = 1
"""Of what stands under `_wirescope`."""

_TYPES = {"sent": "send", "received": "receive"}
_PREVIEW = ("preview", "preview_encoding", "preview_rest")
_OPCODES = {"text": 1, "binary": 2}

_encode = msgspec.json.Encoder().encode


def write_har(selection: Selection, stream: BinaryIO) -> None:
    """Write the chosen events, a connection after the other."""
    outlines = selection.outlines()
    head = {"version": "1.2", "creator": {"name": "Wirescope", "version": str(VERSION)}}
    stream.write(b'{"log":' + _encode(head)[:-1] + b',\n"entries":[')
    separator = b"\n"
    for outline in outlines:
        selection.count += outline.wanted
        if outline.name:
            stream.write(separator)
            _write_entry(selection, outline, stream)
            separator = b",\n"
    about = {"version": VERSION, "started": rfc3339(selection.started_wall_ns)}
    stream.write(b'\n],\n"_wirescope":' + _encode(about)[:-1] + b',"events":[')
    for outline in outlines:
        if not outline.name:
            _write_events(selection, outline, stream)
    stream.write(b"]}}}\n")


def _write_entry(selection: Selection, outline: Outline, stream: BinaryIO) -> None:
    fields = exchange(selection, outline)
    stream.write(_encode(fields)[:-1] + b',"_resourceType":"websocket","_webSocketMessages":[')
    separator = b""
    for event in selection.events_of(outline):
        if isinstance(event, WebSocketMessage):
            stream.write(separator)
            _write_message(selection, event, stream)
            separator = b",\n"
    stream.write(b'],"_wirescope":{"events":[')
    _write_events(selection, outline, stream)
    stream.write(b"]}}")


def _write_message(selection: Selection, message: WebSocketMessage, stream: BinaryIO) -> None:
    opcode = _OPCODES[message.kind]
    seconds, nanoseconds = divmod(selection.started_wall_ns + message.at_ns, 1_000_000_000)
    # A float would lose the last two digits; written out, whoever reads it may keep them.
    time = f"{seconds}.{nanoseconds:09d}"
    head = f'{{"type":"{_TYPES[message.direction]}","time":{time},"opcode":{opcode},"data":"'
    stream.write(head.encode())
    pieces: Iterator[bytes] = iter((message.payload,))
    if _is_whole(selection, message):
        pieces = selection.payload(message.seq)
    stream.writelines(_as_base64(pieces) if opcode == 2 else _as_text(pieces))
    stream.write(b'"}')


def _as_text(pieces: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in pieces:
        yield _encode(decoder.decode(piece))[1:-1]
    yield _encode(decoder.decode(b"", final=True))[1:-1]


def _as_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) - len(data) % 3
        rest = data[whole:]
        yield b64encode(data[:whole])
    yield b64encode(rest)


def _is_whole(selection: Selection, event: WebSocketFrame | WebSocketMessage) -> bool:
    """Whether the capture has more of a long payload than its record, and all of it."""
    longer = event.payload_id if isinstance(event, WebSocketFrame) else event.truncated
    return bool(longer) and selection.has_whole_payload(event.seq)


def _write_events(selection: Selection, outline: Outline, stream: BinaryIO) -> None:
    index = 0
    has_messages = bool(outline.name)  # what is of no connection stands in no entry
    separator = b"\n"
    for event in selection.events_of(outline):
        fields = _record(event)
        stream.write(separator)
        separator = b",\n"
        if isinstance(event, WebSocketMessage) and has_messages:
            stream.write(_encode(fields | _place(selection, event, index)))
            index += 1
        elif isinstance(event, WebSocketFrame) and _is_whole(selection, event):
            fields["preview_length"] = len(event.payload)
            stream.write(_encode(fields)[:-1] + b',"payload":"')
            stream.writelines(_as_base64(selection.payload(event.seq)))
            stream.write(b'"}')
        else:
            stream.write(_encode(fields | _payload(event)))


def _record(event: AnyEvent) -> dict[str, Any]:
    """Give the record of the contract without the payload and without what follows from others."""
    fields = record(event, started_wall_ns=0)
    for name in ("time", "text", "base64", "truncated", *_PREVIEW):
        fields.pop(name, None)
    return fields


def _payload(event: AnyEvent) -> dict[str, Any]:
    if not isinstance(event, WebSocketFrame | WebSocketMessage | DataChannelMessage):
        return {}
    if isinstance(event, WebSocketFrame) and event.payload_id:
        return {"base64": b64encode(event.payload).decode(), "truncated": True}
    try:
        return {"text": event.payload.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(event.payload).decode()}


def _place(selection: Selection, message: WebSocketMessage, index: int) -> dict[str, Any]:
    """Say where a message's bytes stand; beside it, where the text there is not what they are."""
    if message.kind == "binary" or _is_utf8(selection, message):
        return {"_webSocketMessages": index, "preview_length": len(message.payload)}
    return _payload(message)


def _is_utf8(selection: Selection, message: WebSocketMessage) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        if _is_whole(selection, message):
            for piece in selection.payload(message.seq):
                decoder.decode(piece)
        else:
            decoder.decode(message.payload)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, CaptureError):
        return False
    return True
