"""WAMP 2, as JSON and as MessagePack.

A message is an array that begins with its type; what follows has its place by type (WAMP protocol
section "Messages"). A request has an id that its answer repeats; ERROR names the type of the
request as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from wirescope.decoders.marks import PUSH, Mark, Marker, Reader, Relation, glance, key_of, only
from wirescope.decoders.messagepack import read_messagepack, write_messagepack
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    fields: tuple[str, ...]
    role: Role = "other"
    optional: int = 0  # fields at the end that may be missing


_CONTENT = ("arguments", "keyword_arguments")


def _kind(name: str, fields: str, role: Role = "other", *, content: bool = False) -> _Kind:
    names = (*fields.split(), *(_CONTENT if content else ()))
    return _Kind(name, names, role, 2 if content else 0)


KINDS = {
    1: _kind("HELLO", "realm details", "handshake"),
    2: _kind("WELCOME", "session details", "handshake"),
    3: _kind("ABORT", "details reason", "error"),
    4: _kind("CHALLENGE", "method extra", "handshake"),
    5: _kind("AUTHENTICATE", "signature extra", "handshake"),
    6: _kind("GOODBYE", "details reason"),
    8: _kind("ERROR", "request_type request details error", "error", content=True),
    16: _kind("PUBLISH", "request options topic", "push", content=True),
    17: _kind("PUBLISHED", "request publication", "response"),
    32: _kind("SUBSCRIBE", "request options topic", "request"),
    33: _kind("SUBSCRIBED", "request subscription", "response"),
    34: _kind("UNSUBSCRIBE", "request subscription", "request"),
    35: _Kind("UNSUBSCRIBED", ("request", "details"), "response", 1),
    36: _kind("EVENT", "subscription publication details", "push", content=True),
    48: _kind("CALL", "request options procedure", "request", content=True),
    49: _kind("CANCEL", "request options"),
    50: _kind("RESULT", "request details", "response", content=True),
    64: _kind("REGISTER", "request options procedure", "request"),
    65: _kind("REGISTERED", "request registration", "response"),
    66: _kind("UNREGISTER", "request registration", "request"),
    67: _Kind("UNREGISTERED", ("request", "details"), "response", 1),
    68: _kind("INVOCATION", "request registration details", "request", content=True),
    69: _kind("INTERRUPT", "request options"),
    70: _kind("YIELD", "request options", "response", content=True),
}
_SESSION = {
    1: Relation.REQUEST, 2: Relation.RESPONSE, 3: Relation.STREAM, 4: Relation.STREAM,
    5: Relation.REQUEST,
}  # fmt: skip
_ERROR, _PUBLISH = 8, 16
_NUMBERS = {kind.name: number for number, kind in KINDS.items()}
_HELLO = re.compile(rb'\s*\[\s*(?:1\s*,\s*"[^"]+"|2\s*,\s*\d+)\s*,\s*\{')
_ARRAYS: Mapping[MessageKind, Reader[list[msgspec.Raw]]] = {
    "text": msgspec.json.Decoder(list[msgspec.Raw]),
    "binary": msgspec.msgpack.Decoder(list[msgspec.Raw]),
}
_ITEMS: Mapping[MessageKind, Reader[Any]] = {
    "text": msgspec.json.Decoder(),
    "binary": msgspec.msgpack.Decoder(),
}
_SHOWN = ("realm", "topic", "procedure", "error", "reason", "session", *_CONTENT)


def mark_message(data: bytes, kind: MessageKind, _direction: Direction) -> list[Mark] | None:
    """Say what a message asks or answers, by the id of the request.

    The messages that open a session have none, and are taken for one request and its answer.
    """
    items = glance(_ARRAYS[kind], data)
    number = _item(items, 0, kind)
    if items is None or type(number) is not int or number not in KINDS:
        return None
    if number in _SESSION:
        return [(_SESSION[number], "HELLO")]
    relation = _relation(number, items, kind)
    key = None if relation is None else key_of(_item(items, 2 if number == _ERROR else 1, kind))
    return [PUSH if relation is None or key is None else (relation, key)]


def _relation(number: int, items: list[msgspec.Raw], kind: MessageKind) -> Relation | None:
    if number == _PUBLISH:
        options = _item(items, 2, kind)
        wanted = isinstance(options, dict) and options.get("acknowledge") is True
        return Relation.REQUEST if wanted else None
    role = KINDS[number].role
    if role == "request":
        return Relation.REQUEST
    if role not in ("response", "error"):
        return None
    # A call may have progressive results.
    return Relation.STREAM if KINDS[number].name in ("RESULT", "YIELD") else Relation.RESPONSE


def _item(items: list[msgspec.Raw] | None, place: int, kind: MessageKind) -> Any:
    return glance(_ITEMS[kind], items[place]) if items is not None and place < len(items) else None


class WampDecoder:
    """Messages of WAMP."""

    name = "wamp"
    priority = 40
    subprotocols: tuple[str, ...] = ("wamp.2.json", "wamp.2.msgpack")

    def recognises(self, payload: Payload) -> float:
        """Look for the first messages of a session."""
        return 0.8 if payload.kind == "text" and _HELLO.match(payload.data) else 0.0

    def conversation(self) -> Conversation:
        """Nothing has to be remembered."""
        return self

    def marker(self) -> Marker:
        """Nothing has to be remembered."""
        return mark_message

    def decode(self, payload: Payload) -> Decoded:
        """Read a message and name its fields."""
        packed = payload.kind == "binary"
        read = read_messagepack if packed else read_json
        value = readable(read(payload.data))
        number = value[0] if isinstance(value, list) and value else None
        if not isinstance(value, list) or type(number) is not int or number not in KINDS:
            raise DecodeError("A WAMP message is an array that begins with its type.")
        kind, given = KINDS[number], value[1:]
        if not len(kind.fields) - kind.optional <= len(given) <= len(kind.fields):
            raise DecodeError(f"{kind.name} has {len(kind.fields)} fields, not {len(given)}.")
        fields = dict(zip(kind.fields, given, strict=False))
        relation, key = only(mark_message(payload.data, payload.kind, payload.direction))
        named: dict[str, Tree] = {"message": kind.name, **fields}
        if packed:
            named["serializer"] = "msgpack"
        return Decoded(
            format=self.name,
            summary=_summary(kind, fields),
            value=named,
            name=kind.name,
            role="request" if relation is Relation.REQUEST and number == _PUBLISH else kind.role,
            correlation=key,
        )

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message given by its fields; `"serializer": "msgpack"` writes MessagePack."""
        name = value.get("message") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(name, str) or name not in _NUMBERS:
            listed = ", ".join(_NUMBERS)
            raise ComposeError(
                f"There is no message {brief(name, 40)}.", where="message",
                hint=f"There are {listed}.",
            )  # fmt: skip
        array = [_NUMBERS[name], *_places(KINDS[_NUMBERS[name]], value)]
        if value.get("serializer") == "msgpack":
            return [Payload(data=write_messagepack(array), kind="binary", direction="sent")]
        return [Payload(data=tree_to_json(array), kind="text", direction="sent")]


def _places(kind: _Kind, value: dict[str, Tree]) -> list[Tree]:
    """Put fields at their places; those at the end that are not given are left out."""
    names = list(kind.fields)
    for _ in range(kind.optional):
        if names[-1] in value:
            break
        names.pop()
    made: list[Tree] = []
    for name in names:
        if name in value:
            made.append(value[name])
        elif name in ("options", "details", "extra", "keyword_arguments"):
            made.append({})
        elif name == "arguments":
            made.append([])
        else:
            raise ComposeError(f"{kind.name} needs {name}.", where=name)
    return made


def _summary(kind: _Kind, fields: dict[str, Tree]) -> str:
    words = [kind.name]
    if "request" in fields:
        words.append(f"#{brief(fields['request'], 40)}")
    for name in _SHOWN:
        if name in fields:
            shown = fields[name]
            words.append(shown[:200] if isinstance(shown, str) else brief(shown, 100))
    return " ".join(words)
