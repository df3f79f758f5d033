"""Socket.IO, protocol 5 and its older forms, over Engine.IO.

A packet is a digit, the number of attachments, a namespace, an id and JSON (Socket.IO protocol,
"Packet encoding"). Bytes are cut out of the JSON and follow as binary messages of their own; what
stands in their place is `{"_placeholder":true,"num":0}`. An id asks for an acknowledgement.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wirescope.decoders.engineio import (
    PACKETS,
    ROLES,
    EnginePacket,
    read_packet,
    version_in,
    write_packet,
)
from wirescope.decoders.messagepack import read_messagepack
from wirescope.decoders.nested import nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError

TYPES = ("CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK")
MAX_ATTACHMENTS = 1000
MAX_ATTACHED = 16 << 20

_PACKET = re.compile(
    r"([0-6])(?:([0-9]{1,9})-)?(?:(/[^,\[{]*)(?:,|\Z))?([0-9]{1,18})?(.*)\Z", re.DOTALL
)
_FIRST = re.compile(rb'0\{"sid"')
_LATER = re.compile(rb"4[0-6](?:\d+-)?(?:/[^,]{0,100},)?\d*[\[{]")
_PATHS = ("/socket.io/", "/engine.io/")


@dataclass(frozen=True, slots=True)
class SocketPacket:
    """One packet; `attachments` is how many binary messages belong to it."""

    type: str
    namespace: str
    id: int | None
    data: Tree
    attachments: int = 0


def read_socket_packet(text: str) -> SocketPacket:
    """Take a packet apart.

    Raises:
        DecodeError: it is none.
    """
    found = _PACKET.match(text)
    if found is None:
        raise DecodeError("A Socket.IO packet begins with a digit from 0 to 6.", where="byte 1")
    number, attachments, namespace, identifier, rest = found.groups()
    kind, count = TYPES[int(number)], int(attachments or 0)
    if count > MAX_ATTACHMENTS:
        raise DecodeError(f"It announces {count:,} attachments; {MAX_ATTACHMENTS:,} are followed.")
    if count and not kind.startswith("BINARY"):
        raise DecodeError(f"{kind} has no attachments.", where="byte 2")
    data = readable(read_json(rest)) if rest else None
    if kind.removeprefix("BINARY_") in ("EVENT", "ACK") and not isinstance(data, list):
        raise DecodeError(f"The data of {kind} is no array.")
    # Before Socket.IO 3 a query could follow the namespace of CONNECT.
    name = (namespace or "/").partition("?")[0]
    return SocketPacket(kind, name, int(identifier) if identifier else None, data, count)


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

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a packet; bytes inside become attachments, each a message of its own.

        `{"type": "EVENT", "namespace": "/", "id": 1, "data": ["name", …]}`, or
        `{"engine": "ping", "data": "probe"}`; `"version": 3` writes Engine.IO 3.
        """
        if not isinstance(value, dict):
            raise ComposeError("A Socket.IO message is an object.")
        version = 3 if value.get("version") == 3 else 4
        if "type" not in value:
            return [write_packet(_engine_packet(value), version=version)]
        text, attachments = _written(value)
        packets = [EnginePacket("message", text)]
        packets += [EnginePacket("message", data) for data in attachments]
        return [write_packet(packet, version=version) for packet in packets]


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
        try:
            packet = read_socket_packet(data)
        except DecodeError:
            if payload.data[1:2].isdigit():
                raise
            return self._plain(data)
        if packet.attachments:
            self._waiting[payload.direction] = (packet, [])
        return self._packet(packet)

    def _plain(self, data: str | bytes) -> Decoded:
        """Show a message of Engine.IO that is not Socket.IO's."""
        inside = nested(data.encode() if isinstance(data, str) else data)
        words = inside.summary if inside else ""
        value: Tree = {"engine": "message", "data": data}
        return Decoded(
            format=self._name, summary=f"message {words}".rstrip(), value=value, name="message",
            role="push", nested=inside,
        )  # fmt: skip

    def _packet(self, packet: SocketPacket) -> Decoded:
        role, correlation = _role(packet), None
        if packet.id is not None and role in ("request", "response"):
            correlation = f"{packet.namespace}#{packet.id}"
        return Decoded(
            format=self._name, summary=_summary(packet), value=_value(packet),
            name=_name(packet), role=role, correlation=correlation,
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
            packet.type, packet.namespace, packet.id, _filled(packet.data, received)
        )
        summary = f"{label}: {_summary(whole)}"
        return Decoded(format=self._name, summary=summary, value=_value(whole), name="attachment")

    def _binary(self, data: bytes) -> Decoded:
        """Read a packet of the MessagePack parser, or show bytes that belong to nothing."""
        try:
            value = readable(read_messagepack(data))
        except DecodeError:
            return self._plain(data)
        if not isinstance(value, dict) or not isinstance(kind := value.get("type"), int):
            return self._plain(data)
        if not 0 <= kind < len(TYPES) or "nsp" not in value:
            return self._plain(data)
        number = value.get("id")
        identifier = number if isinstance(number, int) else None
        packet = SocketPacket(TYPES[kind], str(value["nsp"]), identifier, value.get("data"))
        return self._packet(packet)


def _role(packet: SocketPacket) -> Role:
    if packet.type in ("EVENT", "BINARY_EVENT"):
        return "push" if packet.id is None else "request"
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


def _filled(data: Tree, attachments: list[bytes]) -> Tree:
    """Put the attachments where their placeholders are."""
    if isinstance(data, list):
        return [_filled(each, attachments) for each in data]
    if isinstance(data, dict):
        number = data.get("num")
        if data.get("_placeholder") is True and isinstance(number, int):
            if 0 <= number < len(attachments):
                return attachments[number]
            raise DecodeError(f"There is no attachment {number}.")
        return {key: _filled(each, attachments) for key, each in data.items()}
    return data


def _engine_packet(value: dict[str, Tree]) -> EnginePacket:
    kind, data = value.get("engine"), value.get("data", "")
    if kind not in PACKETS:
        listed = ", ".join(PACKETS)
        raise ComposeError(
            "A message needs a type or an engine packet.", where="engine",
            hint=f"Engine packets are {listed}.",
        )  # fmt: skip
    if not isinstance(data, str | bytes):
        data = tree_to_json(data).decode()
    return EnginePacket(str(kind), data)


def _written(value: dict[str, Tree]) -> tuple[str, list[bytes]]:
    kind = value["type"]
    if kind not in TYPES:
        listed = ", ".join(TYPES)
        raise ComposeError(
            f"There is no type {brief(kind, 40)}.", where="type", hint=f"There are {listed}."
        )
    if value.get("attachments"):
        raise ComposeError("Attachments are written from the bytes in data.", where="attachments")
    name = str(kind).removeprefix("BINARY_")
    if name in ("EVENT", "ACK") and not isinstance(value.get("data"), list):
        raise ComposeError(f"The data of {name} is an array.", where="data")
    attachments: list[bytes] = []
    data = _emptied(value.get("data"), attachments)
    if attachments:
        name = f"BINARY_{name}"
    return "".join([
        str(TYPES.index(name)) if name in TYPES else str(TYPES.index(str(kind))),
        f"{len(attachments)}-" if attachments else "",
        _namespace_and_id(value),
        "" if data is None else tree_to_json(data).decode(),
    ]), attachments  # fmt: skip


def _namespace_and_id(value: dict[str, Tree]) -> str:
    namespace, identifier = value.get("namespace", "/"), value.get("id")
    if not isinstance(namespace, str) or not namespace.startswith("/") or "," in namespace:
        raise ComposeError("A namespace begins with / and has no comma.", where="namespace")
    if identifier is not None and (not isinstance(identifier, int) or identifier < 0):
        raise ComposeError("An id is a whole number.", where="id")
    before = f"{namespace}," if namespace != "/" else ""
    return before if identifier is None else f"{before}{identifier:d}"


def _emptied(data: Any, attachments: list[bytes]) -> Tree:
    if isinstance(data, bytes):
        attachments.append(data)
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(data, list):
        return [_emptied(each, attachments) for each in data]
    if isinstance(data, dict):
        return {key: _emptied(each, attachments) for key, each in data.items()}
    made: Tree = data
    return made
