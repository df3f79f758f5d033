"""Events as NDJSON: one JSON object a line, and back.

The fields are those of the event contract: `seq`, `at_ns`, `time`, `connection`, `type`, then the
type's own. Bytes appear as `text` where they are valid UTF-8 and as `base64` where they are not; a
frame with RSV1 set is compressed, so always `base64`. A payload above `INLINE_LIMIT` appears as
`preview` (with `preview_encoding: "base64"` where that was necessary) and `truncated: true`.

Four fields go beyond what is needed to read a frame and make the form lossless: `header`, the
header bytes in hex, `offset`, where it stood in the stream, and for a preview `payload_id`, by
which the capture finds the whole payload, and `preview_rest`, in hex the bytes of a character that
the preview's end cuts through. The body of a refused upgrade stands in `body_base64` as well where
it is no text.
"""

from base64 import b64decode, b64encode
from typing import Any, get_args

import msgspec

from wirescope.clock import rfc3339
from wirescope.errors import WirescopeError
from wirescope.events.event import INLINE_LIMIT, PREVIEW_LENGTH, Event
from wirescope.events.header import opcode_name
from wirescope.events.records import (
    AnyEvent,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionReached,
    ConnectionSecured,
    Finding,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.events.webrtc import (
    DataChannelMessage,
    IceCandidate,
    IcePair,
    RelayRefused,
    Statistics,
)

Record = dict[str, Any]

_encode = msgspec.json.Encoder().encode


class RecordError(WirescopeError):
    """A record is not one of an event: a field is missing or is of the wrong type."""


def record(event: AnyEvent, *, started_wall_ns: int) -> Record:
    """Write an event as the object of the contract, ready for JSON.

    `started_wall_ns` is the wall clock at the start of the capture (see `Timeline`).
    """
    head = {
        "seq": event.seq,
        "at_ns": event.at_ns,
        "time": rfc3339(started_wall_ns + event.at_ns),
        "connection": event.connection,
        "type": event.type,
    }
    if isinstance(event, WebSocketFrame):
        return head | _frame_fields(event)
    if isinstance(event, WebSocketMessage):
        return head | _message_fields(event)
    if isinstance(event, DataChannelMessage):
        return head | _channel_message_fields(event)
    if isinstance(event, Statistics):
        return event.values | head | {"object": event.object, "id": event.id}
    fields = _own_fields(event)
    if isinstance(event, ConnectionFailed):
        body = fields.pop("body", None)
        if body is not None:
            fields |= _body(body)
    if isinstance(event, ConnectionSecured):
        fields["certificates"] = msgspec.to_builtins(event.certificates)
    return head | fields


def _own_fields(event: AnyEvent) -> Record:
    """Give the fields of the type itself; those that may be missing, only where they are not."""
    optional = _OPTIONAL.get(type(event), ())
    return {
        name: value
        for name, attribute in _names(type(event))
        if (value := getattr(event, attribute)) is not None or name not in optional
    }


def _names(kind: type[Event]) -> list[tuple[str, str]]:
    """Give the names of a type's own fields, in the record and in Python."""
    named = zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)
    return list(named)[_OWN:]


def ndjson_line(event: AnyEvent, *, started_wall_ns: int) -> bytes:
    """Write an event as one line of NDJSON, line feed included."""
    return _encode(record(event, started_wall_ns=started_wall_ns)) + b"\n"


_OWN = len(Event.__struct_fields__)


def _frame_fields(frame: WebSocketFrame) -> Record:
    fields: Record = {
        "direction": frame.direction,
        "opcode": opcode_name(frame.opcode),
        "fin": frame.fin,
        "rsv1": frame.rsv1,
        "rsv2": frame.rsv2,
        "rsv3": frame.rsv3,
        "masked": frame.masked,
        "payload_length": frame.payload_length,
        "wire_length": frame.wire_length,
        "header": frame.header.hex(),
        "offset": frame.offset,
    }
    if frame.incomplete:
        fields["incomplete"] = True
    if frame.payload_id:
        fields["payload_id"] = frame.payload_id
        return fields | _preview(frame.payload[:PREVIEW_LENGTH])
    return fields | _payload(frame.payload, opaque=frame.rsv1)


def _message_fields(message: WebSocketMessage) -> Record:
    fields: Record = {
        "direction": message.direction,
        "kind": message.kind,
        "length": message.length,
        "wire_length": message.wire_length,
        "compressed": message.compressed,
        "frames": list(message.frames),
    }
    if message.truncated or message.length > INLINE_LIMIT:
        return fields | _preview(message.payload[:PREVIEW_LENGTH])
    return fields | _payload(message.payload)


def _channel_message_fields(message: DataChannelMessage) -> Record:
    fields: Record = {
        "direction": message.direction,
        "channel": message.channel,
        "kind": message.kind,
        "length": message.length,
    }
    if len(message.payload) < message.length or message.length > INLINE_LIMIT:
        return fields | _preview(message.payload[:PREVIEW_LENGTH])
    return fields | _payload(message.payload)


def _body(data: bytes) -> Record:
    try:
        return {"body": data.decode()}
    except UnicodeDecodeError:
        encoded = b64encode(data).decode("ascii")
        return {"body": data.decode("utf-8", "replace"), "body_base64": encoded}


def _payload(data: bytes, *, opaque: bool = False) -> Record:
    if not opaque:
        try:
            return {"text": data.decode()}
        except UnicodeDecodeError:
            pass
    return {"base64": b64encode(data).decode("ascii")}


def _preview(data: bytes) -> Record:
    for cut in range(4):  # the cut may stand inside a character
        end = len(data) - cut
        try:
            fields: Record = {"preview": data[:end].decode(), "truncated": True}
        except UnicodeDecodeError:
            continue
        return fields | ({"preview_rest": data[end:].hex()} if cut else {})
    return {
        "preview": b64encode(data).decode("ascii"),
        "preview_encoding": "base64",
        "truncated": True,
    }


_KINDS: dict[str, type[AnyEvent]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(AnyEvent)
}


def event_from_record(fields: Record) -> AnyEvent:
    """Read an event from the object of the contract; `RecordError` says what is wrong with it.

    Unknown fields are passed over, so that records of a later version can be read.
    """
    try:
        kind = fields["type"]
        head = _head(fields)
        if kind == "websocket.frame":
            return _frame(head, fields)
        if kind == "websocket.message":
            return _message(head, fields)
        if kind == "data_channel.message":
            return _channel_message(head, fields)
        if kind == "stats":
            return _statistics(head, fields)
        known = _KINDS.get(kind)
        if known is None:
            raise RecordError(f"{kind!r} is not a type of event that this version knows")
        return msgspec.convert([kind, *head, *_own_values(known, fields)], known)
    except KeyError as missing:
        raise RecordError(f"the field {missing} is missing") from None
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        raise RecordError(f"a field has a wrong value: {error}") from None


_OPTIONAL: dict[type[Event], tuple[str, ...]] = {
    ConnectionFailed: ("status", "body"),
    ConnectionOpening: ("purpose",),
    ConnectionReached: ("proxy",),
    Finding: ("gain",),
    IceCandidate: ("related", "url", "tcp_type", "ufrag"),
    IcePair: ("checks_sent", "checks_answered", "checks_received"),
    RelayRefused: ("peer",),
}
"""The fields that a record leaves out where they are None."""


def _own_values(kind: type[AnyEvent], fields: Record) -> list[Any]:
    values = []
    for name, _ in _names(kind):
        if name == "body":
            values.append(_body_of(fields))
        elif name in _OPTIONAL.get(kind, ()):
            values.append(fields.get(name))
        else:
            values.append(fields[name])
    return values


def _body_of(fields: Record) -> bytes | None:
    if "body_base64" in fields:
        return b64decode(fields["body_base64"], validate=True)
    body = fields.get("body")
    return None if body is None else str.encode(body)


_LARGEST = (1 << 63) - 1


def _head(fields: Record) -> tuple[int, int, str]:
    seq, at_ns, connection = fields["seq"], fields["at_ns"], fields.get("connection", "")
    for name, number in (("seq", seq), ("at_ns", at_ns)):
        if type(number) is not int or not 0 <= number <= _LARGEST:
            raise RecordError(f"`{name}` is {number!r}, which is not a number from 0 to 2^63-1")
    return seq, at_ns, connection


def _frame(head: tuple[int, int, str], fields: Record) -> WebSocketFrame:
    header = _header(fields["header"])
    payload_id = fields["payload_id"] if fields.get("truncated") else 0
    values = [*head, fields["direction"], header, _bytes(fields), fields["offset"], payload_id]
    frame = msgspec.convert(["websocket.frame", *values], WebSocketFrame)
    if len(frame.payload) > frame.payload_length:
        raise RecordError("the payload is longer than the frame's header announces")
    return frame


def _header(text: str) -> bytes:
    header = bytes.fromhex(text)
    if len(header) < 2:
        raise RecordError(f"{text!r} is too short for the header of a frame")
    extended = {126: 2, 127: 8}.get(header[1] & 0x7F, 0)
    if len(header) != 2 + extended + (4 if header[1] & 0x80 else 0):
        raise RecordError(f"{text!r} is not as long as it says a frame's header is")
    return header


def _message(head: tuple[int, int, str], fields: Record) -> WebSocketMessage:
    names = ("direction", "kind", "length", "wire_length", "compressed", "frames")
    values = [*head, *(fields[name] for name in names), _bytes(fields)]
    message = msgspec.convert(["websocket.message", *values], WebSocketMessage)
    if len(message.payload) > message.length:
        raise RecordError("the payload is longer than the message's `length`")
    return message


def _channel_message(head: tuple[int, int, str], fields: Record) -> DataChannelMessage:
    names = ("direction", "channel", "kind", "length")
    values = [*head, *(fields[name] for name in names), _bytes(fields)]
    message = msgspec.convert(["data_channel.message", *values], DataChannelMessage)
    if len(message.payload) > message.length:
        raise RecordError("the payload is longer than the message's `length`")
    return message


_NOT_STATISTICS = {"seq", "at_ns", "time", "connection", "type", "object", "id"}


def _statistics(head: tuple[int, int, str], fields: Record) -> Statistics:
    values = {name: value for name, value in fields.items() if name not in _NOT_STATISTICS}
    return msgspec.convert(["stats", *head, fields["object"], fields["id"], values], Statistics)


def _bytes(fields: Record) -> bytes:
    if "base64" in fields:
        return b64decode(fields["base64"], validate=True)
    if fields.get("preview_encoding") == "base64":
        return b64decode(fields["preview"], validate=True)
    if "text" in fields:
        return str.encode(fields["text"])  # a TypeError for what is no text
    return str.encode(fields["preview"]) + bytes.fromhex(fields.get("preview_rest", ""))
