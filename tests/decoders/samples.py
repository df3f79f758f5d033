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
        binary(bytes.fromhex("92d40501c70306616263")),
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
    "cbor": [
        binary(bytes.fromhex("a26161016162820203")),
        binary(bytes.fromhex("d9d9f783c11a514b67b0c249010000000000000000f7")),
        binary(bytes.fromhex("82d82776687474703a2f2f7777772e6578616d706c652e636f6df0")),
    ],
    "bson": [
        binary(bytes.fromhex("160000000268656c6c6f0006000000776f726c640000")),
        binary(
            bytes.fromhex("2c000000075f696400000102030405060708090a0b")
            + bytes.fromhex("0961740000684ab7fe0000000562000200000000010200")
        ),
    ],
    "protobuf": [binary(bytes.fromhex("089601")), binary(bytes.fromhex("120774657374696e67"))],
    "stomp": [
        text("CONNECT\naccept-version:1.0,1.1,1.2\nhost:a\n\n\0", "sent"),
        text("CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\0"),
        text("SUBSCRIBE\nid:0\ndestination:/topic/a\nreceipt:r1\n\n\0", "sent"),
        text("RECEIPT\nreceipt-id:r1\n\n\0"),
        text('SEND\ndestination:/topic/a\ncontent-length:7\nk:a\\cb\n\n{"a":1}\0', "sent"),
        binary(b"MESSAGE\nmessage-id:1\ncontent-length:3\nk:1\nk:2\n\n\x00\x01\xff\0"),
        text("\n"),
        text("ERROR\nmessage:no\ncontent-length:2\n\nno\0"),
    ],
    "mqtt": [
        binary(bytes.fromhex("101300044d51545404c2003c000161000162000163"), "sent"),
        binary(bytes.fromhex("20020000")),
        binary(bytes.fromhex("8206000100017402"), "sent"),
        binary(bytes.fromhex("9003000101")),
        binary(bytes.fromhex("3006000174") + b"abc", "sent"),
        binary(bytes.fromhex("3407000174000a") + b"ab", "sent"),
        binary(bytes.fromhex("5002000a6202000a"), "sent"),
        binary(bytes.fromhex("c000"), "sent"),
        binary(bytes.fromhex("d000")),
        binary(bytes.fromhex("e000"), "sent"),
    ],
    "signalr": [
        text('{"protocol":"json","version":1}\x1e', "sent"),
        text("{}\x1e"),
        text('{"type":1,"invocationId":"0","target":"Add","arguments":[1,2]}\x1e', "sent"),
        text('{"type":3,"invocationId":"0","result":3}\x1e{"type":6}\x1e'),
        binary(bytes.fromhex("029106"), "sent"),
    ],
    "phoenix": [
        text('["1","1","room:lobby","phx_join",{}]', "sent"),
        text('["1","1","room:lobby","phx_reply",{"status":"ok","response":{}}]'),
        text('[null,"2","phoenix","heartbeat",{}]', "sent"),
        text('{"topic":"room:lobby","event":"new_msg","payload":{"a":1},"ref":"3"}', "sent"),
        binary(b"\x00\x01\x01\x01\x0113tebytes", "sent"),
    ],
    "wamp": [
        text('[1,"realm1",{"roles":{"caller":{}}}]', "sent"),
        text('[2,9129137332,{"roles":{"broker":{}}}]'),
        text('[48,1,{},"com.add2",[23,7]]', "sent"),
        text("[50,1,{},[30]]"),
        text('[8,48,2,{},"wamp.error.no_such_procedure"]'),
        binary(bytes.fromhex("95240102809101")),
        text("[35,3]"),
    ],
    "actioncable": [
        text('{"type":"welcome"}'),
        text('{"command":"subscribe","identifier":"{\\"channel\\":\\"Chat\\"}"}', "sent"),
        text('{"identifier":"{\\"channel\\":\\"Chat\\"}","type":"confirm_subscription"}'),
        text('{"type":"ping","message":1700000000}'),
        text('{"identifier":"{\\"channel\\":\\"Chat\\"}","message":{"body":"hi"}}'),
    ],
}
"""In the order in which they would come on one connection."""
