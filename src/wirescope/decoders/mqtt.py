"""MQTT 3.1, 3.1.1 and 5 over WebSocket: packets out of messages, and what is said with them.

A message may hold several packets, and a packet may go on in the next message (MQTT 5 section 6),
so that what is unfinished is kept for its direction. The version is the CONNECT packet's. How the
packets are built is in `mqtt_packets`.
"""

from collections.abc import Iterator, Sequence

from wirescope.decoders.mqtt_packets import read_packet, write_packet
from wirescope.decoders.mqtt_words import reason
from wirescope.decoders.nested import nested
from wirescope.decoders.payload import Conversation, Decoded, Payload, Role
from wirescope.decoders.tree import MAX_PARTS, Tree, at_most, brief, readable
from wirescope.decoders.unfinished import Unfinished
from wirescope.errors import DecodeError

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

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Write a packet given by its fields, or a list of them, as one message."""
        packets = value if isinstance(value, list) else [value]
        data = b"".join(write_packet(packet) for packet in packets)
        return [Payload(data=data, kind="binary", direction="sent")]


class _Conversation:
    def __init__(self, name: str) -> None:
        self._name = name
        self._version = 4
        self._unfinished: dict[str, Unfinished] = {}
        self._aliases: dict[tuple[str, int], str] = {}

    def decode(self, payload: Payload) -> Decoded:
        unfinished = self._unfinished.setdefault(payload.direction, Unfinished())
        data = unfinished.add(payload.data)
        if data is None:
            return self._together([], unfinished.size)
        unfinished.keep(b"")  # unless it is refused
        parts, complete = [], 0
        for packet, end in at_most(MAX_PARTS, self._packets(data)):
            complete = end
            parts.append(self._packet(packet, payload))
        rest = data[complete:]
        length = read_length(rest, 1)
        unfinished.keep(rest, needed=0 if length is None else 1 + sum(length))
        return self._together(parts, len(rest))

    def _packets(self, data: bytes) -> Iterator[tuple[dict[str, Tree], int]]:
        at = 0
        while at < len(data):
            length = read_length(data, at + 1)
            if length is None or len(data) < at + 1 + sum(length):
                return
            begin = at + 1 + length[1]
            end = begin + length[0]
            packet = read_packet(data[at], data[begin:end], version=self._version, offset=begin)
            if packet["packet"] == "CONNECT" and packet["version"] in (3, 4, 5):
                self._version = int(str(packet["version"]))
            yield packet, end
            at = end

    def _together(self, parts: list[Decoded], rest: int) -> Decoded:
        if len(parts) == 1 and not rest:
            return parts[0]
        more = f"{rest:,} bytes of a packet that goes on" if rest else ""
        words = "; ".join([*(part.summary for part in parts[:5]), *filter(None, [more])])
        return Decoded(
            format=self._name, summary=words or "nothing", value=[part.value for part in parts],
            name="packets" if parts else "part of a packet", parts=tuple(parts),
        )  # fmt: skip

    def _packet(self, packet: dict[str, Tree], payload: Payload) -> Decoded:
        name = str(packet["packet"])
        topic = self._topic(packet, payload.direction) if name == "PUBLISH" else ""
        content = packet.get("payload")
        data = content.encode() if isinstance(content, str) else content
        inside = nested(data) if isinstance(data, bytes) else None
        role = _role(name, packet)
        answers = role in ("request", "response", "error") and "packet_id" in packet
        words = [name, *_words(packet, topic), *([inside.summary] if inside else [])]
        return Decoded(
            format=self._name, summary=" ".join(words), value=readable(packet), name=name,
            role=role, correlation=brief(packet["packet_id"], 10) if answers else None,
            nested=inside,
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


def read_length(data: bytes, at: int) -> tuple[int, int] | None:
    """Read the remaining length and how many bytes it takes; None where it goes on (2.1.4).

    Raises:
        DecodeError: it has more than four bytes.
    """
    number = 0
    for size in range(4):
        if at + size >= len(data):
            return None
        byte = data[at + size]
        number |= (byte & 0x7F) << 7 * size
        if not byte & 0x80:
            return number, size + 1
    raise DecodeError("The remaining length has more than four bytes.", where=f"byte {at}")


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
