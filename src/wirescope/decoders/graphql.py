"""GraphQL over WebSocket, as graphql-ws and as subscriptions-transport-ws speak it.

The subprotocol of the newer one is `graphql-transport-ws`, that of the older one, confusingly,
`graphql-ws`. Both send JSON objects with a `type`; operations share an `id` with what answers them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wirescope.decoders.json import looks_like_json
from wirescope.decoders.marks import (
    PUSH,
    Mark,
    Marker,
    Relation,
    bounded,
    glance,
    key_of,
    only,
)
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind

_Types = Mapping[str, tuple[Role, Relation]]

_NEW: _Types = {
    "connection_init": ("handshake", Relation.REQUEST),
    "connection_ack": ("handshake", Relation.RESPONSE),
    "ping": ("heartbeat", Relation.REQUEST),
    "pong": ("heartbeat", Relation.STREAM),  # one may come unasked
    "subscribe": ("request", Relation.REQUEST),
    "next": ("response", Relation.STREAM),
    "error": ("error", Relation.STREAM),
    "complete": ("response", Relation.END),
}
_OLD: _Types = {
    "connection_init": ("handshake", Relation.REQUEST),
    "connection_ack": ("handshake", Relation.RESPONSE),
    "connection_error": ("error", Relation.RESPONSE),
    "connection_terminate": ("other", Relation.PUSH),
    "ka": ("heartbeat", Relation.PUSH),
    "start": ("request", Relation.REQUEST),
    "stop": ("other", Relation.CANCEL),
    "data": ("response", Relation.STREAM),
    "error": ("error", Relation.STREAM),
    "complete": ("response", Relation.END),
}
_WITH_ID = {"subscribe", "next", "error", "complete", "start", "stop", "data"}
_OPERATION = re.compile(r"\b(query|mutation|subscription)\b\s*([_A-Za-z][_0-9A-Za-z]*)?")
_TYPE = re.compile(rb'"type"\s*:\s*"(\w+)"')


class _Operation(msgspec.Struct, gc=False):
    """What tells the messages of either dialect apart."""

    type: str
    id: Any = None


_OPERATION_OF = msgspec.json.Decoder(_Operation)


class GraphQLDecoder:
    """One of the two dialects.

    Args:
        name: the dialect, which is its subprotocol.
        types: the types of its messages, what each is for and what it is to others.
    """

    def __init__(self, name: str, types: _Types, *, priority: int) -> None:
        self.name = name
        self.priority = priority
        self.subprotocols: tuple[str, ...] = (name,)
        self._types = types

    def recognises(self, payload: Payload) -> float:
        """Look for a type that this dialect alone has, or for one of both."""
        if payload.kind != "text" or not looks_like_json(payload.data):
            return 0.0
        found = _TYPE.search(payload.data, 0, 512)
        kind = found[1].decode("ascii", "replace") if found else ""
        if kind not in self._types:
            return 0.0
        if kind in ("connection_init", "connection_ack"):
            return 0.6
        return 0.55 if kind in _WITH_ID and b'"payload"' in payload.data[:512] else 0.0

    def conversation(self) -> Conversation:
        """Begin to remember which operations are running, and what they are called."""
        return _Conversation(self.name, self._types, self.mark)

    def marker(self) -> Marker:
        """Nothing has to be remembered."""
        return self.mark

    def mark(self, data: bytes, _kind: MessageKind, _direction: Direction) -> list[Mark] | None:
        """Say what a message asks or answers."""
        operation = glance(_OPERATION_OF, data)
        if operation is None or operation.type not in self._types:
            return None
        relation = self._types[operation.type][1]
        key = _key(operation)
        return [PUSH if key is None or relation is Relation.PUSH else (relation, key)]

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message: an object with a `type` of this dialect."""
        if not isinstance(value, dict):
            raise ComposeError(f"A message of {self.name} is an object.")
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in self._types:
            listed = ", ".join(self._types)
            raise ComposeError(
                f"There is no type {brief(kind, 40)}.", where="type", hint=f"There are {listed}."
            )
        if kind in _WITH_ID and not isinstance(value.get("id"), str):
            raise ComposeError(f"A {kind} needs an id, which is a text.", where="id")
        return [Payload(data=tree_to_json(value), kind="text", direction="sent")]


class _Conversation:
    def __init__(self, name: str, types: _Types, mark: Marker) -> None:
        self._name = name
        self._types = types
        self._mark = mark
        self._operations: dict[str, tuple[str, str]] = {}  # what it is called, who asked

    def decode(self, payload: Payload) -> Decoded:
        value = readable(read_json(payload.data))
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            raise DecodeError("It is no object with a type.")
        kind = str(value["type"])
        if kind not in self._types:
            raise DecodeError(f"There is no type {brief(kind, 40)}.", where="type")
        _, key = only(self._mark(payload.data, payload.kind, payload.direction))
        given = key if kind in _WITH_ID else None
        role = self._types[kind][0]
        # Either end may complete; said by the one that asked, it answers nothing.
        _, asked_by = self._operations.get(given or "", ("", ""))
        if kind == "complete" and asked_by == payload.direction:
            role = "other"
        return Decoded(
            format=self._name,
            summary=f"{kind} {self._words(kind, given, value.get('payload'), payload)}".rstrip(),
            value=value,
            name=kind,
            role=role,
            correlation=key,
        )

    def _words(self, kind: str, number: str | None, content: Any, payload: Payload) -> str:
        label = "" if number is None else f"#{number} "
        if kind in ("subscribe", "start"):
            operation = operation_of(content)
            if number is not None and len(self._operations) < 10_000:
                self._operations[number] = (operation, payload.direction)
            return label + operation
        running, _ = self._operations.get(number or "", ("", ""))
        if kind == "error" and "next" in self._types:  # in this dialect nothing follows
            self._operations.pop(number or "", None)
        if kind in ("complete", "stop"):
            self._operations.pop(number or "", None)
            return label + running
        beginning = f"{running}: " if running else ""
        return label + beginning + ("" if content is None else brief(content, 100))


def _key(operation: _Operation) -> str | None:
    """Give the operation's id; what belongs to the connection has none, and a name of its own."""
    if operation.type in _WITH_ID:
        given = operation.id
        return bounded(given) if isinstance(given, str) else key_of(given)
    return "ping" if operation.type in ("ping", "pong") else "connection_init"


def operation_of(content: object) -> str:
    """Name the operation that a request's payload asks for, as `subscription OnMessage`.

    >>> operation_of({"query": "query Q { a }"})
    'query Q'
    """
    if not isinstance(content, Mapping):
        return ""
    query = content.get("query")
    found = _OPERATION.search(query[:10_000]) if isinstance(query, str) else None
    kind, name = (found[1], found[2]) if found else ("query", None)
    chosen = content.get("operationName")
    if isinstance(chosen, str) and chosen:
        name = chosen
    return f"{kind} {name}" if name else f"{kind} {brief(query, 60)}"


GRAPHQL_TRANSPORT_WS = GraphQLDecoder("graphql-transport-ws", _NEW, priority=41)
GRAPHQL_WS = GraphQLDecoder("graphql-ws", _OLD, priority=40)
