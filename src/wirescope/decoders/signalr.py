"""SignalR's hub protocol, as JSON and as MessagePack.

A JSON message may hold several records, each ended by 0x1E; a MessagePack message several arrays,
each behind its length as a varint. The handshake is a JSON record in either case, and says which of
the two follows (ASP.NET Core, "SignalR Hub Protocol").
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from wirescope.decoders.marks import PUSH, Mark, Marker, Relation, bounded, glance
from wirescope.decoders.messagepack import read_messagepack, write_messagepack
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import (
    MAX_PARTS,
    Tree,
    at_most,
    brief,
    check_length,
    read_json,
    readable,
    tree_to_json,
)
from wirescope.decoders.varint import read_varint, write_varint
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind

SEPARATOR = b"\x1e"
NAMES = {
    1: "Invocation", 2: "StreamItem", 3: "Completion", 4: "StreamInvocation",
    5: "CancelInvocation", 6: "Ping", 7: "Close", 8: "Ack", 9: "Sequence",
}  # fmt: skip
_ROLES: dict[int, Role] = {
    1: "request", 2: "response", 3: "response", 4: "request", 6: "heartbeat"
}  # fmt: skip
# What stands behind the type in the MessagePack form.
_FIELDS: dict[int, tuple[str, ...]] = {
    1: ("headers", "invocationId", "target", "arguments", "streamIds"),
    2: ("headers", "invocationId", "item"),
    3: ("headers", "invocationId", "resultKind", "result"),
    4: ("headers", "invocationId", "target", "arguments", "streamIds"),
    5: ("headers", "invocationId"),
    6: (),
    7: ("error", "allowReconnect"),
    8: ("sequenceId",),
    9: ("sequenceId",),
}
_RELATIONS = {
    1: Relation.REQUEST, 2: Relation.STREAM, 3: Relation.STREAM, 4: Relation.REQUEST,
    5: Relation.CANCEL,
}  # fmt: skip
_ARRAYS = (0xDC, 0xDD, *range(0x90, 0xA0))
_ERROR, _VOID, _RESULT = 1, 2, 3
_LONGEST_LENGTH = 5
_LEAST = {1: 5, 2: 4, 3: 4, 4: 5, 5: 3, 6: 1, 7: 1, 8: 2, 9: 2}


class _Record(msgspec.Struct, gc=False):
    """What tells the messages of the JSON form apart."""

    type: Any = None
    invocation_id: Any = msgspec.field(name="invocationId", default=None)
    protocol: Any = None


_RECORD = msgspec.json.Decoder(_Record)
_ARRAY = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ITEM = msgspec.msgpack.Decoder()


def mark_messages(data: bytes, kind: MessageKind, _direction: Direction) -> list[Mark] | None:
    """Say what each message asks or answers, by its invocation id."""
    try:
        pieces = list(at_most(MAX_PARTS, _pieces(data, kind)))
    except DecodeError:
        return None
    marks = [_mark_record(each) if is_json else _mark_packed(each) for is_json, each in pieces]
    return None if None in marks else marks  # type: ignore[return-value]


def _mark_record(data: bytes) -> Mark | None:
    record = glance(_RECORD, data)
    if record is None:
        return None
    if record.type is None:  # the handshake has none
        relation = Relation.STREAM if record.protocol is None else Relation.REQUEST
        return relation, "handshake"
    return _mark(record.type, record.invocation_id)


def _mark_packed(data: bytes) -> Mark | None:
    items = glance(_ARRAY, data)
    if not items:
        return None
    number = glance(_ITEM, items[2]) if len(items) > 2 else None
    return _mark(glance(_ITEM, items[0]), number)


def _mark(kind: Any, number: Any) -> Mark | None:
    if type(kind) is not int or kind not in NAMES:
        return None
    relation = _RELATIONS.get(kind)
    if relation is None or not isinstance(number, str):
        return PUSH
    return relation, bounded(number)


class SignalRDecoder:
    """Hub messages."""

    name = "signalr"
    priority = 40
    subprotocols: tuple[str, ...] = ()

    def recognises(self, payload: Payload) -> float:
        """Look for the record separator behind an object."""
        data = payload.data
        return 0.95 if data[:1] == b"{" and data[-1:] == SEPARATOR else 0.0

    def conversation(self) -> Conversation:
        """Begin with the handshake."""
        return _Conversation(self.name)

    def marker(self) -> Marker:
        """Nothing has to be remembered."""
        return mark_messages

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message or a list of them; `"encoding": "messagepack"` writes that form."""
        messages = value if isinstance(value, list) else [value]
        if messages and all(_is_packed(each) for each in messages):
            data = b"".join(_pack(each) for each in messages if isinstance(each, dict))
            return [Payload(data=data, kind="binary", direction="sent")]
        for each in messages:
            known = {"type", "protocol", "error"}
            if not isinstance(each, dict) or (each and not known & each.keys()):
                raise ComposeError("A hub message is an object with a type.", where="type")
            if _is_packed(each):
                raise ComposeError("One message holds one encoding.", where="encoding")
        data = b"".join(tree_to_json(each) + SEPARATOR for each in messages)
        return [Payload(data=data, kind="text", direction="sent")]


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._shaken: set[str] = set()

    def decode(self, payload: Payload) -> Decoded:
        check_length(payload.data)
        values = [
            readable(read_json(piece)) if is_json else _named(readable(read_messagepack(piece)))
            for is_json, piece in at_most(MAX_PARTS, _pieces(payload.data, payload.kind))
        ]
        marks = mark_messages(payload.data, payload.kind, payload.direction) or [PUSH] * len(values)
        parts = [
            self._part(value, mark[1], payload.direction)
            for value, mark in zip(values, marks, strict=True)
        ]
        if len(parts) == 1:
            return parts[0]
        shown = "; ".join(part.summary for part in parts[:5])
        return Decoded(
            format=self._name, summary=f"{len(parts)} messages: {shown}", value=values,
            name="messages", parts=tuple(parts),
        )  # fmt: skip

    def _part(self, value: Tree, key: str | None, direction: Direction) -> Decoded:
        if not isinstance(value, dict):
            raise DecodeError("A hub message is an object.")
        kind = value.get("type")
        if kind is None and direction not in self._shaken:
            self._shaken.add(direction)
            return self._handshake(value, key)
        self._shaken.add(direction)
        if type(kind) is not int or kind not in NAMES:
            raise DecodeError(f"There is no type {brief(kind, 20)}.")
        return Decoded(
            format=self._name, summary=_summary(kind, value), value=value, name=NAMES[kind],
            role=_role(kind, value), correlation=key,
        )  # fmt: skip

    def _handshake(self, value: dict[str, Tree], key: str | None) -> Decoded:
        failed = "error" in value
        words = brief(value, 100) if value else "accepted"
        return Decoded(
            format=self._name, summary=f"handshake {words}", value=value, name="handshake",
            role="error" if failed else "handshake", correlation=key,
        )  # fmt: skip


def _role(kind: int, value: dict[str, Tree]) -> Role:
    if kind == 1 and value.get("invocationId") is None:
        return "push"
    if kind in (3, 7) and value.get("error") is not None:
        return "error"
    return _ROLES.get(kind, "other")


def _summary(kind: int, value: dict[str, Tree]) -> str:
    number, words = value.get("invocationId"), [NAMES[kind]]
    if number is not None:
        words.append(f"#{number!s}")
    if "target" in value:
        words.append(f"{value['target']!s}{brief(value.get('arguments'), 100)}")
    shown = ("item", "result", "error", "sequenceId")
    words += [brief(value[name], 100) for name in shown if name in value]
    return " ".join(words)


def _pieces(data: bytes, kind: MessageKind) -> Iterator[tuple[bool, bytes]]:
    """Cut a message into its records and arrays, and say of each whether it is JSON."""
    if kind == "text":
        *records, rest = data.split(SEPARATOR, MAX_PARTS + 1)
        if rest and len(records) <= MAX_PARTS:
            raise DecodeError("The last record is not ended by 0x1E.", where="its end")
        yield from ((True, record) for record in records)
        return
    if data[:1] == b"{" and data[1:2] and data[1] not in _ARRAYS:
        # In the MessagePack form, the answer to the handshake comes as a binary message; as a
        # length, its brace would be followed by an array.
        record, _, data = data.partition(SEPARATOR)
        yield True, record
    yield from ((False, packed) for packed in _packed(data))


def _packed(data: bytes) -> Iterator[bytes]:
    """Cut a message into what the lengths in front of them say."""
    at = 0
    while at < len(data):
        found = read_varint(data, at, longest=_LONGEST_LENGTH)
        if found is None:
            raise DecodeError("The length does not end.", where=f"byte {at}")
        length, begin = found
        if begin + length > len(data):
            raise DecodeError(
                f"{length:,} bytes are announced, but fewer come.", where=f"byte {at}"
            )
        yield data[begin : begin + length]
        at = begin + length


def _named(value: Tree) -> Tree:
    """Name what stands at each place of the array, as the JSON form does."""
    kind = value[0] if isinstance(value, list) and value else None
    if not isinstance(value, list) or type(kind) is not int or kind not in NAMES:
        raise DecodeError("A packed hub message is an array that begins with its type.")
    if len(value) < _LEAST[kind]:
        raise DecodeError(f"{NAMES[kind]} has at least {_LEAST[kind]} places.")
    made: dict[str, Tree] = {"encoding": "messagepack", "type": kind}
    made |= zip(_FIELDS[kind], value[1:], strict=False)
    if kind == 3:
        result = made.pop("result", None)
        outcome = made.pop("resultKind")
        if outcome in (_ERROR, _RESULT):
            made["error" if outcome == _ERROR else "result"] = result
    return made


def _is_packed(value: Tree) -> bool:
    return isinstance(value, dict) and value.get("encoding") == "messagepack"


def _pack(value: dict[str, Tree]) -> bytes:
    kind = value.get("type")
    if not isinstance(kind, int) or kind not in NAMES:
        listed = ", ".join(f"{number} {name}" for number, name in NAMES.items())
        raise ComposeError(
            f"There is no type {brief(kind, 20)}.", where="type", hint=f"There are {listed}."
        )
    made: list[Tree] = [kind]
    for name in _FIELDS[kind]:
        if name == "resultKind":
            made.append(_ERROR if "error" in value else _RESULT if "result" in value else _VOID)
        elif name == "result":
            made += [value[key] for key in ("error", "result") if key in value][:1]
        elif name in ("streamIds", "allowReconnect") and name not in value:
            continue  # not every version has it
        else:
            made.append(value.get(name, {} if name == "headers" else None))
    packed = write_messagepack(made)
    return write_varint(len(packed)) + packed
