"""What the messages of the usual protocols over WebSocket are to each other: asked or answered.

An extractor reads as little as it takes to tell the role and the key: JSON by msgspec into records
that name only those fields, everything else by its first bytes. It gives nothing for a message that
is not of its protocol, and never raises. Specifications: JSON-RPC 2.0, GraphQL over WebSocket (both
subprotocols), Socket.IO 5, STOMP 1.2, the SignalR hub protocol, Phoenix channels 1 and 2, WAMP 2.
"""

import re
from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

import msgspec

from wirescope.analysis.metrics.matching import PUSH, Mark, Role
from wirescope.events import WebSocketMessage

Nothing: tuple[Mark, ...] = ()
_PUSHED = (PUSH,)
_REQUEST, _RESPONSE = Role.REQUEST, Role.RESPONSE
_Id = int | str | float | None
_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)

Read = TypeVar("Read")


def _read(decoder: msgspec.json.Decoder[Read], payload: bytes) -> Read | None:
    try:
        return decoder.decode(payload)
    except _ERRORS:
        return None


class _Call(msgspec.Struct, gc=False):
    """A JSON-RPC request, notification or response."""

    id: _Id = None
    method: str | None = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_call = msgspec.json.Decoder(_Call)
_calls = msgspec.json.Decoder(list[_Call])


def json_rpc(message: WebSocketMessage) -> Sequence[Mark]:
    """Read a JSON-RPC 2.0 message or batch; without `jsonrpc`, too, as DevTools writes it."""
    payload = message.payload
    if payload[:1] == b"[":
        return [mark for call in _read(_calls, payload) or () for mark in _of_call(call)]
    call = _read(_call, payload)
    return Nothing if call is None else _of_call(call)


def _of_call(call: _Call) -> Sequence[Mark]:
    if call.method is not None:
        return _PUSHED if call.id is None else ((_REQUEST, call.id),)
    if call.result is msgspec.UNSET and call.error is msgspec.UNSET:
        return Nothing
    return _PUSHED if call.id is None else ((_RESPONSE, call.id),)


class _Operation(msgspec.Struct, gc=False):
    """A message of either GraphQL subprotocol."""

    type: str
    id: _Id = None


_operation = msgspec.json.Decoder(_Operation)
_GRAPHQL = {
    "connection_init": Role.REQUEST,
    "connection_ack": Role.RESPONSE,
    "connection_error": Role.RESPONSE,
    "ping": Role.REQUEST,
    "pong": Role.STREAM,  # one may be sent unasked
    "subscribe": Role.REQUEST,
    "start": Role.REQUEST,
    "next": Role.STREAM,
    "data": Role.STREAM,
    "error": Role.END,
    "complete": Role.END,
    "stop": Role.END,
    "ka": Role.PUSH,
}


def graphql(message: WebSocketMessage) -> Sequence[Mark]:
    """Read a message of `graphql-transport-ws` or of the older `graphql-ws`."""
    operation = _read(_operation, message.payload)
    role = None if operation is None else _GRAPHQL.get(operation.type)
    if operation is None or role is None:
        return Nothing
    key: Hashable = operation.id
    if key is None:
        key = "ping" if operation.type in ("ping", "pong") else "connection"
    return ((role, ("graphql", key)),)


_SOCKET_IO = re.compile(rb"4([2356])(?:\d+-)?(?:(/[^,\[]*),)?(\d*)")


def socket_io(message: WebSocketMessage) -> Sequence[Mark]:
    """Read an event or an acknowledgement, of text or with attachments."""
    packet = _SOCKET_IO.match(message.payload)
    if message.kind != "text" or packet is None:
        return Nothing
    kind, namespace, number = packet.groups()
    if not number:
        return _PUSHED
    return ((Role.REQUEST if kind in b"25" else Role.RESPONSE, (namespace, number)),)


_STOMP = re.compile(rb"[\r\n]*([A-Z]+)\r?\n((?:[^\r\n]+\r?\n)*)")
_STOMP_ASKS = frozenset(
    b"SEND SUBSCRIBE UNSUBSCRIBE BEGIN COMMIT ABORT ACK NACK DISCONNECT".split()
)


def stomp(message: WebSocketMessage) -> Sequence[Mark]:
    """Read a STOMP frame; what asks for a receipt is a request."""
    frame = _STOMP.match(message.payload)
    if frame is None:
        return Nothing
    command, headers = frame.groups()
    if command in (b"CONNECT", b"STOMP"):
        return ((Role.REQUEST, "connect"),)
    if command == b"CONNECTED":
        return ((Role.RESPONSE, "connect"),)
    if command in _STOMP_ASKS:
        receipt = _stomp_header(headers, b"receipt:")
        return _PUSHED if receipt is None else ((Role.REQUEST, receipt),)
    if command in (b"RECEIPT", b"ERROR"):
        receipt = _stomp_header(headers, b"receipt-id:")
        return _PUSHED if receipt is None else ((Role.RESPONSE, receipt),)
    return _PUSHED if command == b"MESSAGE" else Nothing


def _stomp_header(headers: bytes, name: bytes) -> bytes | None:
    for line in headers.splitlines():
        if line.startswith(name):
            return line[len(name) :]
    return None


class _Invocation(msgspec.Struct, gc=False):
    """A record of the SignalR hub protocol in JSON."""

    type: int
    invocation_id: str | None = msgspec.field(name="invocationId", default=None)


_invocation = msgspec.json.Decoder(_Invocation)
_SIGNALR = {1: Role.REQUEST, 2: Role.STREAM, 3: Role.END, 4: Role.REQUEST, 5: Role.END}


def signalr(message: WebSocketMessage) -> Sequence[Mark]:
    """Read the records of a SignalR message: invocations, stream items, completions."""
    marks: list[Mark] = []
    for part in message.payload.split(b"\x1e"):
        record = _read(_invocation, part) if part else None
        if record is None:
            continue
        role = _SIGNALR.get(record.type)
        if role is None or record.invocation_id is None:
            marks.append(PUSH)
        else:
            marks.append((role, record.invocation_id))
    return marks


class _Envelope(msgspec.Struct, gc=False):
    """A Phoenix message, version 1."""

    topic: str
    event: str
    ref: _Id = None


_envelope = msgspec.json.Decoder(_Envelope)
_array = msgspec.json.Decoder(list[Any])


def phoenix(message: WebSocketMessage) -> Sequence[Mark]:
    """Read a message of Phoenix channels, an object (version 1) or an array (version 2)."""
    event: object
    ref: object
    topic: object
    if message.payload[:1] == b"[":
        parts = _read(_array, message.payload)
        if parts is None or len(parts) != 5:
            return Nothing
        _, ref, topic, event, _ = parts
    else:
        envelope = _read(_envelope, message.payload)
        if envelope is None:
            return Nothing
        event, ref, topic = envelope.event, envelope.ref, envelope.topic
    if not isinstance(ref, str | int) or not isinstance(topic, str):
        return _PUSHED
    return ((Role.RESPONSE if event == "phx_reply" else Role.REQUEST, (topic, str(ref))),)


_CALL, _RESULT, _ERROR, _PUBLISH, _INVOCATION, _YIELD = 48, 50, 8, 16, 68, 70
_WAMP_ASKS = {32, 34, 64, 66, _CALL, _INVOCATION}
_WAMP_ANSWERS = {33: 32, 35: 34, 65: 64, 67: 66, 17: _PUBLISH, _RESULT: _CALL, _YIELD: _INVOCATION}


def wamp(message: WebSocketMessage) -> Sequence[Mark]:
    """Read a WAMP message in JSON; keys are a request's type and its id."""
    parts = _read(_array, message.payload)
    if not parts or not isinstance(parts[0], int):
        return Nothing
    kind, *rest = parts
    if kind == _ERROR and len(rest) >= 2 and _are_numbers(rest[:2]):
        return ((Role.RESPONSE, (rest[0], rest[1])),)
    if not rest or not _are_numbers(rest[:1]):
        return _PUSHED
    if kind in _WAMP_ANSWERS:
        role = Role.STREAM if kind in (_RESULT, _YIELD) else Role.RESPONSE
        return ((role, (_WAMP_ANSWERS[kind], rest[0])),)
    if kind == _PUBLISH:
        wanted = len(rest) > 1 and isinstance(rest[1], dict) and rest[1].get("acknowledge") is True
        return ((Role.REQUEST, (kind, rest[0])),) if wanted else _PUSHED
    return ((Role.REQUEST, (kind, rest[0])),) if kind in _WAMP_ASKS else _PUSHED


def _are_numbers(values: Sequence[object]) -> bool:
    return all(isinstance(value, int | float) for value in values)
