"""Events as rows: what a person sees of each, before it is laid out.

A message that is one frame is one row, with its size on the wire and decoded; a fragmented one
keeps a row for each frame and gets one for itself, so that nothing that crossed the wire is hidden
and nothing is told twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wirescope.cli.escape import escape, preview_bytes
from wirescope.events import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    AnyEvent,
    CaptureGap,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    DataChannelMessage,
    DataChannelOpened,
    Finding,
    IceError,
    PeerState,
    SignalingExchange,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
    address_and_port,
    opcode_name,
    say,
)

SIGNS = {"sent": ">", "received": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line about one event.

    Attributes:
        seq: the event's number.
        at_ns: when, from the start of the capture.
        connection: whose.
        sign: `>` sent, `<` received, `*` anything else.
        kind: opcode or word; empty for a row that is one sentence.
        wire_length: bytes on the wire; None where nothing was.
        length: bytes of payload, decoded where the row knows it.
        flags: what is out of the ordinary: `more` (FIN not set), `deflate`, `rsv2`, `cut`, …; of
            a data channel's message the channel's label.
        text: the payload or the sentence, escaped.
        alarming: whether the row tells of something wrong.
    """

    seq: int
    at_ns: int
    connection: str
    sign: str
    kind: str = ""
    wire_length: int | None = None
    length: int | None = None
    flags: str = ""
    text: str = ""
    alarming: bool = False


class RowBuilder:
    """Turns events into rows, in order; a data frame waits for the message that it may be.

    Args:
        summary: says in a line, escaped, what a message means; None shows its payload.
    """

    def __init__(self, summary: Callable[[WebSocketMessage], str | None] | None = None) -> None:
        self._summary = summary
        self._held: WebSocketFrame | None = None
        # Continuations do not say what they are a part of; their first frame did.
        self._opaque: dict[tuple[str, str], bool] = {}
        self._labels: dict[tuple[str, int], str] = {}  # of data channels, by their ids

    def feed(self, event: AnyEvent) -> list[Row]:
        """Take the next event; return the rows that are ready."""
        held, self._held = self._held, None
        if isinstance(event, WebSocketMessage):
            return _message_rows(event, held, self._text(event))
        rows = [_frame_row(held)] if held is not None else []
        if isinstance(event, WebSocketFrame):
            opaque = self._is_opaque(event)
            if event.fin and event.opcode in (TEXT, BINARY) and not event.incomplete:
                self._held = event
            else:
                rows.append(_frame_row(event, opaque=opaque))
        elif isinstance(event, DataChannelMessage):
            label = self._labels.get((event.connection, event.channel), "")
            rows.append(_channel_message_row(event, label))
        else:
            if isinstance(event, DataChannelOpened):
                self._labels[event.connection, event.channel] = event.label
            rows.append(_sentence(event))
        return rows

    def _text(self, message: WebSocketMessage) -> str:
        said = None if self._summary is None else self._summary(message)
        return _payload(message.payload, message.kind == "binary") if said is None else said

    def _is_opaque(self, frame: WebSocketFrame) -> bool:
        """Whether a frame's payload is compressed or binary; a continuation is as its first frame.

        Under permessage-deflate only a message's first frame says so (RFC 7692 section 6.1).
        """
        if frame.is_control:
            return False
        direction = (frame.connection, frame.direction)
        if frame.opcode == CONTINUATION:
            return self._opaque.get(direction, False)
        opaque = frame.rsv1 or frame.opcode == BINARY
        if frame.fin:
            self._opaque.pop(direction, None)
        else:
            self._opaque[direction] = opaque
        return opaque

    def flush(self) -> list[Row]:
        """Return the row of a frame whose message did not come."""
        held, self._held = self._held, None
        return [_frame_row(held)] if held is not None else []


def _message_rows(message: WebSocketMessage, held: WebSocketFrame | None, text: str) -> list[Row]:
    if held is not None and message.frames == (held.seq,):
        return [_whole_message(held, message, text)]
    rows = [_frame_row(held)] if held is not None else []
    count = len(message.frames)
    return [
        *rows,
        Row(
            seq=message.seq,
            at_ns=message.at_ns,
            connection=message.connection,
            sign=SIGNS[message.direction],
            kind=f"= {message.kind}",
            wire_length=message.wire_length,
            length=message.length,
            flags="deflate" if message.compressed else "",
            text=f"{count} frames: {text}",
        ),
    ]


def _whole_message(frame: WebSocketFrame, message: WebSocketMessage, text: str) -> Row:
    return Row(
        seq=frame.seq,
        at_ns=frame.at_ns,
        connection=frame.connection,
        sign=SIGNS[frame.direction],
        kind=message.kind,
        wire_length=frame.wire_length,
        length=message.length,
        flags=_flags(frame, compressed=message.compressed),
        text=text,
    )


def _channel_message_row(message: DataChannelMessage, label: str) -> Row:
    return Row(
        seq=message.seq,
        at_ns=message.at_ns,
        connection=message.connection,
        sign=SIGNS[message.direction],
        kind=message.kind,
        length=message.length,
        flags=escape(label) or f"ch {message.channel}",
        text=_payload(message.payload, message.kind == "binary"),
    )


def _frame_row(frame: WebSocketFrame, *, opaque: bool | None = None) -> Row:
    if opaque is None:
        opaque = frame.rsv1 or frame.opcode == BINARY
    return Row(
        seq=frame.seq,
        at_ns=frame.at_ns,
        connection=frame.connection,
        sign=SIGNS[frame.direction],
        kind=opcode_name(frame.opcode),
        wire_length=frame.wire_length,
        length=frame.payload_length,
        flags=_flags(frame, compressed=frame.rsv1),
        text=_frame_text(frame, opaque=opaque),
        alarming=frame.incomplete,
    )


def _flags(frame: WebSocketFrame, *, compressed: bool) -> str:
    words = []
    if not frame.fin:
        words.append("more")
    elif frame.opcode == CONTINUATION:
        words.append("last")
    if frame.rsv1:
        words.append("deflate" if compressed else "rsv1")
    words += [name for name in ("rsv2", "rsv3") if getattr(frame, name)]
    if frame.incomplete:
        words.append("cut")
    return " ".join(words)


def _frame_text(frame: WebSocketFrame, *, opaque: bool) -> str:
    if frame.opcode == CLOSE:
        return _close_text(frame)
    if frame.opcode in (PING, PONG) and not _is_printable(frame.payload):
        return frame.payload.hex(" ")  # random bytes are often text by chance
    return _payload(frame.payload, opaque)


def _is_printable(data: bytes) -> bool:
    return data.isascii() and data.decode().isprintable()


def _payload(data: bytes, opaque: bool) -> str:  # noqa: FBT001
    return data[:64].hex(" ") if opaque else preview_bytes(data)


def _close_text(frame: WebSocketFrame) -> str:
    if frame.close_code is None:
        return frame.payload.hex(" ") or "no code"
    return f"{frame.close_code} {preview_bytes(frame.payload[2:])}".rstrip()


def _sentence(event: AnyEvent) -> Row:
    sign = SIGNS.get(getattr(event, "direction", ""), "*")
    alarming = isinstance(event, ConnectionFailed | WebSocketViolation | CaptureGap)
    if isinstance(event, IceError | PeerState | SignalingExchange):
        alarming = _went_wrong(event)
    if isinstance(event, ConnectionSecured):
        alarming = bool(event.certificates) and not event.verified
    return Row(
        seq=event.seq,
        at_ns=event.at_ns,
        connection=event.connection,
        sign=sign,
        text=escape(words(event)),
        alarming=alarming or (isinstance(event, ConnectionClosed) and not event.clean),
    )


def _went_wrong(event: IceError | PeerState | SignalingExchange) -> bool:
    match event:
        case PeerState():
            return event.to in ("disconnected", "failed")
        case SignalingExchange():
            return event.status >= 400 or not event.status
    return True


def words(event: AnyEvent) -> str:
    """Say what happened, not yet escaped."""
    match event:
        case ConnectionOpening():
            return f"opening {event.url}"
        case ConnectionPhase():
            took = f" in {event.duration_ns / 1e6:,.1f} ms" if event.duration_ns else ""
            return f"{event.name} done{took}"
        case ConnectionReached():
            return _reached_words(event)
        case ConnectionSecured():
            return _secured_words(event)
        case WebSocketHandshake():
            return _handshake_words(event)
        case ConnectionOpened():
            return "open"
        case ConnectionFailed():
            return f"failed ({event.phase}, {event.kind}): {event.message}"
        case WebSocketViolation():
            return f"breaks {event.clause}: {event.message}"
        case ConnectionClosed():
            reason = f" {event.reason!r}" if event.reason else ""
            clean = "clean" if event.clean else "not clean"
            code = f" {event.code}" if event.code else ""  # WebRTC has none
            return f"closed{code}{reason} by {event.initiator}, {clean}"
        case CaptureGap():
            missing = f"{event.count:,} events are" if event.count else "something is"
            return f"{missing} missing: {event.reason}"
        case Finding():
            return f"{event.code} ({event.severity}) {event.title}: {event.cause}"
        case ClockJumped():
            return f"the wall clock was moved by {event.by_ns / 1e9:+.3f} s"
        case WebSocketFrame() | WebSocketMessage():
            return event.type
        case _:
            return say(event)


def _reached_words(event: ConnectionReached) -> str:
    proxy = f"the proxy {event.proxy} at " if event.proxy else ""
    peer = address_and_port(event.address, event.port)
    return f"reached {proxy}{peer} from {address_and_port(event.local_address, event.local_port)}"


def _secured_words(event: ConnectionSecured) -> str:
    parts = [f"secured with {event.version}", event.cipher]
    if event.alpn:
        parts.append(f"ALPN {event.alpn}")
    if event.certificates:
        own = event.certificates[0]
        how = "verified" if event.verified else "unverified"
        whom = ", ".join(own.names[:2]) or own.subject
        until = f"{own.not_after:%Y-%m-%d}"
        parts.append(f'{how} certificate for {whom} from "{own.issuer}" until {until}')
    return ", ".join(parts)


def _handshake_words(event: WebSocketHandshake) -> str:
    parts = [f"handshake {event.status}" if event.status else "handshake without an answer"]
    if event.subprotocol:
        parts.append(f"subprotocol {event.subprotocol}")
    parts += event.extensions
    return ", ".join(parts)
