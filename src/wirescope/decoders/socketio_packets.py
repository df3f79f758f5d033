"""Socket.IO packets: from what an Engine.IO message carries to their fields, and back.

A packet is a digit, the number of attachments, a namespace, an id and JSON (Socket.IO protocol,
"Packet encoding"); with the MessagePack parser it is one map. Bytes are cut out of the JSON and
follow as binary messages of their own; what stands in their place is
`{"_placeholder":true,"num":0}`. What comes before the JSON says already who asks and who answers.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from wirescope.decoders.engineio import PACKETS, EnginePacket
from wirescope.decoders.marks import PUSH, Mark, Relation, bounded, glance
from wirescope.decoders.messagepack import read_messagepack
from wirescope.decoders.tree import Tree, brief, read_json, readable, tree_to_json
from wirescope.errors import ComposeError, DecodeError

TYPES = ("CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK")
MAX_ATTACHMENTS = 1000

_HEAD = re.compile(rb"([0-6])(?:([0-9]{1,9})-)?(?:(/[^,\[{]*)(?:,|\Z))?([0-9]{1,18})?")
_RELATIONS = {"EVENT": Relation.REQUEST, "ACK": Relation.RESPONSE}


class Head(NamedTuple):
    """What a packet begins with; `end` is where its data begins."""

    type: str
    namespace: str
    id: int | None
    attachments: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SocketPacket:
    """One packet; `attachments` is how many binary messages belong to it."""

    type: str
    namespace: str
    id: int | None
    data: Tree
    attachments: int = 0


class _Packed(msgspec.Struct, gc=False):
    """What a packet of the MessagePack parser begins with."""

    type: int
    nsp: str
    id: int | None = None


_PACKED = msgspec.msgpack.Decoder(_Packed)


def read_head(data: bytes, at: int = 0) -> Head | None:
    """Read what comes before the data; None where that is no packet's beginning."""
    found = _HEAD.match(data, at)
    if found is None:
        return None
    number, attachments, namespace, identifier = found.groups()
    # Before Socket.IO 3 a query could follow the namespace of CONNECT.
    name = "/" if namespace is None else namespace.partition(b"?")[0].decode("utf-8", "replace")
    return Head(
        TYPES[int(number)], name, None if identifier is None else int(identifier),
        int(attachments or 0), found.end(),
    )  # fmt: skip


def read_packed_head(data: bytes) -> Head | None:
    """Read what a packet of the MessagePack parser says of itself; None where it is none."""
    packed = glance(_PACKED, data)
    if packed is None or not 0 <= packed.type < len(TYPES):
        return None
    return Head(TYPES[packed.type], packed.nsp, packed.id)


def mark_of(head: Head) -> Mark:
    """Say what a packet asks or answers: an event with an id asks for an acknowledgement."""
    relation = _RELATIONS.get(head.type.removeprefix("BINARY_"))
    if relation is None or head.id is None:
        return PUSH
    return relation, bounded(f"{head.namespace}#{head.id}")


def may_have_attachments(head: Head) -> bool:
    """Whether a packet of this type may announce so many."""
    return head.type.startswith("BINARY") and head.attachments <= MAX_ATTACHMENTS


def read_socket_packet(data: bytes, head: Head) -> SocketPacket:
    """Read a packet whose head was read.

    Raises:
        DecodeError: the rest is not what the head says.
    """
    if head.attachments and not may_have_attachments(head):
        raise DecodeError(
            f"{head.type} announces {head.attachments:,} attachments.", where="byte 2",
            hint=f"Up to {MAX_ATTACHMENTS:,} of BINARY_EVENT and BINARY_ACK are followed.",
        )  # fmt: skip
    rest = data[head.end :]
    content = readable(read_json(rest)) if rest else None
    _check_data(head, content)
    return SocketPacket(head.type, head.namespace, head.id, content, head.attachments)


def read_packed_packet(data: bytes, head: Head) -> SocketPacket:
    """Read a packet of the MessagePack parser whose head was read.

    Raises:
        DecodeError: it has what no tree can hold, or its data is not what its type says.
    """
    value = readable(read_messagepack(data))
    content = value.get("data") if isinstance(value, dict) else None
    _check_data(head, content)
    return SocketPacket(head.type, head.namespace, head.id, content)


def _check_data(head: Head, content: Tree) -> None:
    if head.type.removeprefix("BINARY_") in ("EVENT", "ACK") and not isinstance(content, list):
        raise DecodeError(f"The data of {head.type} is no array.")


def filled(data: Tree, attachments: list[bytes]) -> Tree:
    """Put the attachments where their placeholders are."""
    if isinstance(data, list):
        return [filled(each, attachments) for each in data]
    if isinstance(data, dict):
        number = data.get("num")
        if data.get("_placeholder") is True and type(number) is int:
            if 0 <= number < len(attachments):
                return attachments[number]
            raise DecodeError(f"There is no attachment {number}.")
        return {key: filled(each, attachments) for key, each in data.items()}
    return data


def engine_packet(value: dict[str, Tree]) -> EnginePacket:
    """Make the packet of Engine.IO that `{"engine": type, "data": …}` asks for.

    Raises:
        ComposeError: there is no such type.
    """
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


def written(value: dict[str, Tree]) -> tuple[str, list[bytes]]:
    """Write a packet given by its fields, and give the attachments that follow it.

    Raises:
        ComposeError: a field is missing or has a value that it cannot have.
    """
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
