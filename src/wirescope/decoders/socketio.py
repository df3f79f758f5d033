"""Socket.IO, protocol 5 and its older forms, over Engine.IO.

What a packet is made of is in `socketio_packets`. An id asks for an acknowledgement. The binary
messages that belong to a packet are awaited, and the last one shows it whole.
"""

import re
from collections.abc import Sequence

from wirescope.decoders.engineio import ROLES, EnginePacket, read_packet, version_in, write_packet
from wirescope.decoders.marks import PUSH, Mark, Marker, Relation
from wirescope.decoders.nested import nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.socketio_packets import (
    Head,
    SocketPacket,
    engine_packet,
    filled,
    mark_of,
    may_have_attachments,
    read_head,
    read_packed_head,
    read_packed_packet,
    read_socket_packet,
    written,
)
from wirescope.decoders.tree import Tree, brief, read_json, readable
from wirescope.errors import ComposeError, DecodeError
from wirescope.events import Direction, MessageKind

MAX_ATTACHED = 16 << 20

_FIRST = re.compile(rb'0\{"sid"')
_LATER = re.compile(rb"4[0-6](?:\d+-)?(?:/[^,]{0,100},)?\d*[\[{]")
_PATHS = ("/socket.io/", "/engine.io/")
_ENGINE_TYPES = frozenset({b"0", b"1", b"2", b"3", b"5", b"6"})
_HEARTBEATS: dict[str, Mark] = {
    "ping": (Relation.REQUEST, "ping"),
    "pong": (Relation.RESPONSE, "ping"),
}
_ENGINE_MARKS = {b"2": _HEARTBEATS["ping"], b"3": _HEARTBEATS["pong"]}


class SocketIODecoder:
    """Socket.IO and whatever else travels over Engine.IO."""

    name = "socketio"
    priority = 60
    subprotocols: tuple[str, ...] = ()

    def recognises(self, payload: Payload) -> float:
        """Look at the address and for the digits of both protocols."""
        if any(path in payload.url for path in _PATHS) and version_in(payload.url):
            return 0.98
        if payload.kind != "text":
            return 0.0
        if _FIRST.match(payload.data):
            return 0.95
        return 0.7 if _LATER.match(payload.data) else 0.0

    def conversation(self) -> Conversation:
        """Begin to remember the version and the attachments that are missing."""
        return _Conversation(self.name)

    def marker(self) -> Marker:
        """Begin to count the attachments that are missing."""
        return _Marker()

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a packet; bytes inside become attachments, each a message of its own.

        `{"type": "EVENT", "namespace": "/", "id": 1, "data": ["name", …]}`, or
        `{"engine": "ping", "data": "probe"}`; `"version": 3` writes Engine.IO 3.
        """
        if not isinstance(value, dict):
            raise ComposeError("A Socket.IO message is an object.")
        version = 3 if value.get("version") == 3 else 4
        if "type" not in value:
            return [write_packet(engine_packet(value), version=version)]
        text, attachments = written(value)
        packets = [EnginePacket("message", text)]
        packets += [EnginePacket("message", data) for data in attachments]
        return [write_packet(packet, version=version) for packet in packets]


class _Marker:
    """What the messages of one connection are to each other."""

    def __init__(self) -> None:
        self._waiting: dict[Direction, int] = {}

    def __call__(
        self, data: bytes, kind: MessageKind, direction: Direction
    ) -> Sequence[Mark] | None:
        if kind == "text":
            return self._text(data, direction)
        if waiting := self._waiting.get(direction, 0):
            self._waiting[direction] = waiting - 1
            return ()
        head = read_packed_head(_without_engine(data))
        return [PUSH if head is None else mark_of(head)]

    def _text(self, data: bytes, direction: Direction) -> Sequence[Mark] | None:
        number = data[:1]
        if number != b"4":
            return [_ENGINE_MARKS.get(number, PUSH)] if number in _ENGINE_TYPES else None
        head = read_head(data, 1)
        if head is None:
            return None if data[1:2].isdigit() else [PUSH]
        if head.attachments:
            if not may_have_attachments(head):
                return None
            self._waiting[direction] = head.attachments
        return [mark_of(head)]


def _without_engine(data: bytes) -> bytes:
    """Leave out the type that Engine.IO 3 puts before bytes: no map of MessagePack begins so."""
    return data[1:] if data[:1] == b"\x04" else data


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._version = 0
        self._waiting: dict[str, tuple[SocketPacket, list[bytes]]] = {}

    def decode(self, payload: Payload) -> Decoded:
        self._version = self._version or version_in(payload.url)
        packet = read_packet(payload, version=self._version or 4)
        if packet.type == "message":
            return self._message(packet.data, payload)
        value: dict[str, Tree] = {"engine": packet.type}
        if packet.data:
            value["data"] = self._control_data(packet)
        words = f" {brief(value['data'], 100)}" if packet.data else ""
        return Decoded(
            format=self._name, summary=packet.type + words, value=value,
            name=packet.type, role=ROLES[packet.type],
            correlation=_HEARTBEATS.get(packet.type, PUSH)[1],
        )  # fmt: skip

    def _control_data(self, packet: EnginePacket) -> Tree:
        if packet.type != "open":
            return packet.data
        opened = readable(read_json(packet.data))
        if not self._version and isinstance(opened, dict):
            self._version = 4 if "maxPayload" in opened else 3
        return opened

    def _message(self, data: str | bytes, payload: Payload) -> Decoded:
        if isinstance(data, bytes):
            return self._attachment(data, payload)
        raw = payload.data[1:]
        head = read_head(raw)
        if head is None:
            if raw[:1].isdigit():
                raise DecodeError(
                    "A Socket.IO packet begins with a digit from 0 to 6.", where="byte 1"
                )
            return self._plain(data)
        packet = read_socket_packet(raw, head)
        if packet.attachments:
            self._waiting[payload.direction] = (packet, [])
        return self._packet(packet, head)

    def _plain(self, data: str | bytes) -> Decoded:
        """Show a message of Engine.IO that is not Socket.IO's."""
        inside = nested(data.encode() if isinstance(data, str) else data)
        words = inside.summary if inside else ""
        value: Tree = {"engine": "message", "data": data}
        return Decoded(
            format=self._name, summary=f"message {words}".rstrip(), value=value, name="message",
            role="push", nested=inside,
        )  # fmt: skip

    def _packet(self, packet: SocketPacket, head: Head) -> Decoded:
        relation, key = mark_of(head)
        return Decoded(
            format=self._name, summary=_summary(packet), value=_value(packet),
            name=_name(packet), role=_role(packet, relation), correlation=key,
        )  # fmt: skip

    def _attachment(self, data: bytes, payload: Payload) -> Decoded:
        waiting = self._waiting.get(payload.direction)
        if waiting is None:
            return self._binary(data)
        packet, received = waiting
        received.append(data)
        label = f"attachment {len(received)} of {packet.attachments}, {len(data):,} bytes"
        if sum(map(len, received)) > MAX_ATTACHED:
            del self._waiting[payload.direction]
            raise DecodeError(f"The attachments of a packet have more than {MAX_ATTACHED:,} bytes.")
        if len(received) < packet.attachments:
            return Decoded(format=self._name, summary=label, value=data, name="attachment")
        del self._waiting[payload.direction]
        whole = SocketPacket(
            packet.type, packet.namespace, packet.id, filled(packet.data, received)
        )
        summary = f"{label}: {_summary(whole)}"
        return Decoded(format=self._name, summary=summary, value=_value(whole), name="attachment")

    def _binary(self, data: bytes) -> Decoded:
        """Read a packet of the MessagePack parser, or show bytes that belong to nothing."""
        packed = _without_engine(data)
        head = read_packed_head(packed)
        if head is None:
            return self._plain(data)
        return self._packet(read_packed_packet(packed, head), head)


def _role(packet: SocketPacket, relation: Relation) -> Role:
    if packet.type in ("EVENT", "BINARY_EVENT"):
        return "request" if relation is Relation.REQUEST else "push"
    if packet.type in ("ACK", "BINARY_ACK"):
        return "response"
    return {"CONNECT": "handshake", "CONNECT_ERROR": "error"}.get(packet.type, "other")  # type: ignore[return-value]


def _name(packet: SocketPacket) -> str:
    if packet.type in ("EVENT", "BINARY_EVENT") and isinstance(packet.data, list) and packet.data:
        return brief(packet.data[0], 100).strip('"')
    return packet.type


def _summary(packet: SocketPacket) -> str:
    words = [packet.type]
    if packet.namespace != "/":
        words.append(packet.namespace)
    if packet.id is not None:
        words.append(f"#{packet.id}")
    if packet.data is not None:
        words.append(brief(packet.data, 100))
    if packet.attachments:
        words.append(f"and {packet.attachments} attachments to come")
    return " ".join(words)


def _value(packet: SocketPacket) -> Tree:
    value: dict[str, Tree] = {
        "engine": "message", "type": packet.type, "namespace": packet.namespace,
        "id": packet.id, "data": packet.data,
    }  # fmt: skip
    return value | {"attachments": packet.attachments} if packet.attachments else value
