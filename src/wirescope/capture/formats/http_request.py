"""A connection as a `WEBSOCKET` block of the HTTP request files that JetBrains' editors run.

The block has the address, the headers that a person chose, and the text messages that the client
sent, `===` before each; `=== wait-for-server` where the server had said something since the one
before. The syntax has no place for what was received, for binary, fragments and control frames, and
no way to write a line that begins with `===`; a comment behind the block counts what is left out.
"""

from collections import Counter
from typing import BinaryIO

from wirescope.capture.formats.selection import Outline, Selection
from wirescope.capture.redaction import REDACTED
from wirescope.errors import HandshakeError
from wirescope.events import WebSocketHandshake, WebSocketMessage
from wirescope.wire.websocket import Headers, parse_request

# What every client puts in by itself.
_OWN = ("host", "upgrade", "connection", "content-length", "sec-websocket-key")
_NEGOTIATED = ("sec-websocket-version", "sec-websocket-extensions")


def write_http(selection: Selection, stream: BinaryIO) -> None:
    """Write a block for each connection of which an event was chosen."""
    for outline in selection.outlines():
        selection.count += outline.wanted
        if outline.opening is not None and outline.opening.transport != "websocket":
            selection.notes.append(f"Left out: {outline.name}, which is no WebSocket.")
        elif outline.url:
            _write_block(selection, outline, stream)


def _write_block(selection: Selection, outline: Outline, stream: BinaryIO) -> None:
    stream.write(f"### {outline.name}\nWEBSOCKET {_one_line(outline.url)}\n".encode())
    stream.writelines(
        f"{name}: {_as_variable(name, value)}\n".encode()
        for name, value in _headers(selection, outline)
    )
    left_out: Counter[str] = Counter()
    written = 0
    answered = False
    for event in selection.events_of(outline):
        if not isinstance(event, WebSocketMessage):
            continue
        if (event.direction == "received") != outline.is_servers:
            answered = True
            continue
        text = _writable(event, selection)
        if text is None:
            left_out[event.kind] += 1
            continue
        waits = " wait-for-server" if answered else ""
        stream.write(f"{'' if written else chr(10)}==={waits}\n{text}\n".encode())
        written, answered = written + 1, False
    stream.write(b"\n")
    if left_out:
        counts = " and ".join(f"{count:,} {kind}" for kind, count in sorted(left_out.items()))
        note = f"Left out of {outline.name}: {counts} messages that cannot stand here."
        stream.write(f"### {note}\n\n".encode())
        selection.notes.append(note)


def _writable(message: WebSocketMessage, selection: Selection) -> str | None:
    """Give the text of a message, None when the syntax has no place for it."""
    if message.kind != "text":
        return None
    payload = message.payload
    if message.truncated:
        if not selection.has_whole_payload(message.seq):
            return None
        payload = b"".join(selection.payload(message.seq))
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return None
    lines = text.splitlines() or [""]
    ambiguous = any(line.startswith(("===", "###")) for line in lines) or text != text.strip()
    return None if ambiguous or not text else text


def _headers(selection: Selection, outline: Outline) -> Headers:
    if not outline.handshake_seq:
        return ()
    handshake = selection.capture.event(outline.handshake_seq)
    assert isinstance(handshake, WebSocketHandshake)
    try:
        head = parse_request(handshake.request.encode("latin-1", "replace"))
    except HandshakeError:
        return ()
    own = (*_OWN, *_NEGOTIATED)
    return tuple((name, value) for name, value in head.headers if name.lower() not in own)


def _as_variable(name: str, value: str) -> str:
    """Leave a place for a secret that is not in the capture: the editor asks its environment."""
    if value == REDACTED:
        return f"{{{{{name.lower()}}}}}"
    return _one_line(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())
