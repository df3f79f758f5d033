"""The fourteen MQTT packets, and AUTH of MQTT 5: from their bytes to their fields and back.

Fields are called as in the specification (MQTT 3.1.1 and 5.0, section 3). Each packet is written by
the function that stands beside the one that reads it.
"""

from collections.abc import Callable

from wirescope.decoders.marks import PUSH, Mark, Relation
from wirescope.decoders.mqtt_fields import Fields, Writer
from wirescope.decoders.nested import is_text
from wirescope.decoders.tree import Tree, brief
from wirescope.errors import ComposeError, DecodeError

NAMES = {
    1: "CONNECT", 2: "CONNACK", 3: "PUBLISH", 4: "PUBACK", 5: "PUBREC", 6: "PUBREL", 7: "PUBCOMP",
    8: "SUBSCRIBE", 9: "SUBACK", 10: "UNSUBSCRIBE", 11: "UNSUBACK", 12: "PINGREQ", 13: "PINGRESP",
    14: "DISCONNECT", 15: "AUTH",
}  # fmt: skip
_NUMBERS = {name: number for number, name in NAMES.items()}
_WITH_ID = {
    "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK"
}  # fmt: skip
_WITHOUT_ID = {
    "CONNECT": "CONNECT", "CONNACK": "CONNECT", "PINGREQ": "PINGREQ", "PINGRESP": "PINGREQ"
}  # fmt: skip
_RELATIONS = {
    "CONNECT": Relation.REQUEST, "CONNACK": Relation.RESPONSE, "PINGREQ": Relation.REQUEST,
    "PINGRESP": Relation.RESPONSE, "PUBACK": Relation.RESPONSE, "PUBREC": Relation.RESPONSE,
    "PUBCOMP": Relation.RESPONSE, "SUBACK": Relation.RESPONSE, "UNSUBACK": Relation.RESPONSE,
}  # fmt: skip
_RESERVED_FLAGS = {6: 2, 8: 2, 10: 2}  # section 2.1.3

Packet = dict[str, Tree]


def read_beginning(head: int, fields: Fields) -> Packet:
    """Read what tells who asks and who answers: the packet's name, and its id where it has one.

    Raises:
        DecodeError: it is none.
    """
    name = NAMES.get(head >> 4)
    if name is None:
        raise DecodeError("There is no packet of type 0.", where=fields.where)
    packet: Packet = {"packet": name}
    if name == "PUBLISH":
        qos = head >> 1 & 3
        if qos == 3:
            raise DecodeError("There is no QoS 3 (section 3.3.1.2).", where=fields.where)
        packet |= {"dup": bool(head & 8), "qos": qos, "retain": bool(head & 1)}
        packet["topic"] = fields.text()
        if qos:
            packet["packet_id"] = fields.two()
    elif name in _WITH_ID:
        packet["packet_id"] = fields.two()
    return packet


def mark_of(packet: Packet) -> Mark:
    """Say what a packet asks or answers, whose beginning at least was read."""
    name = str(packet["packet"])
    relation = _RELATIONS.get(name, Relation.REQUEST if "packet_id" in packet else Relation.PUSH)
    if relation is Relation.PUSH:
        return PUSH
    if name in _WITHOUT_ID:
        return relation, _WITHOUT_ID[name]
    return relation, f"{packet['packet_id']!s}"


def read_packet(head: int, body: bytes, *, version: int, offset: int = 0) -> Packet:
    """Read one packet: its first byte, and what stands behind the remaining length.

    Raises:
        DecodeError: it is none; the error says at which byte.
    """
    fields = Fields(body, offset)
    packet = read_beginning(head, fields) | {"version": version}
    name = str(packet["packet"])
    _READERS[name](fields, packet)
    if fields.left:
        raise DecodeError(f"{name} is longer than its fields.", where=fields.where)
    return packet


def write_packet(value: Tree) -> bytes:
    """Write one packet given by its fields.

    Raises:
        ComposeError: a field is missing or has a value that it cannot have.
    """
    name = value.get("packet") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(name, str) or name not in _NUMBERS:
        listed = ", ".join(_NUMBERS)
        raise ComposeError(
            f"There is no packet {brief(name, 40)}.", where="packet", hint=f"There are {listed}."
        )
    number = _NUMBERS[name]
    writer = Writer(value)
    flags = _WRITERS[name](writer) or _RESERVED_FLAGS.get(number, 0)
    return bytes([number << 4 | flags]) + writer.with_length()


def _read_connect(fields: Fields, packet: Packet) -> None:
    packet["protocol_name"] = fields.text()
    packet["version"] = fields.byte() & 0x7F  # a bridge sets the highest bit
    flags = fields.byte()
    packet["clean_start" if packet["version"] == 5 else "clean_session"] = bool(flags & 2)
    packet["keep_alive"] = fields.two()
    fields.properties_into(packet)
    packet["client_id"] = fields.text()
    if flags & 4:
        will: Packet = {"version": packet["version"]}
        fields.properties_into(will)
        del will["version"]
        will |= {"topic": fields.text(), "payload": _shown(fields.binary())}
        packet["will"] = {**will, "qos": flags >> 3 & 3, "retain": bool(flags & 32)}
    if flags & 128:
        packet["user_name"] = fields.text()
    if flags & 64:
        packet["password"] = _shown(fields.binary())


def _write_connect(writer: Writer) -> int:
    will = writer.inner("will")
    flags = 2 if writer.flag("clean_start") or writer.flag("clean_session") else 0
    if will is not None:
        flags |= 4 | will.number("qos", 2) << 3 | (32 if will.flag("retain") else 0)
    flags |= 128 if "user_name" in writer else 0
    flags |= 64 if "password" in writer else 0
    writer.text("protocol_name", "MQTT" if writer.version > 3 else "MQIsdp")
    writer.add(bytes([writer.version, flags]))
    writer.two("keep_alive", 60)
    writer.properties()
    writer.text("client_id", "")
    if will is not None:
        will.properties()
        will.text("topic")
        will.binary("payload", b"")
        writer.add(will.data)
    if "user_name" in writer:
        writer.text("user_name")
    if "password" in writer:
        writer.binary("password")
    return 0


def _read_connack(fields: Fields, packet: Packet) -> None:
    packet["session_present"] = bool(fields.byte() & 1)
    packet["reason_code"] = fields.byte()
    if fields.left:  # a server may answer in a version of its own
        fields.properties_into(packet)


def _write_connack(writer: Writer) -> int:
    writer.add(bytes([writer.flag("session_present"), writer.number("reason_code", 255)]))
    writer.properties()
    return 0


def _read_publish(fields: Fields, packet: Packet) -> None:
    fields.properties_into(packet)
    packet["payload"] = _shown(fields.rest())


def _write_publish(writer: Writer) -> int:
    qos = writer.number("qos", 2)
    writer.text("topic")
    if qos:
        writer.two("packet_id")
    writer.properties()
    writer.add(writer.bytes_of("payload", b""))
    return (8 if writer.flag("dup") else 0) | qos << 1 | (1 if writer.flag("retain") else 0)


def _write_answer(writer: Writer) -> int:
    writer.two("packet_id")
    return _write_reason(writer)


def _read_reason(fields: Fields, packet: Packet) -> None:
    """Read a reason, which may be missing where it is success (section 3.4.2.1)."""
    if fields.left:
        packet["reason_code"] = fields.byte()
    if fields.left:
        fields.properties_into(packet)


def _write_reason(writer: Writer) -> int:
    if "reason_code" in writer or "properties" in writer:
        writer.add(bytes([writer.number("reason_code", 255)]))
    if "properties" in writer:
        writer.properties()
    return 0


def _read_subscribe(fields: Fields, packet: Packet) -> None:
    fields.properties_into(packet)
    subscriptions: list[Tree] = []
    while fields.left:
        subscription: Packet = {"topic": fields.text()}
        options = fields.byte()
        subscription["qos"] = options & 3
        if packet["version"] == 5:
            subscription["no_local"] = bool(options & 4)
            subscription["retain_as_published"] = bool(options & 8)
            subscription["retain_handling"] = options >> 4 & 3
        subscriptions.append(subscription)
    packet["subscriptions"] = subscriptions


def _write_subscribe(writer: Writer) -> int:
    writer.two("packet_id")
    writer.properties()
    for each in writer.inner_list("subscriptions"):
        each.text("topic")
        options = each.number("qos", 2) | (4 if each.flag("no_local") else 0)
        options |= 8 if each.flag("retain_as_published") else 0
        each.add(bytes([options | each.number("retain_handling", 2) << 4]))
        writer.add(each.data)
    return 0


def _read_suback(fields: Fields, packet: Packet) -> None:
    fields.properties_into(packet)
    if fields.left:
        packet["reason_codes"] = list(fields.rest())


def _write_suback(writer: Writer) -> int:
    writer.two("packet_id")
    writer.properties()
    writer.add(writer.codes("reason_codes"))
    return 0


def _read_unsubscribe(fields: Fields, packet: Packet) -> None:
    fields.properties_into(packet)
    topics: list[Tree] = []
    while fields.left:
        topics.append(fields.text())
    packet["topics"] = topics


def _write_unsubscribe(writer: Writer) -> int:
    writer.two("packet_id")
    writer.properties()
    for topic in writer.texts("topics"):
        writer.add(topic)
    return 0


def _read_nothing(fields: Fields, packet: Packet) -> None:
    """Read PINGREQ and PINGRESP, which have no fields."""


def _write_nothing(writer: Writer) -> int:
    return 0


def _shown(data: bytes) -> str | bytes:
    return data.decode() if is_text(data) else data


_READERS: dict[str, Callable[[Fields, Packet], None]] = {
    "CONNECT": _read_connect, "CONNACK": _read_connack, "PUBLISH": _read_publish,
    "PUBACK": _read_reason, "PUBREC": _read_reason, "PUBREL": _read_reason,
    "PUBCOMP": _read_reason, "SUBSCRIBE": _read_subscribe, "SUBACK": _read_suback,
    "UNSUBSCRIBE": _read_unsubscribe, "UNSUBACK": _read_suback, "PINGREQ": _read_nothing,
    "PINGRESP": _read_nothing, "DISCONNECT": _read_reason, "AUTH": _read_reason,
}  # fmt: skip
_WRITERS: dict[str, Callable[[Writer], int]] = {
    "CONNECT": _write_connect, "CONNACK": _write_connack, "PUBLISH": _write_publish,
    "PUBACK": _write_answer, "PUBREC": _write_answer, "PUBREL": _write_answer,
    "PUBCOMP": _write_answer, "SUBSCRIBE": _write_subscribe, "SUBACK": _write_suback,
    "UNSUBSCRIBE": _write_unsubscribe, "UNSUBACK": _write_suback, "PINGREQ": _write_nothing,
    "PINGRESP": _write_nothing, "DISCONNECT": _write_reason, "AUTH": _write_reason,
}  # fmt: skip
