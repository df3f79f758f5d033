"""Phoenix channels, serialisers 1 (objects) and 2 (arrays, and binary pushes).

The fields are join_ref, ref, topic, event and payload. A push of the client is answered by a
`phx_reply` with its ref, unless the channel does not answer. The binary form has the lengths of the
fields before them, and differs between the client's pushes and the server's (phoenix.js,
`Serializer`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from wirescope.decoders.json import looks_like_json
from wirescope.decoders.marks import PUSH, Mark, Marker, Relation, bounded, glance, key_of, only
from wirescope.decoders.nested import nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind

_PUSH, _REPLY, _BROADCAST = range(3)
_ARRAY = re.compile(rb'\s*\[\s*(?:null|"\d+")\s*,\s*(?:null|"\d+")\s*,\s*"[^"]{0,200}"\s*,\s*"')
_FIELDS = (b'"topic"', b'"event"', b'"payload"', b'"ref"')
_FROM_SERVER = {
    "phx_reply": Relation.RESPONSE,
    "phx_error": Relation.STREAM,  # these two have the ref of the join
    "phx_close": Relation.STREAM,
}
_MAX_REFS = 10_000


@dataclass(frozen=True, slots=True)
class PhoenixMessage:
    """One message; refs and topics as on the wire."""

    join_ref: str | None
    ref: str | None
    topic: str
    event: str
    payload: Tree


class _Envelope(msgspec.Struct, gc=False):
    """What tells messages of serialiser 1 apart."""

    topic: str
    event: str
    ref: Any = None


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_PLACES = msgspec.json.Decoder(tuple[Any, Any, str, str, msgspec.Raw])


class _Marker:
    """What the messages of one connection are to each other.

    Attributes:
        client: the direction of what the client sends, as far as it has shown.
    """

    def __init__(self) -> None:
        self.client: Direction = "sent"

    def __call__(
        self, data: bytes, kind: MessageKind, direction: Direction
    ) -> Sequence[Mark] | None:
        found = self._glance(data, kind, direction)
        if found is None:
            return None
        topic, event, ref = found
        if event in ("phx_join", "phx_leave", "heartbeat") and (
            event != "heartbeat" or topic == "phoenix"
        ):
            self.client = direction
        key = ref if ref is None else bounded(ref)
        if key is None:
            return [PUSH]
        if event in _FROM_SERVER:
            return [(_FROM_SERVER[event], key)]
        return [(Relation.REQUEST, key) if direction == self.client else PUSH]

    def _glance(
        self, data: bytes, kind: MessageKind, direction: Direction
    ) -> tuple[str, str, str | None] | None:
        """Read topic, event and ref."""
        if kind == "binary":
            try:
                message = _from_binary(data, of_client=direction == self.client)
            except DecodeError:
                return None
            return message.topic, message.event, message.ref
        if data[:64].lstrip()[:1] == b"[":
            places = glance(_PLACES, data)
            return None if places is None else (places[2], places[3], _ref(places[1]))
        envelope = glance(_ENVELOPE, data)
        return None if envelope is None else (envelope.topic, envelope.event, _ref(envelope.ref))


class PhoenixDecoder:
    """Messages of Phoenix channels."""

    name = "phoenix"
    priority = 40
    subprotocols: tuple[str, ...] = ("phoenix",)

    def recognises(self, payload: Payload) -> float:
        """Look at the address and for the five fields."""
        data = payload.data
        if "/websocket" in payload.url and "vsn=" in payload.url:
            return 0.9
        if payload.kind != "text" or not looks_like_json(data):
            return 0.0
        if _ARRAY.match(data):
            return 0.85
        return 0.75 if data[:1] == b"{" and all(name in data[:4096] for name in _FIELDS) else 0.0

    def conversation(self) -> Conversation:
        """Begin to remember who the client is and which refs are heartbeats."""
        return _Conversation(self.name)

    def marker(self) -> Marker:
        """Begin to remember who the client is."""
        return _Marker()

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a message with serialiser 2, or with 1 for `"version": 1`; bytes as binary."""
        if not isinstance(value, dict):
            raise ComposeError("A Phoenix message is an object.")
        for name in ("topic", "event"):
            if not isinstance(value.get(name), str):
                raise ComposeError(f"A Phoenix message needs a {name}.", where=name)
        content = value.get("payload", {})
        if isinstance(content, bytes):
            return [Payload(data=_binary_push(value, content), kind="binary", direction="sent")]
        if value.get("version") == 1:
            written: Tree = {key: each for key, each in value.items() if key != "version"}
        else:
            names = ("join_ref", "ref", "topic", "event")
            written = [*(value.get(name) for name in names), content]
        return [Payload(data=tree_to_json(written), kind="text", direction="sent")]


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._marker = _Marker()
        self._heartbeats: set[str] = set()

    def decode(self, payload: Payload) -> Decoded:
        mark = only(self._marker(payload.data, payload.kind, payload.direction))
        if payload.kind == "binary":
            of_client = payload.direction == self._marker.client
            message, version = _from_binary(payload.data, of_client=of_client), 2
        else:
            message, version = _from_json(readable(read_json(payload.data)))
        value: dict[str, Tree] = {
            "join_ref": message.join_ref, "ref": message.ref, "topic": message.topic,
            "event": message.event, "payload": message.payload,
        }  # fmt: skip
        if version == 1:
            value["version"] = 1
        data = message.payload
        return Decoded(
            format=self._name, summary=_summary(message), value=value, name=message.event,
            role=self._role(message, mark), correlation=mark[1],
            nested=nested(data) if isinstance(data, bytes) else None,
        )  # fmt: skip

    def _role(self, message: PhoenixMessage, mark: Mark) -> Role:
        relation, key = mark
        if message.event == "heartbeat" and message.topic == "phoenix":
            if key is not None and len(self._heartbeats) < _MAX_REFS:
                self._heartbeats.add(key)
            return "heartbeat"
        if message.event == "phx_reply":
            if key in self._heartbeats:
                self._heartbeats.remove(key)
                return "heartbeat"
            content = message.payload
            failed = isinstance(content, dict) and content.get("status") == "error"
            return "error" if failed else "response"
        if message.event == "phx_error":
            return "error"
        if message.event == "phx_close":
            return "other"
        return "request" if relation is Relation.REQUEST else "push"


def _summary(message: PhoenixMessage) -> str:
    ref = f" #{message.ref}" if message.ref else ""
    return f"{message.topic} {message.event}{ref} {brief(message.payload, 100)}"


def _from_json(value: Tree) -> tuple[PhoenixMessage, int]:
    if isinstance(value, list) and len(value) == 5:
        join_ref, ref, topic, event, content = value
        version = 2
    elif isinstance(value, dict) and {"topic", "event"} <= value.keys():
        join_ref, ref = value.get("join_ref"), value.get("ref")
        topic, event, content = value["topic"], value["event"], value.get("payload")
        version = 1
    else:
        raise DecodeError("It is neither an array of five nor an object with topic and event.")
    if not isinstance(topic, str) or not isinstance(event, str):
        raise DecodeError("Topic and event are no texts.")
    return PhoenixMessage(_ref(join_ref), _ref(ref), topic, event, content), version


def _ref(value: Any) -> str | None:
    return value if isinstance(value, str) else key_of(value)


def _from_binary(data: bytes, *, of_client: bool) -> PhoenixMessage:
    kind = data[0] if data else -1
    if kind == _PUSH:
        # What the server pushes has no ref.
        join_ref, ref, topic, event, rest = _cut(data, "jrte" if of_client else "jte")
        return PhoenixMessage(join_ref or None, ref or None, topic, event, rest)
    if kind == _REPLY:
        join_ref, ref, topic, status, rest = _cut(data, "jrte")
        answer: Tree = {"status": status, "response": rest}
        return PhoenixMessage(join_ref or None, ref or None, topic, "phx_reply", answer)
    if kind == _BROADCAST:
        _, _, topic, event, rest = _cut(data, "te")
        return PhoenixMessage(None, None, topic, event, rest)
    raise DecodeError("A binary message begins with 0, 1 or 2.", where="byte 0")


def _cut(data: bytes, fields: str) -> tuple[str, str, str, str, bytes]:
    """Cut the fields out: j is join_ref, r ref, t topic, e event or status."""
    sizes = data[1 : 1 + len(fields)]
    at = 1 + len(fields)
    if len(sizes) < len(fields) or len(data) < at + sum(sizes):
        raise DecodeError("The fields are longer than the message.", where="byte 1")
    found = {}
    for name, size in zip(fields, sizes, strict=True):
        found[name] = data[at : at + size].decode("utf-8", "backslashreplace")
        at += size
    texts = [found.get(name, "") for name in "jrte"]
    return texts[0], texts[1], texts[2], texts[3], data[at:]


def _binary_push(value: dict[str, Tree], content: bytes) -> bytes:
    fields = [str(value.get(name) or "").encode("utf-8", "replace") for name in ("join_ref", "ref")]
    fields += [str(value[name]).encode("utf-8", "replace") for name in ("topic", "event")]
    if any(len(field) > 255 for field in fields):
        raise ComposeError("In a binary push a field has at most 255 bytes.")
    return bytes([_PUSH, *map(len, fields)]) + b"".join(fields) + content
