"""Events as the lines of a timeline: messages, frames, what happened, runs of alike ones."""

from collections.abc import Callable

from wirescope.events import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
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
    Direction,
    Finding,
    FrameHeader,
    PeerState,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
    opcode_name,
    say,
)
from wirescope.workbench.desk.model import Flags, Layer, Row
from wirescope.workbench.desk.runs import Fold
from wirescope.workbench.desk.words import counted, duration

TEXT_LENGTH = 240
"""Characters of a row's text at most."""

_HEX_BYTES = 80
_TOLD = {"local": "sent", "remote": "received"}
"""Which way a description or candidate goes, by whose it is."""

_MOST = (1 << 63) - 1


def row_of(event: AnyEvent, *, frame: WebSocketFrame | None = None) -> Row:
    """Make the row of an event.

    Args:
        event: the event, with its payload.
        frame: of a message in one frame, that frame; its header bits are the row's.
    """
    if type(event) is WebSocketMessage:
        return _message_row(event, frame)
    if type(event) is WebSocketFrame:
        return _frame_row(event)
    if type(event) is DataChannelMessage:
        return _channel_message_row(event)
    direction: str = getattr(event, "direction", "") or _TOLD.get(getattr(event, "side", ""), "")
    channel: int = getattr(event, "channel", -1)
    text = sentence(event)[:TEXT_LENGTH]
    return _row(event, "event", event.type, direction, text=text, channel=channel)


def _row(
    event: AnyEvent,
    layer: Layer,
    kind: str,
    direction: Direction | str,
    *,
    flags: int = 0,
    length: int = 0,
    wire_length: int = 0,
    count: int = 0,
    text: str = "",
    is_hex: bool = False,
    channel: int = -1,
) -> Row:
    return Row(
        seq=event.seq,
        last_seq=event.seq,
        at_ns=event.at_ns,
        gap_ns=-1,
        layer=layer,
        kind=kind,
        direction=direction,  # type: ignore[arg-type]
        connection=event.connection,
        flags=int(flags),
        length=min(length, _MOST),
        wire_length=min(wire_length, _MOST),
        count=count,
        text=text,
        is_hex=is_hex,
        answers=0,
        latency_ns=-1,
        channel=channel,
    )


def _message_row(message: WebSocketMessage, frame: WebSocketFrame | None) -> Row:
    text, is_hex = _preview(message.payload, message.kind == "binary")
    flags = _bits(frame) if frame is not None else 0
    if message.compressed:
        flags |= Flags.COMPRESSED
    if len(message.payload) < message.length:
        flags |= Flags.TRUNCATED
    return _row(
        *(message, "message", message.kind, message.direction),
        flags=flags,
        length=message.length,
        wire_length=message.wire_length,
        count=len(message.frames),
        text=text,
        is_hex=is_hex,
    )


def _channel_message_row(message: DataChannelMessage) -> Row:
    text, is_hex = _preview(message.payload, message.kind == "binary")
    return _row(
        *(message, "message", message.kind, message.direction),
        flags=Flags.TRUNCATED if len(message.payload) < message.length else 0,
        length=message.length,
        text=text,
        is_hex=is_hex,
        channel=message.channel,
    )


def _frame_row(frame: WebSocketFrame) -> Row:
    text, is_hex = _frame_text(frame)
    flags = _bits(frame)
    if len(frame.payload) < frame.payload_length:
        flags |= Flags.TRUNCATED
    return _row(
        *(frame, "frame", opcode_name(frame.opcode), frame.direction),
        flags=flags,
        length=frame.payload_length,
        wire_length=frame.wire_length,
        text=text,
        is_hex=is_hex,
    )


def _bits(frame: FrameHeader) -> int:
    flags = 0
    if frame.fin:
        flags |= Flags.FIN
    if frame.rsv1:
        flags |= Flags.RSV1
    if frame.rsv2:
        flags |= Flags.RSV2
    if frame.rsv3:
        flags |= Flags.RSV3
    if frame.masked:
        flags |= Flags.MASKED
    return flags


def _frame_text(frame: WebSocketFrame) -> tuple[str, bool]:
    payload = frame.payload
    if frame.opcode == CLOSE:
        code = frame.close_code
        if code is None:
            return ("no code", False) if not payload else (payload.hex(" "), True)
        return f"{code} {payload[2:].decode('utf-8', 'replace')}".rstrip(), False
    if frame.opcode in (PING, PONG):
        # Random bytes are often text by chance.
        return _preview(payload, not (payload.isascii() and payload.decode().isprintable()))
    # A continuation does not say what it is a part of (RFC 6455 section 5.4).
    opaque = frame.rsv1 or frame.opcode == BINARY
    if frame.opcode == CONTINUATION and not opaque:
        opaque = not _is_text(payload[:TEXT_LENGTH])
    return _preview(payload, opaque)


def _is_text(data: bytes) -> bool:
    for cut in range(4):  # both ends may stand inside a character
        try:
            data[: len(data) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False


def _preview(payload: bytes, opaque: bool) -> tuple[str, bool]:  # noqa: FBT001
    if opaque:
        return payload[:_HEX_BYTES].hex(" "), True
    return payload[: TEXT_LENGTH * 4].decode("utf-8", "replace")[:TEXT_LENGTH], False


def fold_row(fold: Fold, first: Row) -> Row:
    """Make the row of a run, of what its first event's row says."""
    kind, say = "alike", _alike_words
    if fold.is_heartbeat:
        kind, say = "heartbeat", _heartbeat_words
    elif first.kind == "stats":
        kind, say = "statistics", _statistics_words
    return Row(
        seq=fold.first_seq,
        last_seq=fold.last_seq,
        at_ns=first.at_ns,
        gap_ns=-1,
        layer="fold",
        kind=kind,
        direction="" if fold.is_heartbeat else first.direction,
        connection=first.connection,
        flags=0,
        length=fold.length,
        wire_length=fold.wire_length,
        count=fold.events,
        text=say(fold, first)[:TEXT_LENGTH],
        is_hex=False,
        answers=0,
        latency_ns=-1,
        channel=first.channel,
    )


def _heartbeat_words(fold: Fold, first: Row) -> str:
    what = first.text if first.layer == "message" else "ping and pong"
    words = f"{fold.events:,} heartbeats ({what}), {_pace(fold)}"
    if not fold.answers:
        return words
    fastest, slowest = duration(fold.fastest_ns), duration(fold.slowest_ns)
    took = fastest if fastest == slowest else f"{fastest} to {slowest}"
    return f"{words}, answered after {took}"


def _alike_words(fold: Fold, first: Row) -> str:
    what = f"{first.direction} {first.kind}".strip()
    return f"{fold.events:,} {what} messages alike, {_pace(fold)}: {first.text}"


def _statistics_words(fold: Fold, first: Row) -> str:
    took = duration(fold.last_at_ns - fold.first_at_ns)
    return f"{fold.events:,} changes in the statistics of {first.connection} within {took}"


def _pace(fold: Fold) -> str:
    if fold.shortest_ns < 0:
        return f"within {duration(fold.last_at_ns - fold.first_at_ns)}"
    shortest, longest = duration(fold.shortest_ns), duration(fold.longest_ns)
    if shortest == longest:
        return f"every {shortest}"
    return f"every {shortest} to {longest}"


def sentence(event: AnyEvent) -> str:
    """Say what happened."""
    own = _SAY.get(type(event))
    return own(event) if own is not None else _capital(say(event))  # type: ignore[arg-type]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


_MACHINES = {"ice": "ICE", "dtls": "DTLS", "sctp": "SCTP"}

_PHASES = {
    "dns": "Name looked up in",
    "tcp": "TCP connected in",
    "proxy": "Way through the proxy opened in",
    "tls": "TLS connected in",
    "upgrade": "Upgrade answered in",
    # of WebRTC, where several go on at a time, each is timed from the beginning
    "signaling": "Descriptions exchanged after",
    "gathering": "Addresses gathered after",
    "ice": "ICE connected after",
    "dtls": "DTLS connected after",
    "sctp": "SCTP connected after",
    "first-media": "First media after",
}


def _say_phase(event: ConnectionPhase) -> str:
    words = _PHASES.get(event.name) or f"{_capital(event.name)} done in"
    return f"{words} {duration(event.duration_ns)}"


def _say_reached(event: ConnectionReached) -> str:
    address = f"[{event.address}]" if ":" in event.address else event.address
    proxy = f"the proxy {event.proxy} at " if event.proxy else ""
    return f"Reached {proxy}{address}:{event.port}"


def _say_secured(event: ConnectionSecured) -> str:
    words = f"Secured with {event.version}, {event.cipher}"
    if not event.certificates:
        return words
    own = event.certificates[0]
    whom = ", ".join(own.names[:2]) or own.subject
    return f"{words}, certificate for {whom}, {'' if event.verified else 'not '}verified"


def _say_handshake(event: WebSocketHandshake) -> str:
    parts = [f"Handshake answered with {event.status}" if event.status else "Handshake unanswered"]
    if event.subprotocol:
        parts.append(f"subprotocol {event.subprotocol}")
    return ", ".join([*parts, *event.extensions])


def _say_closed(event: ConnectionClosed) -> str:
    who = {"local": "this end", "remote": "the peer", "network": "the network"}[event.initiator]
    reason = f" ({event.reason})" if event.reason else ""
    clean = "" if event.clean else ", not clean"
    code = f" with {event.code}" if event.code else ""  # of WebRTC there is none
    return f"Closed by {who}{code}{reason}{clean}"


def _say_gap(event: CaptureGap) -> str:
    missing = f"{counted(event.count, 'event')} missing" if event.count else "Something is missing"
    return f"{missing}: {event.reason}"


_SAY: dict[type[AnyEvent], Callable[..., str]] = {
    ConnectionOpening: lambda event: f"Opening {event.url}",
    ConnectionPhase: _say_phase,
    PeerState: lambda event: (
        f"{_MACHINES.get(event.machine, _capital(event.machine))} {event.to}, was {event.from_}"
    ),
    ConnectionReached: _say_reached,
    ConnectionSecured: _say_secured,
    WebSocketHandshake: _say_handshake,
    ConnectionOpened: lambda _: "Open",
    ConnectionFailed: lambda event: f"Failed: {event.message}",
    WebSocketViolation: lambda event: f"Breaks {event.clause}: {event.message}",
    ConnectionClosed: _say_closed,
    CaptureGap: _say_gap,
    ClockJumped: lambda event: f"The wall clock was moved by {event.by_ns / 1e9:+.3f} s",
    Finding: lambda event: f"{event.code} {event.title}: {event.cause}",
    WebSocketFrame: lambda event: opcode_name(event.opcode),
    WebSocketMessage: lambda event: f"{event.kind} message",
}
