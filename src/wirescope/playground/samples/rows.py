"""One event as a row of the sample's page: a sentence, and what of its content may be looked at.

The page belongs to whoever runs the code in it, so that heads are not given: a cookie of another
program on this host, which scripts must not see, would be among them.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from wirescope.events import (
    CLOSE,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    Event,
    IceCandidate,
    IceError,
    IcePair,
    MediaTrack,
    PeerState,
    SignalingDescription,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
    opcode_name,
    say,
)

MAX_CONTENT = 8000
"""Characters of a message or a description that a row carries."""

MAX_BYTES = 64
"""Bytes of a binary message that a row shows."""

Way = Literal["", "to server", "to page"]


class Row(msgspec.Struct, frozen=True):
    """A row.

    Attributes:
        connection: the connection's id.
        at_ms: milliseconds since the first event of the run.
        type: the event's type.
        way: which way it went, where it went any.
        says: what happened.
        content: a message or a description, as far as it is shown.
        tone: `error` where something is wrong.
    """

    connection: str
    at_ms: float
    type: str
    way: Way
    says: str
    content: str = ""
    tone: Literal["", "error"] = ""


def row_of(event: Event, began_ns: int) -> Row | None:
    """Make the row of an event; None for one that the page does not show."""
    make = _ROWS.get(type(event))
    made = None if make is None else make(event)
    if made is None:
        return None
    says, content = made
    at_ms = round((event.at_ns - began_ns) / 1e6, 2)
    wrong = isinstance(event, ConnectionFailed | IceError | WebSocketViolation)
    return Row(
        event.connection,
        at_ms,
        event.type,
        _way(event),
        says,
        content[:MAX_CONTENT],
        "error" if wrong else "",
    )


def _way(event: Any) -> Way:
    direction = getattr(event, "direction", "") or _SIDES.get(getattr(event, "side", ""), "")
    # The events are the server's: what it has received is what the page has sent.
    return _WAYS.get(direction, "")


_SIDES = {"local": "sent", "remote": "received"}
_WAYS: dict[str, Way] = {"received": "to server", "sent": "to page"}


def _opening(event: ConnectionOpening) -> tuple[str, str]:
    return event.url, ""


def _handshake(event: WebSocketHandshake) -> tuple[str, str]:
    line = event.request.partition("\r\n")[0].removesuffix(" HTTP/1.1")
    agreed = [each for each in (event.subprotocol, *event.extensions) if each]
    return f"{line}: {event.status}", "\n".join(agreed)


def _frame(event: WebSocketFrame) -> tuple[str, str] | None:
    if event.opcode < CLOSE:
        return None  # its message says all of it
    if event.opcode == CLOSE and len(event.payload) >= 2:
        code = int.from_bytes(event.payload[:2], "big")
        reason = event.payload[2:].decode("utf-8", "replace")
        return f"close {code}" + (f" {reason}" if reason else ""), ""
    length = len(event.payload)
    return f"{opcode_name(event.opcode)} of {length} bytes", _hex(event.payload)


def _message(event: WebSocketMessage) -> tuple[str, str]:
    says = f"{event.kind}, {event.length:,} byte{'' if event.length == 1 else 's'}"
    if event.compressed:
        says += f" ({event.wire_length:,} on the wire)"
    return says, _content(event)


def _violation(event: WebSocketViolation) -> tuple[str, str]:
    return f"{event.message} ({event.clause})", ""


def _failed(event: ConnectionFailed) -> tuple[str, str]:
    return event.message, event.hint


def _closed(event: ConnectionClosed) -> tuple[str, str]:
    who = {"local": "this server", "remote": "the page", "network": "the network"}
    code = f" with {event.code}" if event.code else ""
    reason = f": {event.reason}" if event.reason else ""
    return f"closed by {who[event.initiator]}{code}{reason}", ""


def _description(event: SignalingDescription) -> tuple[str, str]:
    return say(event), event.sdp


def _channel_message(event: DataChannelMessage) -> tuple[str, str]:
    return say(event), _content(event)


def _said(event: Any) -> tuple[str, str]:
    return say(event), ""


def _content(message: WebSocketMessage | DataChannelMessage) -> str:
    if message.kind == "text":
        return message.payload[: 4 * MAX_CONTENT].decode("utf-8", "replace")
    return _hex(message.payload)


def _hex(data: bytes) -> str:
    more = " …" if len(data) > MAX_BYTES else ""
    return data[:MAX_BYTES].hex(" ") + more


_ROWS: Mapping[type[Event], Callable[[Any], tuple[str, str] | None]] = {
    ConnectionOpening: _opening,
    WebSocketHandshake: _handshake,
    WebSocketFrame: _frame,
    WebSocketMessage: _message,
    WebSocketViolation: _violation,
    ConnectionFailed: _failed,
    ConnectionClosed: _closed,
    SignalingDescription: _description,
    DataChannelMessage: _channel_message,
    **dict.fromkeys(
        (DataChannelOpened, DataChannelClosed, IceCandidate, IceError, IcePair, MediaTrack), _said
    ),
    PeerState: _said,
}
