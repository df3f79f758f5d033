"""Payloads of each format as its specification or its own implementation writes them."""

from wirescope.decoders import Payload


def text(data: str, direction="received", **known) -> Payload:
    return Payload(data=data.encode(), kind="text", direction=direction, **known)


def binary(data: bytes, direction="received", **known) -> Payload:
    return Payload(data=data, kind="binary", direction=direction, **known)


SAMPLES: dict[str, list[Payload]] = {
    "text": [text("hello, ünïcode"), text("")],
    "hex": [binary(bytes(range(256))), binary(b"")],
    "json": [text('{"a":[1,2.5,null,true,"x"]}'), text(" [ ] ")],
    "messagepack": [
        binary(bytes.fromhex("82a7636f6d70616374c3a6736368656d6100")),
        binary(bytes.fromhex("93c4020001d6ff00000000a178")),
    ],
    "jsonrpc": [
        text('{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}', "sent"),
        text('{"jsonrpc":"2.0","result":19,"id":1}'),
        text('{"jsonrpc":"2.0","method":"update","params":[1,2,3]}'),
        text('{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":"1"}'),
        text('[{"jsonrpc":"2.0","method":"a","id":"x"},{"jsonrpc":"2.0","method":"b"}]', "sent"),
    ],
    "graphql-transport-ws": [
        text('{"type":"connection_init","payload":{}}', "sent"),
        text('{"type":"connection_ack"}'),
        text('{"id":"a","type":"subscribe","payload":{"query":"subscription S { s }"}}', "sent"),
        text('{"id":"a","type":"next","payload":{"data":{"s":1}}}'),
        text('{"type":"ping"}'),
        text('{"id":"a","type":"complete"}'),
    ],
    "graphql-ws": [
        text('{"type":"connection_init","payload":{}}', "sent"),
        text('{"type":"ka"}'),
        text('{"id":"1","type":"start","payload":{"query":"{ a }"}}', "sent"),
        text('{"id":"1","type":"data","payload":{"data":{"a":1}}}'),
        text('{"id":"1","type":"stop"}', "sent"),
    ],
    "socketio": [
        text('0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":9}'),
        text("40", "sent"),
        text('40{"sid":"y"}'),
        text("2"),
        text("3", "sent"),
        text("2probe", "sent"),
        text('42["chat message","hi"]', "sent"),
        text('42/admin,12["add",1,2]', "sent"),
        text("43/admin,12[3]"),
        text('451-["upload",{"_placeholder":true,"num":0}]', "sent"),
        binary(b"\x01\x02", "sent"),
        text("41/admin,"),
    ],
}
"""In the order in which they would come on one connection."""
