"""What Wirescope decoded, put as each project's own parser puts it, to be compared field by field.

A field that a parser gives has to be in ours, with the same value; one that it leaves out because
nothing was on the wire is None in ours.
"""

import json
from collections.abc import Callable
from typing import Any

from wirescope.decoders import Decoded
from wirescope.decoders.mqtt_fields import PROPERTIES
from wirescope.decoders.mqtt_packets import NAMES
from wirescope.decoders.signalr import NAMES as HUB_MESSAGES
from wirescope.decoders.socketio_packets import TYPES
from wirescope.decoders.wamp import KINDS


def messages_of(decoded: Decoded) -> list[Decoded]:
    """Give the protocol's messages in one payload."""
    if decoded.name in ("part of a packet", "part of a frame"):
        return []
    return list(decoded.parts) or [decoded]


def as_theirs(format_: str, decoded: Decoded) -> list[Any]:
    """Put what one payload said as the parser of the format puts it."""
    if format_ == "jsonrpc":
        return [decoded.value]
    put = _PUT.get(format_)
    return [put(each) if put else each.value for each in messages_of(decoded) if _is_whole(each)]


def _is_whole(decoded: Decoded) -> bool:
    """Whether a Socket.IO packet has all its attachments."""
    if decoded.format != "socketio" or not isinstance(decoded.value, dict):
        return decoded.name != "attachment"
    return "attachments" not in decoded.value


def _socketio(decoded: Decoded) -> Any:
    value: Any = decoded.value
    if "type" not in value:
        data = value.get("data")
        return {"engine": value["engine"], "data": data}
    kind = value["type"].removeprefix("BINARY_")
    return {
        "type": TYPES.index(kind), "nsp": value["namespace"], "id": value["id"],
        "data": value["data"],
    }  # fmt: skip


def _stomp(decoded: Decoded) -> Any:
    value: Any = decoded.value
    if not value["command"]:
        return value
    body = value["body"]
    return {**value, "body": body.encode() if isinstance(body, str) else body}


_MQTT = {
    "protocol_name": "protocolId", "keep_alive": "keepalive", "client_id": "clientId",
    "clean_session": "clean", "clean_start": "clean", "user_name": "username",
    "packet_id": "messageId", "session_present": "sessionPresent", "topics": "unsubscriptions",
}  # fmt: skip
_MQTT_OPTIONS = {"no_local": "nl", "retain_as_published": "rap", "retain_handling": "rh"}


def _mqtt(decoded: Decoded) -> Any:
    value: Any = decoded.value
    name = value["packet"]
    assert name in NAMES.values()
    put = {_MQTT.get(key, key): each for key, each in value.items()}
    put["cmd"] = name.lower()
    put["protocolVersion"] = value["version"]
    code = value.get("reason_code", 0)
    put["returnCode"] = put["reasonCode"] = code
    put["granted"] = value.get("reason_codes")
    for key in ("payload", "password"):
        if isinstance(put.get(key), str):
            put[key] = put[key].encode()
    if "properties" in put:
        put["properties"] = _mqtt_properties(put["properties"])
    if "will" in put:
        put["will"] = {**put["will"], "payload": put["will"]["payload"].encode()}
    if "subscriptions" in put:
        put["subscriptions"] = [
            {_MQTT_OPTIONS.get(key, key): each for key, each in one.items()}
            for one in put["subscriptions"]
        ]
    return put


def _mqtt_properties(properties: dict[str, Any]) -> dict[str, Any]:
    flags = {name for name, kind in PROPERTIES.values() if kind == "b"} - {"maximum_qos"}
    put: dict[str, Any] = {}
    for key, value in properties.items():
        first, *rest = key.split("_")
        name = first + "".join(word.capitalize() for word in rest)
        put[name] = bool(value) if key in flags else value
    if "user_property" in properties:
        pairs: dict[str, list[str]] = {}
        for name, text in properties["user_property"]:
            pairs.setdefault(name, []).append(text)
        put["userProperties"] = {
            name: texts if len(texts) > 1 else texts[0] for name, texts in pairs.items()
        }
    return put


def _wamp(decoded: Decoded) -> Any:
    value: Any = decoded.value
    number, kind = next((n, kind) for n, kind in KINDS.items() if kind.name == value["message"])
    return [number, *(value[name] for name in kind.fields if name in value)]


def _signalr(decoded: Decoded) -> Any:
    value: Any = decoded.value
    assert decoded.name in ("handshake", *HUB_MESSAGES.values())
    return value


_PUT: dict[str, Callable[[Decoded], Any]] = {
    "mqtt": _mqtt,
    "signalr": _signalr,
    "socketio": _socketio,
    "stomp": _stomp,
    "wamp": _wamp,
}

# The parser puts them into every packet; they are on the wire of PUBLISH alone.
_OF_PUBLISH = {"length", "dup", "qos", "retain", "bridgeMode", "topic", "payload"}


def compare(format_: str, ours: Any, theirs: Any) -> tuple[int, list[str]]:
    """Count the fields that are alike, and list those that are not."""
    if format_ == "mqtt" and theirs.get("cmd") != "publish":
        theirs = {k: v for k, v in theirs.items() if k not in _OF_PUBLISH}
    elif format_ == "mqtt":
        theirs = {k: v for k, v in theirs.items() if k != "length"}
    elif format_ == "socketio":
        theirs = {k: v for k, v in theirs.items() if k != "attachments"}
        # Once its attachments are in place, the newer parser calls a packet EVENT or ACK.
        theirs["type"] = {5: 2, 6: 3}.get(theirs.get("type"), theirs.get("type"))
        if theirs.get("engine") == "open":
            theirs["data"] = json.loads(theirs["data"])
    return _compare(ours, theirs, "")


def _compare(ours: Any, theirs: Any, where: str) -> tuple[int, list[str]]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        pairs = [(f"{where}.{key}", ours.get(key), each) for key, each in theirs.items()]
    elif isinstance(theirs, list) and isinstance(ours, list) and len(ours) == len(theirs):
        pairs = [(f"{where}[{i}]", ours[i], each) for i, each in enumerate(theirs)]
    else:
        alike = ours == theirs or (theirs in (None, "") and ours in (None, ""))
        return (1, []) if alike else (0, [f"{where or 'all'}: {ours!r} is {theirs!r} to them"])
    count, faults = 0, []
    for place, one, other in pairs:
        same, found = _compare(one, other, place)
        count += same
        faults += found
    return count, faults
