"""MQTT 3.1, 3.1.1 and 5 over WebSocket: packets out of messages, and what is said with them.

A message may hold several packets, and a packet may go on in the next message (MQTT 5 section 6),
so that what is unfinished is kept for its direction. The version is the CONNECT packet's. How the
packets are built is in `mqtt_packets`.
"""

from collections.abc import Iterator, Sequence

from wirescope.decoders.marks import Mark, Marker
from wirescope.decoders.mqtt_fields import LONGEST, Fields
from wirescope.decoders.mqtt_packets import mark_of, read_beginning, read_packet, write_packet
from wirescope.decoders.mqtt_words import reason
from wirescope.decoders.nested import nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import MAX_PARTS, Tree, at_most, brief, readable
from wirescope.decoders.unfinished import Unfinished
from wirescope.decoders.varint import read_varint
from wirescope.errors import DecodeError
from wirescope.events import Direction, MessageKind

_ROLES: dict[str, Role] = {
    "CONNECT": "handshake", "CONNACK": "handshake", "AUTH": "handshake", "PUBLISH": "push",
    "PUBACK": "response", "PUBREC": "response", "PUBREL": "request", "PUBCOMP": "response",
    "SUBSCRIBE": "request", "SUBACK": "response", "UNSUBSCRIBE": "request",
    "UNSUBACK": "response", "PINGREQ": "heartbeat", "PINGRESP": "heartbeat",
}  # fmt: skip
_MAX_ALIASES = 65_535


class MqttDecoder:
    """MQTT packets."""

    name = "mqtt"
    priority = 40
    subprotocols: tuple[str, ...] = ("mqtt", "mqttv3.1")

    def recognises(self, payload: Payload) -> float:
        """Look for a CONNECT packet."""
        data = payload.data[:16]
        named = b"\x00\x04MQTT" in data or b"\x00\x06MQIsdp" in data
        return 0.95 if payload.kind == "binary" and data[:1] == b"\x10" and named else 0.0

    def conversation(self) -> Conversation:
        """Begin to remember the version, unfinished packets and topic aliases."""
        return _Conversation(self.name)

    def marker(self) -> Marker:
        """Begin to remember unfinished packets."""
        return _Marker()

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a packet given by its fields, or a list of them, as one message."""
        packets = value if isinstance(value, list) else [value]
        data = b"".join(write_packet(packet) for packet in packets)
        return [Payload(data=data, kind="binary", direction="sent")]


class _Packets:
    """Cuts the packets of one connection out of its messages, both directions."""

    def __init__(self) -> None:
        self._unfinished: dict[Direction, Unfinished] = {}

    def cut(self, data: bytes, direction: Direction) -> tuple[list[tuple[int, bytes, int]], int]:
        """Give the packets that end in a message, and how many bytes wait for the next one.

        A packet is its first byte, what stands behind its length, and where that begins.

        Raises:
            DecodeError: a length does not end, or there are too many; what was kept is forgotten.
        """
        unfinished = self._unfinished.setdefault(direction, Unfinished())
        joined = unfinished.add(data)
        if joined is None:
            return [], unfinished.size
        if unfinished.size:
            unfinished.keep(b"")  # unless it is refused
        packets, complete = [], 0
        for packet, end in at_most(MAX_PARTS, _complete(joined)):
            packets.append(packet)
            complete = end
        rest = joined[complete:]
        if rest:
            length = read_varint(rest, 1, longest=LONGEST)
            unfinished.keep(rest, needed=0 if length is None else sum(length))
        return packets, len(rest)


def _complete(data: bytes) -> Iterator[tuple[tuple[int, bytes, int], int]]:
    at = 0
    while at < len(data):
        found = read_varint(data, at + 1, longest=LONGEST)
        if found is None or len(data) < sum(found):
            return
        length, begin = found
        end = begin + length
        yield (data[at], data[begin:end], begin), end
        at = end


class _Marker:
    """What the packets of one connection are to each other."""

    def __init__(self) -> None:
        self._packets = _Packets()

    def __call__(
        self, data: bytes, _kind: MessageKind, direction: Direction
    ) -> Sequence[Mark] | None:
        try:
            packets, _ = self._packets.cut(data, direction)
            return [
                mark_of(read_beginning(head, Fields(body, offset)))
                for head, body, offset in packets
            ]
        except DecodeError:
            return None


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._version = 4
        self._packets = _Packets()
        self._aliases: dict[tuple[str, int], str] = {}

    def decode(self, payload: Payload) -> Decoded:
        packets, rest = self._packets.cut(payload.data, payload.direction)
        return self._together([self._packet(*each, payload.direction) for each in packets], rest)

    def _together(self, parts: list[Decoded], rest: int) -> Decoded:
        if len(parts) == 1 and not rest:
            return parts[0]
        more = f"{rest:,} bytes of a packet that goes on" if rest else ""
        words = "; ".join([*(part.summary for part in parts[:5]), *filter(None, [more])])
        return Decoded(
            format=self._name, summary=words or "nothing", value=[part.value for part in parts],
            name="packets" if parts else "part of a packet", parts=tuple(parts),
        )  # fmt: skip

    def _packet(self, head: int, body: bytes, offset: int, direction: Direction) -> Decoded:
        packet = read_packet(head, body, version=self._version, offset=offset)
        name = str(packet["packet"])
        if name == "CONNECT" and packet["version"] in (3, 4, 5):
            self._version = int(str(packet["version"]))
        topic = self._topic(packet, direction) if name == "PUBLISH" else ""
        content = packet.get("payload")
        data = content.encode() if isinstance(content, str) else content
        inside = nested(data) if isinstance(data, bytes) else None
        words = [name, *_words(packet, topic), *([inside.summary] if inside else [])]
        return Decoded(
            format=self._name, summary=" ".join(words), value=readable(packet), name=name,
            role=_role(name, packet), correlation=mark_of(packet)[1], nested=inside,
        )  # fmt: skip

    def _topic(self, packet: dict[str, Tree], direction: str) -> str:
        """Give the topic, also where an alias stands for it (MQTT 5 section 3.3.2.3.4)."""
        topic, properties = str(packet["topic"]), packet.get("properties")
        alias = properties.get("topic_alias") if isinstance(properties, dict) else None
        if not isinstance(alias, int):
            return topic
        if topic and len(self._aliases) < _MAX_ALIASES:
            self._aliases[direction, alias] = topic
        return topic or self._aliases.get((direction, alias), f"alias {alias}")


def _role(name: str, packet: dict[str, Tree]) -> Role:
    code = packet.get("reason_code")
    failed = isinstance(code, int) and (code >= 0x80 or (name == "CONNACK" and code > 0))
    if failed and name != "DISCONNECT":
        return "error"
    codes = packet.get("reason_codes")
    if isinstance(codes, list) and codes and all(isinstance(c, int) and c >= 0x80 for c in codes):
        return "error"
    if name == "PUBLISH" and packet["qos"]:
        return "request"
    return _ROLES.get(name, "other")


def _words(packet: dict[str, Tree], topic: str) -> Iterator[str]:
    if topic:
        yield f"{topic} (QoS {packet['qos']!s}{', retained' if packet['retain'] else ''})"
    if packet.get("packet_id") is not None:
        yield f"#{packet['packet_id']!s}"
    if "client_id" in packet:
        yield f"{packet['client_id']!s} keep alive {packet['keep_alive']!s} s"
    if "subscriptions" in packet:
        yield brief(packet["subscriptions"], 120)
    for name in ("topics", "reason_codes"):
        if name in packet:
            yield brief(packet[name], 100)
    code = packet.get("reason_code")
    if isinstance(code, int):
        yield reason(str(packet["packet"]), code, mqtt5=packet.get("version") == 5)
