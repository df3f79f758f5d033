"""A capture as pcapng (draft-ietf-opsawg-pcapng), so that Wireshark dissects its frames.

A capture has no packets, so these are made up around the bytes that it has: for each connection a
TCP handshake, the opening handshake, each frame masked as it was, and the end, at the times of the
events in nanoseconds. What is inside TLS is written without it. The first packet of a connection
says so in a comment. A filter chooses among the frames; the rest of their connections is written in
any case, since without its opening handshake nobody takes a connection for WebSocket.
"""

from collections.abc import Callable, Iterator, Mapping
from struct import pack
from typing import BinaryIO

from wirescope.capture.formats.packets import FIN, RST, Conversation
from wirescope.capture.formats.selection import Selection
from wirescope.errors import CaptureError
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionPhase,
    WebSocketFrame,
    WebSocketHandshake,
)
from wirescope.wire.websocket import apply_mask

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_COMMENT, _IF_NAME, _TIME_RESOLUTION, _APPLICATION = 1, 2, 9, 4
_ETHERNET = 1
_LAST_TIME = (1 << 64) - 1
_LONGEST_OPTION = 4096

_MADE_UP = (
    "The bytes inside TCP and their times are those of the capture; addresses, ports and all other"
    " headers are made up around them."
)
_DECRYPTED = "The connection was inside TLS; this is what TLS carried."


def write_pcapng(selection: Selection, stream: BinaryIO) -> None:
    """Write the chosen frames, with the beginning and the end of their connections."""
    # The length of the section, -1, is not known beforehand.
    section = pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    stream.write(_block(_SECTION, section, {_APPLICATION: b"Wirescope"}))
    interface = pack("<HHI", _ETHERNET, 0, 0)
    options = {_IF_NAME: b"wirescope", _TIME_RESOLUTION: b"\x09"}  # 10^-9 seconds
    stream.write(_block(_INTERFACE, interface, options))

    def write_packet(packet: bytes, at_ns: int, comment: str) -> None:
        stream.write(_packet_block(packet, selection.started_wall_ns + at_ns, comment))

    _Conversations(selection, write_packet).write()


def _packet_block(packet: bytes, wall_ns: int, comment: str) -> bytes:
    time = min(wall_ns, _LAST_TIME)
    size = len(packet)
    head = pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, size, size)
    options = {_COMMENT: comment.encode()[:_LONGEST_OPTION]} if comment else {}
    return _block(_PACKET, head + _padded(packet), options)


def _block(kind: int, body: bytes, options: Mapping[int, bytes]) -> bytes:
    for code, value in options.items():
        body += pack("<HH", code, len(value)) + _padded(value)
    if options:
        body += bytes(4)  # the end of the options
    length = pack("<I", len(body) + 12)
    return pack("<I", kind) + length + body + length


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


class _Conversations:
    """Turns events into packets, each connection a conversation of its own."""

    def __init__(self, selection: Selection, write: Callable[[bytes, int, str], None]) -> None:
        self._selection = selection
        self._write = write
        self._open: dict[str, Conversation] = {}
        self._count = 0

    def write(self) -> None:
        """Go through all events."""
        servers = {each.name for each in self._selection.outlines() if each.is_servers}
        for event in self._selection.events_and_skeletons():
            if not event.connection:
                continue
            conversation = self._open.get(event.connection)
            if conversation is None:
                conversation = self._begin(event, at_server=event.connection in servers)
            self._feed(conversation, event)

    def _begin(self, event: AnyEvent, *, at_server: bool) -> Conversation:
        url = event.url if isinstance(event, ConnectionOpening) else ""
        parts = [f"{event.connection} {url}".strip() + ".", _MADE_UP]
        if url.lower().startswith("wss:"):
            parts.append(_DECRYPTED)
        self._count += 1
        made = Conversation(self._count, self._write, at_server=at_server, comment=" ".join(parts))
        self._open[event.connection] = made
        return made

    def _feed(self, conversation: Conversation, event: AnyEvent) -> None:
        match event:
            case ConnectionPhase(name="tcp"):
                conversation.connect(event.at_ns, took_ns=event.duration_ns)
            case ConnectionPhase(name="upgrade"):
                conversation.upgrade_began_ns = max(0, event.at_ns - event.duration_ns)
            case WebSocketHandshake():
                _write_handshake(conversation, event)
            case WebSocketFrame():
                self._write_frame(conversation, event)
            case ConnectionFailed():
                _write_failure(conversation, event)
                del self._open[event.connection]
            case ConnectionClosed():
                _write_end(conversation, event)
                del self._open[event.connection]

    def _write_frame(self, conversation: Conversation, frame: WebSocketFrame) -> None:
        sent = frame.direction == "sent"
        conversation.pay(frame.at_ns, sent=sent)
        conversation.send(frame.header, frame.at_ns, sent=sent, more=True)
        position = 0
        for piece in self._payload(frame):
            key = frame.masking_key
            data = apply_mask(piece, key, position=position) if key else piece
            position += len(piece)
            conversation.send(data, frame.at_ns, sent=sent, more=True)
        conversation.send(b"", frame.at_ns, sent=sent)
        conversation.owe(frame.payload_length - position, sent=sent)

    def _payload(self, frame: WebSocketFrame) -> Iterator[bytes]:
        """Yield what the capture has of a payload."""
        if not frame.payload_id:
            yield frame.payload
            return
        length = 0
        try:
            for piece in self._selection.payload(frame.seq):
                length += len(piece)
                yield piece
        except CaptureError:
            if not length:
                length = len(frame.payload)
                yield frame.payload
            self._selection.notes.append(
                f"Of the {frame.payload_length:,} bytes of frame {frame.seq} the capture has"
                f" {length:,}; where more followed, zeros stand for the rest."
            )


def _write_handshake(conversation: Conversation, event: WebSocketHandshake) -> None:
    began_ns = conversation.upgrade_began_ns or event.at_ns
    request, response = (
        text.rstrip("\r\n").encode("latin-1", "replace") + b"\r\n\r\n" if text else b""
        for text in (event.request, event.response)
    )
    at_client = not conversation.at_server
    conversation.send(request, min(began_ns, event.at_ns), sent=at_client)
    conversation.send(response, event.at_ns, sent=not at_client)


def _write_failure(conversation: Conversation, event: ConnectionFailed) -> None:
    if event.phase in ("dns", "proxy"):
        return  # no packet went to the server
    if event.phase == "tcp":
        conversation.knock(event.at_ns, refused=event.kind == "refused")
        return
    body = event.body or b""
    conversation.send(body, event.at_ns, sent=conversation.at_server)
    conversation.end(event.at_ns, FIN, sent=True)


def _write_end(conversation: Conversation, event: ConnectionClosed) -> None:
    flag = RST if event.cause in ("reset", "aborted") else FIN
    conversation.end(event.at_ns, flag, sent=event.initiator == "local")
